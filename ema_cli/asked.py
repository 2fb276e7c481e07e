"""Which averages the options ask for: one for each combination of rule, decay and dtype."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from ema_cli.core.catalogue import rule as find_rule
from ema_cli.core.decay import STATEMENTS, constant
from ema_cli.core.engine import Average
from ema_cli.core.entry import split
from ema_cli.core.numerals import is_number
from ema_cli.core.records import Record
from ema_cli.errors import SettingError, UsageError, shown

if TYPE_CHECKING:
    from ema_cli.core.decay import Constant


class Asked(Record):
    """An average that was asked for.

    Attributes:
        rule: Its rule as it was written, parameters and all.
        average: That of the first param.
        initials: The params' initial values as they were written.
    """

    rule: str
    average: Average
    initials: list[str | None]


def asked_averages(options: dict[str, Any]) -> list[Asked]:
    """The averages that the options ask for.

    Raises:
        UsageError: A decay, a rule, a dtype or an initial value is wrong, or they do not go together.
    """
    constants, initials = _constants(options), _initials(options)
    asked: list[Asked] = []
    try:
        for rule in options["rule"] or ("warmup",):
            name, parameters = split(rule)
            entry = find_rule(name)
            if constants == [None] and entry.needs_decay and entry.constants.keys().isdisjoint(parameters):
                others = ", ".join(f"--{kind}" for kind in STATEMENTS if kind != "decay")
                raise UsageError(f"rule {name} has no default decay: give one, such as --decay 0.99, or {others}")
            # Beside others, a rule that has no constant takes none.
            without = len(options["rule"]) > 1 and entry.decay is None
            for decay, dtype in product([None] if without else constants, options["dtype"] or (None,)):
                average = Average(decay, rule=rule, dtype=dtype, initial=initials[0], count_from=options["count_from"])
                asked.append(Asked(rule, average, initials))
    except SettingError as error:
        raise UsageError(str(error)) from None
    return asked


def _constants(options: dict[str, Any]) -> list[Constant | None]:
    """The decays as they were stated; None for the rule's own."""
    given = [kind for kind in STATEMENTS if options[kind.replace("-", "_")]]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(f'--{kind}' for kind in given)} state the decay twice; give one of them")
    for kind in given:
        try:
            return [constant(kind, value) for value in options[kind.replace("-", "_")]]
        except SettingError as error:
            raise UsageError(f"--{error}") from None
    return [None]


def _initials(options: dict[str, Any]) -> list[str | None]:
    """The values of --initial as they were written; None leaves it to the rule."""
    text = options["initial"]
    if text is None or text == "first":
        return [text]
    exact = set(options["dtype"]) == {"exact"}
    for value in text.split(","):
        if not is_number(value):
            raise UsageError(f"--initial {shown(value)} is not a number; give X, X,X for several params, or first")
        if not exact and float(value) - float(value) != 0:
            raise UsageError(f"--initial {shown(value)} is past the range of float64, about 1.8e308")
    return [*text.split(",")]
