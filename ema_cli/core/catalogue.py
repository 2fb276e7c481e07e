"""The rules: how each textbook or framework turns a counter into a decay, and rounds the update.

One entry is one implementation. To add one: state its family (`core/schedules.py`), its form and scalars
(`core/updates.py`), its gate (`core/gates.py`), its counter and its source in the module of its framework, and add a
line to the tests.
The published rules are read only when one of them is asked for.
"""

from __future__ import annotations

from ema_cli.core.errors import SettingError
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
        SettingError: There is none; the message names those that it may have meant.
    """
    found = _TEXTBOOK.get(name) or rules().get(name)
    if found is None:
        from ema_cli.suggest.match import RULE_WORDS, did_you_mean, near

        about = {entry.name: entry.framework for entry in rules().values()}
        head, bracket, settings = name.partition("(")
        called = [f"{head}:{settings.rstrip(')')}"] if bracket and head in about else []
        alike = called or near(name, about, RULE_WORDS, about)
        hint = did_you_mean(alike) if alike else "ema-calc --list-rules and ema_cli.rules() have them all"
        raise SettingError(f"no rule {shown(name)}; {hint}")
    return found
