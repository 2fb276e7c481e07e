"""The catalogue of rules: how each textbook or framework computes the decay and rounds the update.

Each entry is one implementation. To add one: state its family (`core/schedules.py`), its form and scalars
(`core/updates.py`, `core/coefficients.py`), its gate (`core/gates.py`), its counter, its source and its area in the
module of its framework, and add a recorded case to the tests. Code for a single rule stays beside its entry.
The modules of published rules are imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError, Unknown
from ema_cli.core.numbers.literals import is_value, quoted
from ema_cli.core.numbers.operations import difference
from ema_cli.core.rules.textbook import ENTRIES as TEXTBOOK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ema_cli.core.rule import Rule

_TRAINING = ("tensorflow", "jax", "pytorch", "trainers", "teachers", "optimizers")
_MODULES = (*_TRAINING, "dashboards", "frames", "trading", "systems")
"""The modules of published rules."""

_TEXTBOOK = {entry.name: entry for entry in TEXTBOOK}
_ALL: dict[str, Rule] = {}
_CALLED: dict[str, tuple[Rule, str]] = {}
"""Each rule, and the parameters that its alias fixes, by its `bare` names and aliases."""


def rules() -> dict[str, Rule]:
    """All rules by their names, each with its formula, its source and its parameters.

    >>> rules()["torch-ema"].formula
    'min(DECAY, (1 + k) / (10 + k)), k = num_updates + 1'
    """
    if not _ALL:
        from importlib import import_module

        entries: list[Rule] = [*TEXTBOOK]
        for module in _MODULES:
            entries += import_module(f"ema_cli.core.rules.{module}").ENTRIES
        _ALL.update((entry.name, entry) for entry in entries)
        for entry in entries:
            _CALLED.update((bare(alias), (entry, fixed)) for alias, fixed in entry.aliases)
        _CALLED.update((bare(name), (entry, "")) for name, entry in _ALL.items())
    return _ALL


def bare(name: str) -> str:
    """A rule's name in the form used for comparison: lower case, without hyphens and underscores."""
    return name.lower().replace("-", "").replace("_", "")


def _called(name: str) -> tuple[Rule, str]:
    """Find a rule by name or alias, and the parameters that the alias fixes."""
    textbook = _TEXTBOOK.get(name)
    if textbook is not None:
        return textbook, ""
    rules()
    if bare(name) not in _CALLED:
        unknown = Unknown("rule", name, tuple(rules()))
        raise SettingError(f"no rule {quoted(name)}", "ema-calc --list-rules lists them", unknown)
    return _CALLED[bare(name)]


def rule(name: str) -> Rule:
    """Find a rule by name or alias. Case, hyphens and underscores do not matter.

    >>> rule("Torch_EMA").name, rule("YOLOX").name
    ('torch-ema', 'yolov5')
    """
    return _called(name)[0]


def parsed_rule(text: str) -> tuple[Rule, dict[str, str]]:
    """Find the rule of `NAME[:KEY=VALUE,...]`, and its parameters, including those that an alias fixes.

    >>> rule, parameters = parsed_rule("yolox:updates=100")
    >>> rule.name, parameters
    ('yolov5', {'tau': '2000', 'updates': '100'})
    """
    name, given = split_rule(text)
    if bare(name) == "custom":
        from ema_cli.core.rules.custom import made

        return made(given)
    entry, alias = _called(name)
    fixed = split_rule(f"{name}:{alias}")[1] if alias else {}
    for key in fixed.keys() & given.keys():
        raise SettingError(f"rule {quoted(text)}: {name} is {entry.name}:{alias}, which sets {key} already")
    return entry, fixed | given


def split_rule(text: str) -> tuple[str, dict[str, str]]:
    """Split `NAME[:KEY=VALUE,...]` into the name and the parameters."""
    if not isinstance(text, str):
        raise SettingError(f"a rule is given by its name, not as {quoted(str(text))}")
    name, _, rest = text.partition(":")
    parameters: dict[str, str] = {}
    for part in _parts(rest) if rest else ():
        key, equals, value = map(str.strip, part.partition("="))
        if not equals or not key:
            example = "decay=0.99" if is_value(part) else "foreach=true"
            raise SettingError(f"rule {quoted(text)}: {quoted(part)} is not KEY=VALUE", f"for example {example}")
        if key in parameters:
            raise SettingError(f"rule {quoted(text)}: {key} is given twice")
        parameters[key] = value
    return name, parameters


def _parts(text: str) -> list[str]:
    """Split a text at the commas outside of brackets."""
    parts, depth = [""], 0
    for piece in text.split(","):
        parts[-1] += f",{piece}" if depth else piece
        depth = max(depth + piece.count("(") - piece.count(")"), 0)
        if not depth:
            parts.append("")
    return parts[:-1] if not depth else parts


def joined_rule(name: str, parameters: Mapping[str, Any]) -> str:
    """Join a name and parameters to `NAME[:KEY=VALUE,...]`, the inverse of `split_rule`.

    >>> joined_rule("custom:decay=0.9", {"update_every": 2})
    'custom:decay=0.9,update_every=2'
    """
    given = ",".join(f"{key}={value}" for key, value in parameters.items())
    return f"{name}{',' if ':' in name else ':'}{given}" if given else name


def timed_rule(name: str) -> str:
    """The rule that heeds times in the place of one that does not: that of the same framework, if it has one."""
    return next(each for each in (f"{name}-times", f"{name}-by", "elapsed") if each in rules())


def spanned_rule(rule: str, places: Iterable[Any], unit: int = 1) -> str:
    """Add the span of the places (steps or times) to the text of a rule, unless the text gives it; see `Rule.span`."""
    entry, given = parsed_rule(rule)
    there = [place for place in places if place is not None]
    span = float(difference(max(there, default=0), min(there, default=0))) / unit
    return rule if not span or entry.span in given else joined_rule(rule, {entry.span: span})


def label(text: str) -> str:
    """The label of a rule in tables and columns: its text without spaces, or for a custom rule its own name."""
    words = text.split()
    if text.partition(":")[0] == "custom":
        own = split_rule(text)[1].get("name")
        return own or "".join(word if word not in ("if", "else") else f" {word} " for word in words)
    return "".join(words)
