"""The mutations: each mutant is the source of a module with one small change.

A change replaces the text of one node, so that the rest of the source and its line numbers stay the same. Texts for
people, which explain numbers, are not mutated: docstrings, annotations, f-strings, strings with a space, the arguments
of `raise`, the text of `@written`, and the fields in PROSE.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

PROSE = frozenset({"formula", "framework", "frozen", "meaning", "source", "strict", "surprises", "Source", "Words"})

_BINARY = {
    ast.Add: ("+", ["-"]), ast.Sub: ("-", ["+"]), ast.Mult: ("*", ["/"]), ast.Div: ("/", ["*"]),
    ast.FloorDiv: ("//", ["/"]), ast.Mod: ("%", ["//"]), ast.Pow: ("**", ["*"]),
    ast.LShift: ("<<", [">>"]), ast.RShift: (">>", ["<<"]),
    ast.BitAnd: ("&", ["|"]), ast.BitOr: ("|", ["&"]), ast.BitXor: ("^", ["&"]),
    ast.Lt: ("<", ["<="]), ast.LtE: ("<=", ["<"]), ast.Gt: (">", [">="]), ast.GtE: (">=", [">"]),
    ast.Eq: ("==", ["!="]), ast.NotEq: ("!=", ["=="]), ast.Is: ("is", ["is not"]), ast.IsNot: ("is not", ["is"]),
    ast.In: ("in", ["not in"]), ast.NotIn: ("not in", ["in"]), ast.And: ("and", ["or"]), ast.Or: ("or", ["and"]),
}  # fmt: skip
_PAIRS = (
    ("min", "max"), ("any", "all"), ("lstrip", "rstrip"), ("partition", "rpartition"), ("floor", "ceil"),
    ("startswith", "endswith"), ("removeprefix", "removesuffix"), ("find", "rfind"), ("lower", "upper"),
)  # fmt: skip
_NAMES = {a: b for pair in _PAIRS for a, b in (pair, pair[::-1])}

_WORDS = re.compile(
    r"(?!(?:if|else|and|or|not|for|in)\b)\b[A-Za-z]{2,} (?!(?:if|else|and|or|not|for|in)\b)[A-Za-z]{2,}\b"
)
"""Two words in a row, which distinguish a text for people from a formula."""
_OPERATION = re.compile(r"[\w)}] ?(?:\*\*?|//?|\+|-|<) ?[\w({-]")
_TOKEN = re.compile(
    r"(?P<number>(?<![\w.{])\d+(?:\.\d*)?(?:e-?\d+)?)|(?P<rounding>\b[RONr]\()"
    r"|(?P<operator>\bm(?:in|ax)\b|\*\*|//|=="
    r"|(?<=[\w)}])(?: \+ | - | < | > |\*|/)(?=[\w({-])|(?<![\w)} ])-|(?<=[,<] )-)"
)
_IN_FORMULAS = {
    "min": "max", "max": "min", " + ": " - ", " - ": " + ", "*": "/", "/": "*", "//": "/", "**": "*", "-": "",
    "==": "!=", " < ": " <= ", " > ": " >= ",
}  # fmt: skip


class Mutant(NamedTuple):
    """One change of a module's source, in bytes."""

    line: int
    start: int
    end: int
    new: bytes
    inside: tuple[int, int]
    """The lines of its statement or lambda; in a table of the module, of its entry."""
    function: str
    """Its function, with the class; empty outside of functions."""
    around: tuple[int, int]
    """The place of the smallest expression or statement around the change."""

    def apply(self, source: bytes) -> bytes:
        """The source with the change."""
        return source[: self.start] + self.new + source[self.end :]

    def key(self, source: bytes) -> tuple[str, str]:
        """The function, and the smallest expression around the change, before and after; lines may move."""
        first, last = self.around
        before, after = source[first:last], source[first : self.start] + self.new + source[self.end : last]
        return self.function, " -> ".join(" ".join(text.decode().split()) for text in (before, after))


def mutants(source: bytes) -> list[Mutant]:
    """Every mutant of a module, in the order of its source."""
    found = _Finder(source)
    found.visit(ast.parse(source))
    return sorted(set(found.found), key=lambda m: (m.start, m.end, m.new))


