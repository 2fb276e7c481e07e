"""Pieces that are written otherwise."""

from __future__ import annotations

import re

from ema_cli.errors import EmaError
from ema_cli.reading.cells import Reading
from ema_cli.reading.inline import is_piece, read
from ema_cli.suggest.match import did_you_mean

_FORMS = (
    (r"(\d+)(?:-|\.{3,})(\d+):(.+)", r"\1..\2:\3"),  # 0-99:1, 0...99:1
    (r"(\d*):([^:x]+):x?(\d+)", r"\1:\2x\3"),  # 100:10:7
    (r"(\d*)x(\d+):([^:x]+)", r"\1:\3x\2"),  # 100x7:10
    (r"(\d+)\.\.(\d+):([^:x]+)x\d*", r"\1..\2:\3"),  # 0..99:1x3
    (r"(\d+)\.\.(\d+):(.+)", r"\2..\1:\3"),  # 99..0:1
    (r"(.*:.*)x", r"\1"),  # 100:10x
)
"""How people write a piece otherwise, and what it may be."""


def is_sound(text: str) -> bool:
    """Whether a text is a piece without a mistake."""
    if not is_piece(text):
        return False
    try:
        read(text, Reading())
    except EmaError:
        return False
    return True


def separate(text: str) -> list[str]:
    """The pieces that a text joins by commas, semicolons and their like; none if it doesn't.

    >>> separate("0:1,100:10,20"), separate("0:1 + 100:10"), separate("0:1,2")
    (['0:1', '100:10,20'], ['0:1', '100:10'], [])
    """
    parts = re.split(r"[,;/|+\s]+(?=[\d.]*:)", text)
    return parts if len(parts) > 1 and all(map(is_sound, parts)) else []


def of_piece(operand: str) -> str:
    """What a piece with a mistake may have meant, as a hint to add to an error; or nothing."""
    apart = separate(operand)
    attempts = [" ".join(apart)] if apart else []
    for pattern, form in _FORMS:
        match = re.fullmatch(pattern, operand)
        if match and is_sound(match.expand(form)):
            attempts.append(match.expand(form))
    if attempts:
        return f"; {did_you_mean(attempts[:1])}"
    step, _, param = operand.partition(":")
    return (of_steps(step, param) if "," in step else "") or of_range(param, moves=".." in step)


def of_range(param: str, *, moves: bool = False) -> str:
    """Where a range belongs that stands for a param; or nothing, if there is none."""
    span = re.match(r"(\d+)(?:\.{2,}|-)(\d+)", param)
    if span is None:
        return ""
    if moves:
        return "; a range is one of steps: params that move come from a file or a pipe, a line for each"
    return f"; a range is one of steps, and stands before the colon: {span[1]}..{span[2]}:PARAM"


def of_steps(step: str, param: str) -> str:
    """The pieces that were meant by a range or a list of steps, as a hint; or nothing."""
    steps, params = step.split(","), param.split(",")
    params *= len(steps) if len(params) == 1 else 1
    pieces = list(map(":".join, zip(steps, params, strict=False)))
    if len(steps) == len(params) and all(map(is_sound, pieces)):
        return f"; {did_you_mean([' '.join(pieces)])}"
    return of_piece(f"{step}:{param}") if "," not in step else ""
