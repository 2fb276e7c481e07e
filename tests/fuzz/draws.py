"""Choices that hypothesis draws: texts, numbers and names as people and programs write them, some of them hostile."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import TIMES, examples

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    T = TypeVar("T")


SECONDS = 300 * max(TIMES, 1)
"""The time limit for all examples of a property, normally one or two seconds; a busy machine needs more."""


def generated(number: int) -> Callable[[Callable[[Draws], None]], Callable[[], None]]:
    """Make a test that takes draws a property, with this number of examples in the usual run."""

    def decorate(test: Callable[[Draws], None]) -> Callable[[], None]:
        @examples(number)
        @given(st.data())
        def run(data: st.DataObject) -> None:
            test(Draws(data))

        run.__name__, run.__qualname__, run.__doc__ = test.__name__, test.__qualname__, test.__doc__
        run.__module__ = test.__module__
        return cast("Callable[[], None]", pytest.mark.usefixtures("in_time")(run))

    return decorate


class Draws:
    """Draws choices by hypothesis, which simplifies them when a test fails."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def raw(self, count: int) -> bytes:
        """Random bytes."""
        return self._data.draw(st.binary(min_size=count, max_size=count))

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, but not including, the limit."""
        return self._data.draw(st.integers(0, limit - 1))

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[self.below(len(choices))]

    def often(self) -> bool:
        """True half of the time."""
        return self.below(2) == 1

    def seldom(self) -> bool:
        """True one time in eight."""
        return self.below(8) == 7

    def many(self, make: Callable[[], T], least: int, most: int) -> list[T]:
        """A list of this length."""
        return [make() for _ in range(least + self.below(most - least + 1))]

    def number(self) -> str:
        """The text of a number that float64 holds."""
        match self.below(4):
            case 0:
                return str(self.below(100))
            case 1:
                return self.pick(NUMBERS)
            case 2:
                return repr(self._data.draw(st.floats(allow_nan=False, allow_infinity=False)))
            case _:
                whole, part = str(self.below(2**16)), str(self.below(2**16))
                sign, exponent = self.pick(["", "-", "+"]), self.pick(["", "", "e-3", "E2", "e+0", "e-310", "e300"])
                return f"{sign}{whole}.{part}{exponent}"

    def step(self) -> str:
        """The text of a step."""
        return str(self.below(300)) if self.often() else self.pick(STEPS)

    def odd(self) -> str:
        """A text that is not a number, or only nearly one."""
        return self.pick(ODD) if self.often() else self.text()

    def text(self) -> str:
        """Any text, hostile or not."""
        parts = self.many(lambda: self.pick(HOSTILE), 0, 4)
        letters = self.raw(self.below(5)).decode("utf-8", "replace")
        return "".join([*parts, letters])

    def name(self) -> str:
        """A name without NUL that is neither empty nor a number, and has no meaning as a column name."""
        return "n" + self.text().replace("\0", "").strip(" \t").replace("\n", "\\").replace("\r", "\\")

    def mutated(self, data: bytes) -> bytes:
        """The bytes with some removed, repeated, inserted or changed."""
        for _ in range(1 + self.below(4)):
            place = self.below(len(data) + 1)
            end = place + self.below(6)
            piece = self.pick([b"", self.raw(3), self.pick(MARKS), data[place:end] * 2, self.odd().encode()])
            data = data[:place] + piece + data[end:]
        return data


NUMBERS = (
    "0 -0 1 -1 0.1 .5 1. +1 007 1E5 -.5e+3 1e-400 5e-324 -5e-324 2.2250738585072014e-308 1.7976931348623157e308"
    " -1.7976931348623157e308 16777217 9007199254740993 0.30000000000000004 65504 65520 65519.99 1e16 9999999999999998"
    " 1e-4 0.00009999999999999999 3.4028235677973366e38 1.401298464324817e-45 7.006492321624085e-46 256.5 1.00390625"
    " 123456789012345678901234567890 0.1000000000000000055511151231257827 2.5e-8"
).split()

STEPS = (
    "0 1 7.0 1e3 007 +5 -0 16777216 16777217 9007199254740992 9007199254740993 4611686018427387905 9223372036854775806"
    " 9223372036854775807"
).split()

ODD = [
    *("", "NA", "nan", "-inf", "Infinity", "null", "none", "n/a", "1_000", "１", "0x1", "1 2", "--1", "1e", ".", "+"),
    *(
        "e5",
        "1e999",
        "-1e400",
        "1,5",
        "1;5",
        "1\x00",
        "true",
        "9223372036854775808",
        "-5",
        "1.5",
        "1/3",
        "٣",
        "1" * 400,
    ),
    *("1e99999999999", "0." + "0" * 400 + "1", "x", "0x3", "..", "1..2"),
]

HOSTILE = [
    *("a", " ", "|", "\\", "`", "*", "_", "[/b]", "[red]", ":smile:", "<b>", "&lt;", "</table>", "<script>", "]]>"),
    *("\\input{x}", "$x$", "%", "#", "~", "^", "{", "}", "--", "''", '"', "'", ",", ";", "=HYPERLINK(1)", "@", "+x"),
    *("\x1b[31m", "\x1b]0;t\x07", "\x9b31m", "\x00", "\x7f", "\u202e", "\u200b", "\u2028", "\x85", "e\u0301", "漢"),
    *("é", "😀", "\U000f0000", "\ufeff", "\n", "\r", "\t", "%s", "{0}", "\\1", "-->", "\ufffe", "\uffff", "\xad"),
]

MARKS = [
    b",",
    b";",
    b"\t",
    b'"',
    b"\n",
    b"\r\n",
    b"\r",
    b"\xff",
    b"\xef\xbb\xbf",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"\\",
    b"\0",
]
