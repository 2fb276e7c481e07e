"""Errors carry facts; only the command adds what to type instead."""

from __future__ import annotations

import pickle

import pytest

from ema_cli import DTYPES, Average, SettingError, rules
from ema_cli.core.errors import NotNumber, Unknown


@pytest.mark.parametrize(
    ("settings", "fact"),
    [
        ({"rule": "tensorfow"}, Unknown("rule", "tensorfow", tuple(rules()))),
        ({"decay": "0.9", "dtype": "fp16"}, Unknown("dtype", "fp16", DTYPES)),
        ({"decay": "0.9", "rule": "fixed:decy=0.9"}, Unknown("parameter", "decy", ("decay",))),
        ({"decay": "99 %"}, NotNumber("99 %")),
        ({"rule": "torch:decay=99 %"}, NotNumber("99 %")),
    ],
)
def test_an_error_knows_what_was_wrong(settings: dict[str, str], fact: object) -> None:
    """An error names the unknown name and the known ones, in another process, too."""
    with pytest.raises(SettingError) as caught:
        Average(**settings)
    assert fact == caught.value.fact
    assert fact == pickle.loads(pickle.dumps(caught.value)).fact
    assert "did you mean" not in str(caught.value)
