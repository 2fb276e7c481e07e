"""Docstrings read as plain English: each begins with what the thing is or does."""

from __future__ import annotations

import ast
import re

from tests.made import ROOT

DIALECT = re.compile(r"(What|Whether|How|Which|So many|The same)\b")


def docstrings(source: str) -> list[str]:
    """Every string that stands alone: in modules, classes and functions, and below fields."""
    statements = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Expr))
    values = (node.value for node in statements if isinstance(node.value, ast.Constant))
    return [value.value for value in values if isinstance(value.value, str)]


def test_docstrings_begin_with_their_subject() -> None:
    """No docstring begins like a question or refers to another one."""
    paths = sorted(path for folder in ("ema_cli", "tests") for path in (ROOT / folder).rglob("*.py"))
    found = [f"{path.relative_to(ROOT)}: {text}" for path in paths for text in docstrings(path.read_text("utf-8"))]
    assert [] == [text for text in found if DIALECT.match(text.partition(": ")[2])]
