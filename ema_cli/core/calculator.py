"""Arithmetic in the values of options: `0.999^32`, `1-1/337`, `0.5^(32/10000)`, `2*(1 - 0.1%)`.

The grammar is numbers, `+ - * / ^ ( )`, `**` for `^` and a `%` after a number, with Python's precedence: -2^2 is -4,
and `^` groups to the right. A text becomes a tree of nodes, and nothing in it is ever evaluated as code. Limits of
length, depth and size hold before anything is computed.
"""

from __future__ import annotations

import math
import operator
import re
from fractions import Fraction
from typing import TYPE_CHECKING

from ema_cli.core.errors import NotNumber, SettingError
from ema_cli.core.literals import fraction, shown
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST = 400
"""The most characters of a text."""

_DEEPEST = 50
"""The most levels of brackets, signs and powers."""

_BITS = 2**18
"""The most bits of a numerator and a denominator: about 0.9999^19000."""

_LARGEST = 800
"""The largest logarithm of a power that is computed: that of the largest float64 is 710."""

_TOKEN = re.compile(
    r"[ \t]*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?%?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<sign>\*\*|[<>=]=|[-+*/^(),<>]))"
)

_ARITHMETIC = ("+", "-", "*", "/", "^", "**", "(")
_COMPARISONS = ("<", "<=", ">", ">=", "==")


class Node(Record):
    """A number, a name, or what is computed of other nodes."""

    kind: str
    """`number`, `name`, `call`, `if`, `negative`, or the sign of a binary operation."""
    parts: tuple[Node, ...] = ()
    """The operands; of an `if`: the value, the condition, and the value otherwise."""
    text: str = ""
    """The number as it is written, the name, or the function that is called."""


class Grammar(Record):
    """The words that a text may have beside numbers; those of an option's value are none."""

    names: frozenset[str] = frozenset()
    functions: Mapping[str, tuple[int, int]] = {}
    """The least and the most arguments of each function."""
    conditions: bool = False
    """True if there is `A if B < C else D`."""
    expected: str = "not a number"
    """The verdict on a text that breaks the grammar."""


PLAIN = Grammar()


def parse(text: str, grammar: Grammar = PLAIN) -> Node:
    """The tree of a text.

    Raises:
        SettingError: The text breaks the grammar, or is past a limit; the message quotes it.
    """
    if len(text) > LONGEST:
        raise SettingError(f"{shown(text)} has {len(text)} characters; arithmetic has at most {LONGEST}")
    return _Parser(text, grammar).whole()


class _Parser:
    """A recursive descent, one method for each level of precedence."""

    def __init__(self, text: str, grammar: Grammar) -> None:
        self._text, self._grammar, self._depth = text, grammar, 0
        self._found_sign = False
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text):
            token = _TOKEN.match(text, at)
            if token is None or text[0].isspace():
                self._tokens.append(("", text[at:].strip()[:10]))
                raise self._refused()
            assert token.lastgroup is not None
            self._tokens.append((token.lastgroup, token[token.lastgroup]))
            at = token.end()
        self._tokens.reverse()  # the next one is the last
        self._found_sign = any(text in _ARITHMETIC for _, text in self._tokens[:-1])

    def whole(self) -> Node:
        """The tree of the whole text."""
        tree = self._value()
        if self._tokens:
            raise self._refused()
        return tree

    def _refused(self) -> SettingError:
        """The error of a text that breaks the grammar at the next token; where it has arithmetic, it says so."""
        error = f"{shown(self._text)} is {self._grammar.expected}"
        fact = NotNumber(self._text) if self._grammar is PLAIN else None
        if fact is not None and not self._found_sign:
            return SettingError(error, fact=fact)
        found = f"{shown(self._tokens[-1][1])} is out of place" if self._tokens else "it ends too early"
        return SettingError(f"{error}: {found}", fact=fact)

    def _taken(self, *signs: str) -> str:
        """The next token if it is one of these, taken; else an empty text."""
        if self._tokens and self._tokens[-1][1] in signs:
            return self._tokens.pop()[1]
        return ""

    def _expect(self, sign: str) -> None:
        if not self._taken(sign):
            raise self._refused()

    def _value(self) -> Node:
        value = self._sum()
        if not (self._grammar.conditions and self._taken("if")):
            return value
        left = self._sum()
        sign = self._taken(*_COMPARISONS)
        if not sign:
            raise self._refused()
        condition = Node(sign, (left, self._sum()))
        self._expect("else")
        return Node("if", (value, condition, self._deeper(self._value)))

    def _sum(self) -> Node:
        value = self._product()
        while sign := self._taken("+", "-"):
            value = Node(sign, (value, self._product()))
        return value

    def _product(self) -> Node:
        value = self._signed()
        while sign := self._taken("*", "/"):
            value = Node(sign, (value, self._signed()))
        return value

    def _signed(self) -> Node:
        if sign := self._taken("+", "-"):
            value = self._deeper(self._signed)
            return Node("negative", (value,)) if sign == "-" else value
        value = self._atom()
        if self._taken("^", "**"):
            return Node("^", (value, self._deeper(self._signed)))
        return value

    def _atom(self) -> Node:
        kind, text = self._tokens.pop() if self._tokens else ("", "")
        if kind == "number":
            return Node("number", text=text)
        if text == "(":
            value = self._deeper(self._value)
            self._expect(")")
            return value
        if text in self._grammar.functions:
            return self._call(text)
        if text in self._grammar.names:
            return Node("name", text=text)
        if kind:
            self._tokens.append((kind, text))
        raise self._refused()

    def _call(self, name: str) -> Node:
        self._expect("(")
        arguments = [self._deeper(self._value)]
        while self._taken(","):
            arguments.append(self._deeper(self._value))
        self._expect(")")
        least, most = self._grammar.functions[name]
        if not least <= len(arguments) <= most:
            raise self._refused()
        return Node("call", tuple(arguments), name)

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise SettingError(f"{shown(self._text)} nests deeper than {_DEEPEST} levels")
        value = read()
        self._depth -= 1
        return value


