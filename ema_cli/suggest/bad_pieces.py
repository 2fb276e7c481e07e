"""Suggestions for pieces with a mistake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import is_number
from ema_cli.errors import EmaError
from ema_cli.reading.cells import Reading
from ema_cli.reading.inline import is_piece, read
from ema_cli.suggest.match import did_you_mean, number_meant

if TYPE_CHECKING:
    from ema_cli.error_facts import BadPiece

_FORMS = (
    (r"(\d+)(?:-|\.{3,})(\d+):(.+)", r"\1..\2:\3"),  # 0-99:1, 0...99:1
    (r"(\d*):([^:x]+):x?(\d+)", r"\1:\2x\3"),  # 100:10:7
    (r"(\d*)x(\d+):([^:x]+)", r"\1:\3x\2"),  # 100x7:10
    (r"(\d+)\.\.(\d+):([^:x]+)x\d*", r"\1..\2:\3"),  # 0..99:1x3
    (r"(\d+)\.\.(\d+):(.+)", r"\2..\1:\3"),  # 99..0:1
    (r"(.*:.*)x", r"\1"),  # 100:10x
    (r"(.*:.*)[,;]", r"\1"),  # 0:1, 100:10
)
"""Patterns of malformed pieces, each with the piece that is meant."""


def is_sound(text: str) -> bool:
    """True if a text is a valid piece."""
    if not is_piece(text):
        return False
    try:
        read(text, Reading())
    except EmaError:
        return False
    return True


def separate(text: str) -> list[str]:
    """Split a text into pieces joined by commas, semicolons and the like; empty if the parts are not pieces.

    >>> separate("0:1,100:10,20"), separate("0:1 + 100:10"), separate("0:1,2")
    (['0:1', '100:10,20'], ['0:1', '100:10'], [])
    """
    parts = re.split(r"[,;/|+\s]+(?=[\d.]*:)", text)
    return parts if len(parts) > 1 and all(map(is_sound, parts)) else []


def of_bad_piece(fact: BadPiece) -> str:
    """Suggest a correct piece, or say where a part of it belongs."""
    step, _, param = fact.text.partition(":")
    match fact.option:
        case "--param":
            meant = [number_meant(each) for each in param.split(",") if not is_number(each)]
            return next(filter(None, meant), "") or _of_range(param)
        case "--step":
            return _of_steps(step, param)
        case "":
            return _of_piece(fact.text)
    return ""


def _of_piece(operand: str) -> str:
    matches = ((re.fullmatch(pattern, operand), form) for pattern, form in _FORMS)
    attempts = [" ".join(separate(operand)), *(match.expand(form) for match, form in matches if match)]
    for attempt in attempts:
        if attempt and all(map(is_sound, attempt.split())):
            return did_you_mean([attempt])
    step, _, param = operand.partition(":")
    return (_of_steps(step, param) if "," in step else "") or _of_range(param, moves=".." in step)


def _of_range(param: str, *, moves: bool = False) -> str:
    """Say where to put a range that was given as a param."""
    span = re.match(r"(\d+)(?:\.{2,}|-)(\d+)", param)
    if span is None:
        return ""
    if moves:
        return "only steps have ranges: put changing params into a file or a pipe, one line each"
    return f"only steps have ranges, before the colon: {span[1]}..{span[2]}:PARAM"


def _of_steps(step: str, param: str) -> str:
    """Suggest pieces for a range or a list of steps."""
    steps, params = step.split(","), param.split(",")
    params *= len(steps) if len(params) == 1 else 1
    pieces = list(map(":".join, zip(steps, params, strict=False)))
    if len(steps) == len(params) and all(map(is_sound, pieces)):
        return did_you_mean([" ".join(pieces)])
    return _of_piece(f"{step}:{param}") if "," not in step else ""
