"""A log: params and the shadows that some code computed from them, with the rounding and dtype of both."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from math import copysign, frexp, isfinite, log2
from typing import TYPE_CHECKING, Any

from ema_cli.check.tolerance import decimals, is_nearest, significant
from ema_cli.core.numbers.dtypes import DTYPES as ALL
from ema_cli.core.numbers.dtypes import dtype

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

BITS = {name: bits for name in ALL if (bits := dtype(name).digits) is not None}

LEAST = {name: dtype(name).least for name in BITS}
"""The least positive number of each dtype."""

_SHORTER = sorted(BITS, key=lambda name: BITS[name])[:-1]
"""The dtypes shorter than float64, shortest first: values that fit a short type hardly come from a longer one."""

_ALL_DIGITS = 14  # a float64 with this many digits was not rounded for the log

_TOLD = 3.0
"""Bits of evidence (see `_evidence`) that suffice to accept a dtype."""

_SURE = 20.0  # bits of evidence after which no other dtype is tried
_MIXED = 4  # a text with this many digits is not a round number
_MOST_TEXTS = 4000  # maximum number of texts examined
_EDGE = 1e-9  # distance from half a unit of the last digit below which values are compared digit by digit
_ROUNDINGS = 2.5  # maximum rounding error of the operations of one update, in units in the last place
_MORE = 16  # number of updates that may be one row


def places(texts: Sequence[str]) -> list[int]:
    """Decimals to which each text is accurate. Trailing zeros may have been dropped, so a short text
    gets the decimals or the significant digits of its column.
    """
    numbers = [text for text in texts if text]
    most = max(map(decimals, numbers), default=0)
    digits = max(map(significant, numbers), default=0)
    cut = sum(decimals(text) < most - 1 and _MIXED <= significant(text) < digits - 1 for text in numbers)
    if cut > len(numbers) / 4:  # too many to be dropped zeros: each value was rounded on its own
        return [decimals(text) if text else 0 for text in texts]
    found = []
    for text in texts:
        value = float(text) if text else 0.0
        exponent = int(f"{value:e}".partition("e")[2]) if value and isfinite(value) else -most
        found.append(max(min(most, digits - 1 - exponent), decimals(text) if text else 0))
    return found


def half_unit(decimals: int) -> float:
    """Half a unit of the last of these decimals."""
    return 0.5 * 10.0**-decimals if -300 < decimals < 300 else 0.0


def held(texts: Sequence[str], good: Sequence[int]) -> tuple[list[str], bool, bool]:
    """Guess the dtype of texts that are accurate to these decimals (`good`): the possible ones, the likeliest first;
    True if the texts have all its digits; and True if no other is worth trying.
    """
    every = len(texts) // _MOST_TEXTS + 1
    sample = zip(texts[::every], good[::every], strict=True)
    rows = {text: place for text, place in sample if text}
    evidence = {name: bits for name in _SHORTER if (bits := _evidence(name, rows)) >= _TOLD}
    every_digit = max(map(significant, rows), default=0) >= _ALL_DIGITS
    if not evidence:
        return ["float64"], every_digit, True
    first = next(iter(evidence))
    names = [name for name in evidence if name == first or name.endswith("float16")]
    return names, True, evidence[first] >= _SURE or every_digit


def _evidence(name: str, rows: dict[str, int]) -> float:
    """Evidence for a dtype: minus log2 of the chance that other values look like it; 0 if the texts don't."""
    from ema_cli.text.number_text import shortest

    num = dtype(name)
    write, wide = shortest(num), dtype("float32").round if name.endswith("float16") else float
    least = frexp(num.least)[1]
    ways: dict[int, float] = dict.fromkeys(range(3), 0.0)
    for text, place in rows.items():
        value = float(text)
        near = num.round(value)
        if not ways or not isfinite(near):
            return 0.0
        step = 2.0 ** (max(frexp(value)[1], least) - BITS[name])
        own, whole = half_unit(decimals(text)), half_unit(place)
        passes = (
            (near == wide(value), own),  # printed as a float64 or float32
            (float(write(near)) == value, own),  # printed as the dtype itself
            (abs(near - value) <= whole * (1 + 1e-9) <= step / 2, whole),  # rounded to the digits of the column
        )
        for way, (passed, unit) in enumerate(passes):
            if not passed:
                ways.pop(way, None)
            elif way in ways and unit and value:
                ways[way] += max(log2(step / (2 * unit)), 0.0)
    return max(ways.values(), default=0.0)


