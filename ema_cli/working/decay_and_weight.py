"""The decay and the weight of a round in the working: short fractions where possible."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ema_cli.core.average import Average
from ema_cli.core.decay_setting import TimedHalfLife
from ema_cli.core.errors import SettingError
from ema_cli.text.number_text import significant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LONGEST_FRACTION = 15  # characters; a decimal is easier to read than a longer fraction
_MOST_BITS = 10_000  # a larger fraction is not even converted to text
_KEPT = 64  # cached inputs: most steps are new, but a constant step repeats
_SAME = 2.0**-23  # relative differences up to this one can come from rounding to float32
_SAME_BY_HAND = 2.0**-50  # for --round-each, whose lines are recomputed by hand: float64's error, as in 1 - 0.99


NANOSECONDS = 10**9
"""Nanoseconds, the unit of dated times, in a second."""


def in_seconds(average: Average) -> Sequence[tuple[str, Any]]:
    """The constants of the decay's formula; a half-life stated in time is in seconds."""
    names, stated = average.family.names, average.stated
    if not isinstance(stated, TimedHalfLife):
        return names
    return [(name, float(stated.seconds) if value == stated.number else value) for name, value in names]


def stated_name(average: Average) -> str | None:
    """The name of the stated constant in the decay's formula; None if it does not appear there."""
    names, stated = dict(average.family.names), average.stated
    if stated is not None and stated.kind == "half-life" and "half_life" in names:
        return "half_life"
    return "DECAY" if stated is not None and "DECAY" in names else None


def twin(average: Average) -> Average | None:
    """The average with the same settings in dtype exact; None if its decay is irrational."""
    if average.dtype.digits is None:
        return average
    parameters = {k: str(v) if isinstance(v, float) else v for k, v in average.parameters.items()}
    try:
        return Average(average.stated, rule=average.rule.name, parameters=parameters, dtype="exact")
    except SettingError:
        return None


def constant_of(exact: Average | None) -> Fraction | None:
    """DECAY as a fraction, from a `twin`; None if the formula has no DECAY."""
    if exact is None:
        return None
    constant = dict(exact.family.names).get("DECAY")
    return None if constant is None else Fraction(constant)


def exact_text(x: Fraction | None, average: Average, *, decimals: bool = True) -> str | None:
    """A number as an exact short decimal if possible and `decimals` is True, else as a fraction; None if it is long."""
    if x is None:
        return None
    if average.dtype.digits is not None and (decimals or x.denominator == 1):
        decimal = significant(x, 8).removesuffix(".0")
        if Fraction(decimal) == x:
            return decimal
    if max(x.numerator.bit_length(), x.denominator.bit_length()) > _MOST_BITS:
        return None
    text = str(x)
    return text if len(text) <= _LONGEST_FRACTION or average.dtype.digits is None else None


class Operands:
    """The decays and weights of an average as text; `write` writes numbers that are not short fractions."""

    def __init__(self, average: Average, write: Callable[[Any], str]) -> None:
        self.average, self.write = average, write
        self.exact = twin(average)
        self._by_hand = average.round_each is not None and average.dtype.digits == 53
        self._constant = constant_of(self.exact)
        self.at = lru_cache(_KEPT)(self._made)
        """Function from the inputs of `values` to the texts of the form's operands d and w, and of the decay."""
        self._names = self._constants()

    def values(self, *inputs: Any) -> tuple[Any, Any, Any]:
        """The decay, and the form's operands d and w, for a counter, an elapsed time and a given decay."""
        v, d, w = self.average.operands(*inputs)
        return v, self.average.value(*inputs) if d is None else d, w

    def _made(self, *inputs: Any) -> tuple[str, str, str]:
        average, exact = self.average, self.exact
        decay, d, w = average.operands(*inputs)
        exact_d = exact_w = exact_v = None
        with suppress(SettingError):  # a power with a fractional or large exponent has no exact value
            if exact is not None:
                exact_d, _, exact_w = exact.operands(*inputs)
                exact_d, exact_w = Fraction(exact_d), Fraction(exact_w)
                exact_v = exact_d if exact.scalars.written == "v" else exact.value(*inputs)
        stated = self._constant is not None and exact_v == self._constant  # a stated constant may be a decimal
        text = self._near(exact_d, decay, stated=stated)
        used = text if d is None else self._near(exact_d, d, stated=stated)
        return used, self._near(exact_w, w, stated=stated), text

    def _near(self, exact: Fraction | None, used: Any, *, stated: bool = False) -> str:
        """The text of the exact value if it is short and `used` is its rounding, else the text of `used`."""
        if exact is not None and (used == exact or self._is_near(used, float(exact))):
            text = exact_text(exact, self.average, decimals=stated)
            if text is not None:
                return text
        return self.write(used)

    def _is_near(self, used: float, exact: float) -> bool:
        most = _SAME_BY_HAND * max(abs(exact), 1) if self._by_hand else _SAME * abs(exact)
        return abs(used - exact) <= most

    def _constants(self) -> dict[str, str]:
        """The texts of the family's constants."""
        average, exact = self.average, dict(self.exact.family.names) if self.exact is not None else {}
        texts = {}
        for name, own in in_seconds(average):
            fraction = exact.get(name)
            text = exact_text(Fraction(fraction), average) if fraction is not None else None
            texts[name] = text or self.write(own)
        return texts

    def names_at(self, n: Any, elapsed: Any = None) -> dict[str, str]:
        """The texts of the names in the decay's formula, for a counter and an elapsed time."""
        texts = {**self._names}
        if n is None and "DECAY" not in texts and self.average.constant is not None:
            texts["DECAY"] = self.write(self.average.constant)
        if elapsed is not None and isinstance(self.average.stated, TimedHalfLife):
            elapsed = elapsed / NANOSECONDS
        texts["n"], texts["e"] = (f"{x:.9g}" if isinstance(x, float) else str(x) for x in (n, elapsed))
        return texts