def exact(text: str) -> Fraction:
    """The value of a text of arithmetic, in fractions.

    >>> exact("1-1/337"), exact("-2^2"), exact("2^3^2"), exact("50%")
    (Fraction(336, 337), Fraction(-4, 1), Fraction(512, 1), Fraction(1, 2))

    Raises:
        SettingError: It is no arithmetic, past a limit, not defined, or no fraction.
    """
    return _of_text(text, _no_fraction)


def nearest(text: str) -> float:
    """The value of a text of arithmetic in float64: exact where it is rational, and rounded once.

    A power with an exponent that is no whole number is the nearest float64.

    >>> nearest("0.999^32"), nearest("0.5^(32/10000)"), nearest("2^2000"), nearest("-1e400/3")
    (0.9684910757595269, 0.9977843871238888, inf, -inf)

    Raises:
        SettingError: It is no arithmetic, past a limit, or not defined.
    """
    return rounded(_of_text(text, nearest_power))


def in_doubles(text: str) -> float | None:
    """The value that code has which computes a text of arithmetic in doubles; None where it has none.

    >>> in_doubles("0.999^32"), in_doubles("10^400"), in_doubles("1/0")
    (0.9684910757595268, None, None)
    """
    try:
        return _double(parse(text))
    except ArithmeticError:
        return None


def rounded(value: Fraction) -> float:
    """The nearest float64, or an infinity."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


_OPERATIONS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def _of_text(text: str, power: Callable[[Fraction, Fraction], Fraction]) -> Fraction:
    tree = parse(text)
    try:
        return _fraction(tree, power)
    except ZeroDivisionError:
        raise SettingError(f"{shown(text)} divides by zero") from None
    except ArithmeticError as error:
        raise SettingError(f"{shown(text)} {error}") from None


def _fraction(node: Node, power: Callable[[Fraction, Fraction], Fraction]) -> Fraction:
    """The value of a node in fractions; `power` is handed a power whose exponent is no whole number."""
    if node.kind == "number":
        number = fraction(node.text.removesuffix("%"))
        return number / 100 if node.text.endswith("%") else number
    values = [_fraction(part, power) for part in node.parts]
    if node.kind == "negative":
        return -values[0]
    left, right = values
    if node.kind != "^":
        _check_size(_bits(left) + _bits(right))
        return _OPERATIONS[node.kind](left, right)
    if right.denominator == 1:
        _check_size(_bits(left) * abs(right.numerator))
        return left ** int(right)
    if left < 0:
        raise ArithmeticError("takes a power of a negative number that is not real")
    return power(left, right)


def _bits(value: Fraction) -> int:
    """The size of a fraction; 0 for those whose powers do not grow."""
    return 0 if abs(value) in (0, 1) else value.numerator.bit_length() + value.denominator.bit_length()


def _check_size(bits: int) -> None:
    if bits > _BITS:
        raise ArithmeticError("has a power that is too large to be computed exactly")


def bounded_power(base: Fraction, exponent: Fraction) -> Fraction:
    """A power of fractions that is a fraction, and not past the limit of size.

    Raises:
        SettingError: It is not.
    """
    try:
        if exponent.denominator != 1:
            return _no_fraction(base, exponent)
        _check_size(_bits(base) * abs(exponent.numerator))
    except ArithmeticError as error:
        raise SettingError(f"the formula {error}") from None
    return base ** int(exponent)


def _no_fraction(base: Fraction, exponent: Fraction) -> Fraction:
    raise ArithmeticError(
        f"has a power whose exponent, {exponent}, is no whole number: it is no fraction, so dtype exact can't have it,"
        " and the other dtypes can"
    )


def nearest_power(base: Fraction, exponent: Fraction) -> Fraction:
    """The float64 that is nearest to a power, by logarithms with more and more digits."""
    if base == 0:
        return 0 / base if exponent < 0 else base
    near_one = Fraction(1, 2) < base < 2
    logarithm = math.log1p(base - 1) if near_one else math.log(base.numerator) - math.log(base.denominator)
    size = rounded(exponent) * logarithm
    if size > _LARGEST:
        raise ArithmeticError("has a power that is past the range of float64")
    if size < -_LARGEST:
        return Fraction(0)
    from decimal import Context, Decimal

    for digits in (40, 80, 400):
        context = Context(prec=digits)
        ln = context.ln(context.divide(Decimal(base.numerator), Decimal(base.denominator)))
        product = context.multiply(ln, Decimal(exponent.numerator))
        value = Fraction(context.exp(context.divide(product, Decimal(exponent.denominator))))
        error = value * (abs(exponent) + 1000) / 10 ** (digits - 1)
        if rounded(value - error) == rounded(value + error):
            break
    return Fraction(rounded(value))


def _double(node: Node) -> float:
    if node.kind == "number":
        number = float(node.text.removesuffix("%"))
        return number / 100 if node.text.endswith("%") else number
    values = [_double(part) for part in node.parts]
    if node.kind == "negative":
        return -values[0]
    left, right = values
    value = left**right if node.kind == "^" else _OPERATIONS[node.kind](left, right)  # type: ignore[arg-type]
    if isinstance(value, complex):
        raise ArithmeticError
    return float(value)
