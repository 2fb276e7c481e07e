"""Parse arithmetic in the values of options: `0.999^32`, `1-1/337`, `0.5^(32/10000)`, `2*(1 - 0.1%)`.

It has numbers, `+ - * / ^ ( )`, `**` for `^` and a `%` after a number, with Python's precedence: -2^2 is -4, and `^`
groups to the right. A text is parsed to a tree of nodes; no part of it is evaluated as code. Limits of length and depth
are checked before anything is computed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.core.errors import NotNumber, SettingError
from ema_cli.core.numbers.literals import quoted
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST = 400
"""The most characters in a text."""

_DEEPEST = 50
"""The most nested levels of brackets, signs and powers."""

_TOKEN = re.compile(
    r"[ \t]*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?%?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<sign>\*\*|[<>=]=|[-+*/^(),<>]))"
)

_ARITHMETIC = ("+", "-", "*", "/", "^", "**", "(")
_COMPARISONS = ("<", "<=", ">", ">=", "==")


class Node(Record):
    """A number, a name, or an operation on other nodes."""

    kind: str
    """`number`, `name`, `call`, `if`, `negative`, or the sign of a binary operation."""
    parts: tuple[Node, ...] = ()
    """The operands; of an `if`: the value, the condition, and the value otherwise."""
    text: str = ""
    """The number as written, the name, or the name of the function that is called."""


class Grammar(Record):
    """The words that a text may use besides numbers; in an option's value there are none."""

    names: frozenset[str] = frozenset()
    functions: Mapping[str, tuple[int, int]] = {}
    """The least and the most arguments of each function."""
    conditions: bool = False
    """True if `A if B < C else D` is allowed."""
    expected: str = "not a number"
    """The end of the error message `TEXT is ...` about a text that breaks the grammar."""


PLAIN = Grammar()


def parse(text: str, grammar: Grammar = PLAIN) -> Node:
    """Parse a text to a tree."""
    if len(text) > LONGEST:
        raise SettingError(f"{quoted(text)} has {len(text)} characters; arithmetic has at most {LONGEST}")
    return _Parser(text, grammar).whole()


class _Parser:
    """A recursive descent parser with one method for each level of precedence."""

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
        """Parse the whole text."""
        tree = self._value()
        if self._tokens:
            raise self._refused()
        return tree

    def _refused(self) -> SettingError:
        """The error of a text that breaks the grammar at the next token, which is named if the text is arithmetic."""
        error = f"{quoted(self._text)} is {self._grammar.expected}"
        fact = NotNumber(self._text) if self._grammar is PLAIN else None
        if fact is not None and not self._found_sign:
            return SettingError(error, fact=fact)
        found = f"{quoted(self._tokens[-1][1])} is unexpected here" if self._tokens else "it ends too soon"
        return SettingError(f"{error}: {found}", fact=fact)

    def _taken(self, *signs: str) -> str:
        """Consume and return the next token if it is one of the signs; else return an empty text."""
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
        return self._grouped("+-", lambda: self._grouped("*/", self._signed))

    def _grouped(self, signs: str, read: Callable[[], Node]) -> Node:
        """Operands that the signs join, grouped from the left."""
        value = read()
        while sign := self._taken(*signs):
            value = Node(sign, (value, read()))
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
            raise SettingError(f"{quoted(self._text)} nests deeper than {_DEEPEST} levels")
        value = read()
        self._depth -= 1
        return value
