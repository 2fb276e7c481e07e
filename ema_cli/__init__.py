"""Compute exactly what an exponential moving average does, round by round.

>>> from ema_cli import Average, decays, rules
>>> average = Average(decay=0.99, rule="tensorflow")
>>> average.update(1.0, step=0).shadow
0.8999999761581421
>>> for row in average.advance([10.0, 10.0], steps=[100, 100]):
...     print(row.round, f"{row.decay:.6f} {row.shadow:.6f}")
2 0.918182 1.644545
3 0.918182 2.328173
>>> decays("torch-ema", 2, decay=0.9999)
[0.18181818181818182, 0.25]
>>> len(rules()) > 60
True

Public names are imported on first use, since the command needs few of them.
"""

from __future__ import annotations

TYPE_CHECKING = False  # not from `typing`, which the command imports later, without garbage collection (`__main__.py`)
if TYPE_CHECKING:
    from typing import Any

    from ema_cli.check.assertion import Checked, assert_ema, check_ema
    from ema_cli.core.average import Average
    from ema_cli.core.catalogue import rules
    from ema_cli.core.decay_list import decays, first_decays
    from ema_cli.core.errors import SettingError
    from ema_cli.core.numbers.dtypes import DTYPES
    from ema_cli.core.round import Round
    from ema_cli.core.rounds import Rounds
    from ema_cli.core.rule import Rule
    from ema_cli.core.smooth import smooth
    from ema_cli.formats.notebook import side_by_side
    from ema_cli.identify.identification import Identified, identify_ema

__all__ = [
    "DTYPES",
    "Average",
    "Checked",
    "Identified",
    "Round",
    "Rounds",
    "Rule",
    "SettingError",
    "__version__",
    "assert_ema",
    "check_ema",
    "decays",
    "first_decays",
    "identify_ema",
    "rules",
    "side_by_side",
    "smooth",
]

__version__ = "0.2.0"

_HOME = {
    "Average": "core.average",
    "Checked": "check.assertion",
    "DTYPES": "core.numbers.dtypes",
    "Identified": "identify.identification",
    "Round": "core.round",
    "Rounds": "core.rounds",
    "Rule": "core.rule",
    "SettingError": "core.errors",
    "assert_ema": "check.assertion",
    "check_ema": "check.assertion",
    "decays": "core.decay_list",
    "first_decays": "core.decay_list",
    "identify_ema": "identify.identification",
    "rules": "core.catalogue",
    "side_by_side": "formats.notebook",
    "smooth": "core.smooth",
}
"""The module of each public name."""


def __getattr__(name: str) -> Any:
    """Import a public name."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"ema_cli.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    """The public names."""
    return __all__