class _Finder(ast.NodeVisitor):
    def __init__(self, source: bytes) -> None:
        self.source = source
        self.starts = [0, *(m.end() for m in re.finditer(rb"\n", source))]
        self.found: list[Mutant] = []
        self.inside = (0, 0)
        self.in_function = self.in_entry = False
        self.names: list[str] = []
        self.nodes: list[tuple[int, int]] = []

    def _span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt | ast.keyword)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset

    def _add(self, start: int, end: int, new: str) -> None:
        line = self.source.count(b"\n", 0, start) + 1
        text = self.source[self.starts[line - 1] :].split(b"\n", 1)[0]
        if b"pragma: no cover" not in text:
            spans = [span for span in self.nodes if span[0] <= start and end <= span[1] and span != (start, end)]
            around = min(spans, key=lambda span: span[1] - span[0], default=(start, end))
            self.found.append(Mutant(line, start, end, new.encode(), self.inside, ".".join(self.names), around))

    def _replace(self, node: ast.AST, new: str) -> None:
        self._add(*self._span(node), new)

    def _between(self, left: ast.AST, op: ast.AST, right: ast.AST) -> None:
        """Mutate the operator between two nodes."""
        old, others = _BINARY.get(type(op), ("", []))
        start, end = self._span(left)[1], self._span(right)[0]
        at = self.source.find(old.encode(), start, end)
        for other in others:
            self._add(at, at + len(old), other)

    def _condition(self, node: ast.expr) -> None:
        """Negate a condition that has no operator of its own to mutate."""
        if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.NamedExpr):
            start, end = self._span(node)
            self._add(start, end, f"(not ({self.source[start:end].decode()}))")

    def visit(self, node: ast.AST) -> None:
        """Remember the statement or lambda of the node, and continue."""
        outer = self.inside, self.in_function, self.in_entry
        simple = isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef | ast.ClassDef)
        entry = isinstance(node, ast.Call) and not self.in_function and not self.in_entry
        if isinstance(node, ast.Lambda) or simple or entry:
            self.in_entry = self.in_entry or entry
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if isinstance(body, list) else node.end_lineno  # type: ignore[attr-defined]
            self.inside = node.lineno, max(node.lineno, last)  # type: ignore[attr-defined]
        names = [node.name] if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
        nodes = [self._span(node)] if isinstance(node, ast.expr | ast.stmt) else []
        self.names, self.nodes = self.names + names, self.nodes + nodes
        super().visit(node)
        self.names, self.nodes = self.names[: -len(names) or None], self.nodes[: -len(nodes) or None]
        self.inside, self.in_function, self.in_entry = outer

    def generic_visit(self, node: ast.AST) -> None:
        """Visit the nodes below, except annotations and code for type checkers only."""
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    self.visit(child)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.inside = node.lineno, node.lineno
        self.visit(node.args)
        self.in_function = True
        for statement in node.body:
            self.visit(statement)

    def visit_If(self, node: ast.If) -> None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return
        if "pragma: no cover" in self.source[self.starts[node.lineno - 1] :].split(b"\n", 1)[0].decode():
            return
        self._condition(node.test)
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._condition(test)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self._between(node.left, node.op, node.right)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
            self._between(left, op, right)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._between(left, node.op, right)
        for value in node.values:
            self._condition(value)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        self._replace(node, self.source[slice(*self._span(node.operand))].decode())
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._between(node.target, node.op, node.value)
        self._replace(node, "pass")
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if any(getattr(target, "id", getattr(target, "attr", "")) in ("__all__", "__doc__") for target in node.targets):
            return
        if self.in_function and any(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
            self._replace(node, "pass")
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if not (isinstance(node.annotation, ast.Name) and node.annotation.id in PROSE):
            self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return
        if self.in_function:
            self._replace(node, "pass")
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self._replace(node, "pass")

    def visit_Break(self, node: ast.Break) -> None:
        self._replace(node, "continue")

    def visit_Continue(self, node: ast.Continue) -> None:
        self._replace(node, "break")

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._formula(node)

    def _formula(self, node: ast.expr) -> None:
        """Mutate the operators, numbers and roundings in a text that is a formula."""
        start, end = self._span(node)
        text = self.source[start:end].decode()
        if _WORDS.search(text) or not _OPERATION.search(text):
            return
        for token in _TOKEN.finditer(text):
            for new in _others_of_token(token):
                self._add(start + token.start(), start + token.end(), new)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name.endswith("Error"):
            return
        if name in _NAMES:
            end = self._span(node.func)[1]
            self._add(end - len(name), end, _NAMES[name])
        for keyword in node.keywords:
            if keyword.arg is not None and keyword.arg not in PROSE:
                start, end = self._span(keyword)
                rest = re.match(rb"\s*,", self.source[end:])
                self._add(start, end + (rest.end() if rest else 0), "")
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in PROSE:
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._formula(node)
        for new in _others(node.value):
            self._replace(node, new)


def _others_of_token(token: re.Match[str]) -> Iterator[str]:
    text = token.group()
    if token.lastgroup == "number":
        yield from _others(float(text) if re.search("[.e]", text) else int(text))
    elif token.lastgroup == "rounding":
        yield "("
    else:
        yield _IN_FORMULAS[text]


def _others(value: object) -> Iterator[str]:
    """Other constants to replace one."""
    if isinstance(value, bool):
        yield str(not value)
    elif isinstance(value, int):
        yield str(value + 1)
    elif isinstance(value, float):
        yield repr(value * 1.0625 if value else 1.0)
    elif isinstance(value, str | bytes) and value and not re.search(r"\s\S", value if isinstance(value, str) else ""):
        hexadecimal = re.fullmatch(r"(-?)0x1(\.?)(.*)p(.*)", value) if isinstance(value, str) else None
        yield repr(float.hex(float.fromhex(value) * 1.0009765625)) if hexadecimal else repr(value[:-1])
