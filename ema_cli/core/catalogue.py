"""The rules: how each textbook or framework turns a counter into a decay, and rounds the update.

One entry is one implementation. To add one: state its family (`core/schedules.py`), its form and scalars
(`core/updates.py`), its gate (`core/gates.py`), its counter and its source in the module of its framework, and add a
line to the tests.
The published rules are read only when one of them is asked for.
"""

from __future__ import annotations

from ema_cli.core.errors import SettingError, Unknown
from ema_cli.core.literals import shown
from ema_cli.core.rule import Rule
from ema_cli.core.rules.textbook import ENTRIES as TEXTBOOK

__all__ = ["Rule", "rule", "rules"]

_TEXTBOOK = {entry.name: entry for entry in TEXTBOOK}
_ALL: dict[str, Rule] = {}


def rules() -> dict[str, Rule]:
    """All rules by their names.

    >>> rules()["torch-ema"].formula
    'min(DECAY, (1 + k) / (10 + k)), k = num_updates + 1'
    """
    if not _ALL:
        from ema_cli.core.rules import jax, pytorch, series, tensorflow

        entries = (*TEXTBOOK, *tensorflow.ENTRIES, *jax.ENTRIES, *pytorch.ENTRIES, *series.ENTRIES)
        _ALL.update((entry.name, entry) for entry in entries)
    return _ALL


def rule(name: str) -> Rule:
    """The rule of that name.

    Raises:
        SettingError: There is none.
    """
    found = _TEXTBOOK.get(name) or rules().get(name)
    if found is None:
        remedy = "ema-calc --list-rules and ema_cli.rules() have them all"
        raise SettingError(f"no rule {shown(name)}", remedy, Unknown("rule", name, tuple(rules())))
    return found