class Log:
    """A log or a part of one.

    Args:
        params: The text of the param in each round.
        shadows: The text of the shadow after each round; empty, or past float64, where it was not logged.
        steps: The step of each round; None for a log without steps.
        times: Columns that may be the time of each row, by name.
        dates: Names of those columns that hold dates, converted to seconds.

    Attributes:
        params: The params.
        counted: The steps if every round has one; else empty.
        shadows: The logged shadows; None where no shadow was logged.
        units: Half a unit of the last digit of each shadow.
        param_units: Half a unit of the last digit of each param; zero if they have all digits of a dtype.
        types: The dtypes that the digits suggest, the likeliest first.
        exact: True if the shadows have all digits of the first of these dtypes.
        round_each: Decimals to which each shadow was rounded before the next update, if that is assumed; else None.
        stored: The shorter dtype to which shadows were rounded only for the log, if that is assumed; else empty.
        whole: The form of `custom` that rounded each shadow to a whole number, if that is assumed; else empty.
        cut: Half a unit, if the log has the shadows rounded down, and half a unit was added to each; else 0.
    """

    def __init__(
        self,
        params: Sequence[str],
        shadows: Sequence[str],
        steps: Sequence[Any] | None = None,
        times: dict[str, list[float]] | None = None,
        dates: Collection[str] = (),
    ) -> None:
        self.param_texts = list(params)
        self.texts = [text if text and isfinite(float(text)) else "" for text in shadows]
        known: list[Any] = [None if step is None else int(step) if step == int(step) else step for step in steps or ()]
        self.steps = known if any(step is not None for step in known) else None
        self.counted = [] if self.steps is None or None in self.steps else self.steps
        self.times, self.dates = times or {}, dates
        self.params = list(map(float, params))
        self.shadows = [float(text) if text else None for text in self.texts]
        self._places = places(self.texts)
        self.units = [half_unit(place) for place in self._places]
        self.types, self.exact, self._sure = held(self.texts, self._places)
        self.stored, self.whole, self.cut = "", "", 0.0
        good = places(self.param_texts)
        names, exact, sure = held(self.param_texts, good)
        self._param_type = names[0] if exact else ""
        exactly = (exact and sure) or not any(good)  # whole numbers are counts, or readings of a sensor
        self.param_units = [0.0 if exactly else half_unit(place) for place in good]
        self._roundings = _ROUNDINGS
        self.round_each: int | None = None
        self._in_dtype: dict[str, list[Any]] = {}

    def __len__(self) -> int:
        return len(self.params)

    @property
    def head(self) -> int:
        """The first row with a shadow; 0 if there is none."""
        return next((row for row, value in enumerate(self.shadows) if value is not None), 0)

    def _as(self, **changed: Any) -> Log:
        """Copy of the log with other attributes."""
        other = copy(self)
        other.__dict__.pop("compared", None)
        other.__dict__.update({"_in_dtype": {}} | changed)
        return other

    def part(self, first: int, last: int) -> Log:
        """Rows `first` up to `last`; dtypes and units stay those of the whole log."""
        names = ("param_texts", "texts", "steps", "counted", "params", "shadows", "units", "param_units", "_places")
        columns = {name: column and column[first:last] for name in names for column in [getattr(self, name)]}
        return self._as(**columns, times={name: column[first:last] for name, column in self.times.items()})

    def rounded(self) -> Iterator[Log]:
        """This log, assuming that it was computed in a longer dtype and rounded only when logged: to its own dtype, or
        to its decimals, if these look like the dtype by accident.
        """
        name = self.types[0]

        def halves(values: Sequence[float | None]) -> list[float]:
            return [2.0 ** (frexp(value or LEAST[name])[1] - BITS[name] - 1) for value in values]

        other = self._as(shadows=self.loaded(name), units=halves(self.shadows))
        if self._param_type == name:
            other = other._as(params=list(map(dtype(name).load, self.params)), param_units=halves(self.params))
        yield other._as(types=["float64"], exact=False, stored=name)
        if not self._sure:
            yield self._as(types=["float64"], exact=False)

    def by_hand(self) -> Iterator[Log]:
        """This log, assuming that each shadow was rounded to its decimals before the next update; or, if they are whole
        numbers, that only the log has it rounded down.
        """
        count = max(map(decimals, filter(None, self.texts)))
        yield self._as(types=["float64"], exact=True, round_each=count)
        if not count:
            yield self._as(cut=0.5, shadows=[None if value is None else value + 0.5 for value in self.shadows])

    def in_whole_numbers(self, form: str = "") -> Log:
        """This log, assuming that a form of `custom` rounded each shadow to a whole number; any form if empty."""
        if not form:
            return self._as(units=[1.0] * len(self))
        return self._as(types=["float64"], exact=True, whole=form)

    def looser(self) -> Log:
        """This log, assuming that each row may be the result of several updates."""
        return self._as(_roundings=self._roundings * _MORE)

    def changed(self, of_param: Callable[[float], float], of_shadow: Callable[[float], float]) -> Log | None:
        """This log with functions applied to its params and shadows; None if a function is undefined for a value."""

        def column(values: Sequence[float | None], units: Sequence[float], of: Any) -> tuple[list[str], list[float]]:
            slack = [0.0 if x is None else abs(of(x + unit) - of(x)) for x, unit in zip(values, units, strict=True)]
            return ["" if x is None else repr(of(x)) for x in values], slack

        try:
            params, param_units = column(self.params, self.param_units, of_param)
            shadows, units = column(self.shadows, self.units, of_shadow)
        except (ValueError, ArithmeticError):
            return None
        other = self.but(params=params, shadows=shadows)
        return other._as(types=["float64"], exact=False, units=units, param_units=param_units)

    def but(self, **columns: Any) -> Log:
        """Copy of the log with other columns, and without the times."""
        given = {"params": self.param_texts, "shadows": self.texts, "steps": self.steps}
        return Log(**(given | columns))

    @cached_property
    def compared(self) -> int:
        """Number of rounds with a logged shadow."""
        return sum(value is not None for value in self.shadows)

    @property
    def scale(self) -> float:
        """The largest magnitude in the log."""
        return max((abs(x) for x in [*self.params, *self.shadows] if x is not None and isfinite(x)), default=0.0)

    def error(self, row: int, name: str) -> float:
        """Largest rounding error of one update in a dtype."""
        known = (self.params[row], self.shadows[row] or 0.0, (self.shadows[row - 1] or 0.0) if row else 0.0)
        unit = 2.0 ** (1 - BITS[name])
        carried = float(bool(self.whole)) if self.round_each is None else half_unit(self.round_each)
        return carried + self._roundings * unit * (max(map(abs, known)) + LEAST[name])

    def differing(self, shadows: Sequence[Any], name: str) -> list[int]:
        """The rows whose computed shadow neither equals the logged one nor rounds to its text.

        Args:
            shadows: The computed shadows.
            name: Their dtype. If it is one of `types` and the log is exact, shadows must equal the value of the text.
        """
        loaded, strict = self.loaded(name), self.exact and name in self.types
        return [
            row
            for row, (value, own, logged) in enumerate(zip(shadows, loaded, self.shadows, strict=False))
            if (value != own or not own) and logged is not None and not self._gives(row, value, strict)
        ]

    def loaded(self, name: str) -> list[Any]:
        """The logged shadows in a dtype."""
        if name not in self._in_dtype:
            load = dtype(name).load
            self._in_dtype[name] = [None if value is None else load(value) for value in self.shadows]
        return self._in_dtype[name]

    def _gives(self, row: int, value: Any, strict: bool) -> bool:
        """True if a computed shadow equals the logged one, or unless `strict` rounds to its text."""
        logged: Any = self.shadows[row]
        if value is None or value - value != 0:
            return value is not None and value != value and logged != logged
        if value == logged:
            return not strict or copysign(1, logged) == copysign(1, value)
        off, unit = abs(value - logged), self.units[row]
        if strict or off > unit * (1 + _EDGE):
            return False
        return off < unit * (1 - _EDGE) or is_nearest(value, self.texts[row], self._places[row])

    def beyond(self, shadows: Sequence[Any], rows: Sequence[int], loose: Sequence[float]) -> bool:
        """True if a computed shadow in these rows is further from the logged one than its digits and `loose` allow."""
        pairs = ((row, shadows[row], self.shadows[row]) for row in rows)
        return any(
            None in (value, logged) or not abs(value - logged) <= (self.units[row] + loose[row]) * (1 + _EDGE)
            for row, value, logged in pairs
        )
