"""The rules: how each textbook or framework turns a counter into a decay, and rounds the update.

One entry is one implementation. To add one: state its family (`core/decay.py`), its form and scalars
(`core/forms.py`), its gate (`core/gates.py`), its counter and its source in the module of its framework, and add a
line to the tests.
The published rules are read only when one of them is asked for.
"""

from __future__ import annotations

from ema_cli.core.catalogue.textbook import ENTRIES as TEXTBOOK
from ema_cli.core.entry import Rule
from ema_cli.core.errors import SettingError
from ema_cli.core.numerals import shown

__all__ = ["Rule", "rule", "rules"]

_TEXTBOOK = {entry.name: entry for entry in TEXTBOOK}
_ALL: dict[str, Rule] = {}


def rules() -> dict[str, Rule]:
    """All rules by their names.

    >>> rules()["torch-ema"].formula
    'min(DECAY, (1 + k) / (10 + k)), k = num_updates + 1'
    """
    if not _ALL:
        from ema_cli.core.catalogue import jax, pytorch, series, tensorflow

        entries = (*TEXTBOOK, *tensorflow.ENTRIES, *jax.ENTRIES, *pytorch.ENTRIES, *series.ENTRIES)
        _ALL.update((entry.name, entry) for entry in entries)
    return _ALL


def rule(name: str) -> Rule:
    """The rule of that name.

    Raises:
        SettingError: There is none; the message names those that look like it, or all there are.
    """
    found = _TEXTBOOK.get(name) or rules().get(name)
    if found is None:
        from difflib import get_close_matches

        alike = get_close_matches(name.lower().replace("_", "-"), rules(), cutoff=0.7)
        hint = f"did you mean {' or '.join(alike)}?" if alike else f"there are {', '.join(rules())}"
        raise SettingError(f"no rule {shown(name)}; {hint}")
    return found
