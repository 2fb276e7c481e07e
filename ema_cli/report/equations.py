"""Values typed as arithmetic: equations for titles, and notes if code that computes in doubles gets another value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.catalogue import split_rule
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.numbers.literals import fraction
from ema_cli.core.numbers.values import exact_value, is_arithmetic, value_of
from ema_cli.errors import SettingError
from ema_cli.text.number_text import for_people

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ema_cli.text.number_text import Style


def equation(text: str, style: Style) -> str:
    """A text and its value, such as `1-1/4 = 0.75` or `2/3 ≈ 0.66666667`."""
    value = for_people(dtype("float64"), style)(value_of(text))
    try:
        equal = exact_value(text) == fraction(value)
    except SettingError:  # an irrational power
        equal = False
    return f"{text} {'=' if equal else '≈'} {value}"


def rule_equations(rule: str, style: Style, *, but: Iterable[str]) -> list[str]:
    """The parameters of a rule, as typed, that are written as arithmetic, with their values; without those in `but`."""
    return [
        f"{name}={equation(text, style)}"
        for name, text in split_rule(rule)[1].items()
        if name not in but and _is_value(text)
    ]


def notes(texts: Iterable[str]) -> list[str]:
    """A sentence for each text whose value in doubles is not the nearest float64."""
    from ema_cli.core.numbers.arithmetic_value import in_doubles

    found = []
    for text in dict.fromkeys(texts):
        if _is_value(text):
            nearest, computed = value_of(text), in_doubles(text)
            if computed not in (None, nearest):
                found.append(
                    f"{text} is taken as {nearest}, the nearest float64; code that computes it in doubles gets"
                    f" {computed}, which you can give instead"
                )
    return found


def _is_value(text: str) -> bool:
    if not is_arithmetic(text):
        return False
    try:
        value_of(text)
    except SettingError:  # a name with a hyphen
        return False
    return True
