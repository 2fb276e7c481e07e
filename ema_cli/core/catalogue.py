"""The rules: how each textbook or framework turns a counter into a decay, and rounds the update.

One entry is one implementation. To add one: state its family (`core/schedules.py`), its form and scalars
(`core/updates.py`, `core/coefficients.py`), its gate (`core/gates.py`), its counter, its source and its area in the
module of its framework, and add a recorded case to the tests. What no other rule needs stands beside the entry.
The published rules are read only when one of them is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError, Unknown
from ema_cli.core.numbers.literals import is_value, shown
from ema_cli.core.rules.textbook import ENTRIES as TEXTBOOK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ema_cli.core.rule import Rule

_TEXTBOOK = {entry.name: entry for entry in TEXTBOOK}
_ALL: dict[str, Rule] = {}
_CALLED: dict[str, tuple[Rule, str]] = {}
"""The rules, and the parameters that an alias fixes, by names without case, hyphens and underscores."""


def rules() -> dict[str, Rule]:
    """All rules by their names, each with its formula, its source and its parameters.

    >>> rules()["torch-ema"].formula
    'min(DECAY, (1 + k) / (10 + k)), k = num_updates + 1'
    """
    if not _ALL:
        from ema_cli.core.rules import (
            dashboards,
            frames,
            jax,
            optimizers,
            pytorch,
            systems,
            teachers,
            tensorflow,
            trading,
            trainers,
        )

        modules = (tensorflow, jax, pytorch, trainers, teachers, optimizers, dashboards, frames, trading, systems)
        entries = [*TEXTBOOK, *(entry for module in modules for entry in module.ENTRIES)]
        known = [entry for module in (tensorflow, jax, pytorch) for entry in module.ENTRIES]
        usual = {entry.name for entry in known if "batchnorm" not in entry.name}  # what layers keep is rarely logged
        entries = [entry.but(usual=True) if entry.name in usual else entry for entry in entries]
        _ALL.update((entry.name, entry) for entry in entries)
        for entry in entries:
            _CALLED.update((bare(alias), (entry, fixed)) for alias, fixed in entry.aliases)
        _CALLED.update((bare(name), (entry, "")) for name, entry in _ALL.items())
    return _ALL


def bare(name: str) -> str:
    """A name of a rule as it is compared: case, `-` and `_` do not matter."""
    return name.lower().replace("-", "").replace("_", "")


def _called(name: str) -> tuple[Rule, str]:
    """The rule of a name or an alias, and the parameters that the alias fixes."""
    found = _TEXTBOOK.get(name)
    if found is not None:
        return found, ""
    rules()
    if bare(name) not in _CALLED:
        unknown = Unknown("rule", name, tuple(rules()))
        raise SettingError(f"no rule {shown(name)}", "ema-calc --list-rules lists them", unknown)
    return _CALLED[bare(name)]


def rule(name: str) -> Rule:
    """The rule of a name or of an alias. Case, hyphens and underscores do not matter.

    >>> rule("Torch_EMA").name, rule("YOLOX").name
    ('torch-ema', 'yolov5')
    """
    return _called(name)[0]


def parsed_rule(text: str) -> tuple[Rule, dict[str, str]]:
    """The rule of `NAME[:KEY=VALUE,...]`, and its parameters with those that an alias fixes.

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
        raise SettingError(f"rule {shown(text)}: {name} is {entry.name}:{alias}, which sets {key} already")
    return entry, fixed | given


def split_rule(text: str) -> tuple[str, dict[str, str]]:
    """`NAME[:KEY=VALUE,...]` in its parts."""
    if not isinstance(text, str):
        raise SettingError(f"a rule is given by its name, not as {shown(str(text))}")
    name, _, rest = text.partition(":")
    parameters: dict[str, str] = {}
    for part in _parts(rest) if rest else ():
        key, equals, value = map(str.strip, part.partition("="))
        if not equals or not key:
            example = "decay=0.99" if is_value(part) else "foreach=true"
            raise SettingError(f"rule {shown(text)}: {shown(part)} is not KEY=VALUE", f"for example {example}")
        if key in parameters:
            raise SettingError(f"rule {shown(text)}: {key} is given twice")
        parameters[key] = value
    return name, parameters


def _parts(text: str) -> list[str]:
    """The parts between commas that stand outside of brackets."""
    parts, depth = [""], 0
    for piece in text.split(","):
        parts[-1] += f",{piece}" if depth else piece
        depth = max(depth + piece.count("(") - piece.count(")"), 0)
        if not depth:
            parts.append("")
    return parts[:-1] if not depth else parts


def joined_rule(name: str, parameters: Mapping[str, Any]) -> str:
    """The text that asks for a rule with parameters, which `split_rule` takes apart.

    >>> joined_rule("custom:decay=0.9", {"update_every": 2})
    'custom:decay=0.9,update_every=2'
    """
    given = ",".join(f"{key}={value}" for key, value in parameters.items())
    return f"{name}{',' if ':' in name else ':'}{given}" if given else name


def spanned_rule(rule: str, places: Iterable[Any], unit: int = 1) -> str:
    """A rule that has the span of a script as a parameter, which is that of the places unless it is given."""
    entry, given = parsed_rule(rule)
    there = [place for place in places if place is not None]
    span = float(max(there, default=0) - min(there, default=0)) / unit
    return rule if not span or entry.span in given else joined_rule(rule, {entry.span: span})


def label(text: str) -> str:
    """The text of a rule in tables and columns: its name where it has one, else without needless spaces."""
    words = text.split()
    if text.partition(":")[0] == "custom":
        own = split_rule(text)[1].get("name")
        return own or "".join(word if word not in ("if", "else") else f" {word} " for word in words)
    return "".join(words)
