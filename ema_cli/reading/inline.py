"""Pieces: updates written as operands, `[STEP|FIRST..LAST]:PARAM[,PARAM...][xRUNS]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.numbers.literals import is_number
from ema_cli.core.record import Record
from ema_cli.errors import DataError, UsageError, quoted
from ema_cli.reading import cells
from ema_cli.reading.batch import SIZE, Batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ema_cli.reading.cells import Reading

_FORM = "a piece is [STEP]:PARAM[xRUNS], such as 0:1, 100:10x7, 0..99:1, :5 or 0:1,2"


def is_piece(operand: str) -> bool:
    """True if an operand is a piece: a colon and only `0-9 . : , x e E + -`. Existing files do not matter."""
    return ":" in operand and not operand.strip("0123456789.:,xeE+-")


class Piece(Record):
    """Rounds with the same params: at one step, at consecutive steps, or without a step."""

    source: str
    step: Any
    step_text: str
    """The step as written, or FIRST..LAST; empty without a step."""
    moves: bool
    """True if the step increases by one each round, as in FIRST..LAST."""
    texts: list[str]
    values: list[float]
    runs: int

    def batches(self) -> Iterator[Batch]:
        """The updates of the piece."""
        for done in range(0, self.runs, SIZE):
            count = min(SIZE, self.runs - done)
            steps = [self.step] * count
            texts = [self.step_text] * count
            if self.moves:
                steps = list(range(self.step + done, self.step + done + count))
                texts = list(map(str, steps))
            yield Batch(
                steps if self.step_text else None,
                texts if self.step_text else None,
                [[text] * count for text in self.texts],
                [[value] * count for value in self.values],
                [],
                lambda row: quoted(self.source),
            )


def piece(operand: str, reading: Reading) -> Piece:
    """Parse an operand as a piece.

    Raises:
        UsageError: The operand is malformed.
    """
    try:
        return read(operand, reading)
    except DataError as error:
        from ema_cli.error_facts import BadPiece

        raise UsageError.of(error, f"{quoted(operand)}: ", BadPiece(operand)) from None


def read(operand: str, reading: Reading) -> Piece:
    """Parse a piece without naming it in errors.

    Raises:
        DataError: The piece is malformed.
    """
    step_part, _, rest = operand.partition(":")
    if ":" in rest:
        raise DataError("two colons", _FORM)
    params, times, runs = rest.partition("x")
    texts = params.split(",")
    if "" in texts:
        raise DataError("a param is missing", _FORM)
    values = _params(texts, reading)
    first, span, last = step_part.partition("..")
    step: Any = cells.step(first, fractional=reading.fractional and not span) if step_part else None
    count = cells.runs(runs) if times else 1
    if span:
        if times:
            raise DataError("FIRST..LAST is one round for each step", "it takes no xRUNS")
        count = cells.step(last) - step + 1
        if count < 1:
            raise DataError(f"{first}..{last} runs backwards", "FIRST..LAST needs FIRST <= LAST")
    return Piece(operand, step, step_part, bool(span), texts, values, count)


def _params(texts: list[str], reading: Reading) -> list[float]:
    return [float(text) if reading.exact and is_number(text) else cells.param(text) for text in texts]


def from_options(step: str | None, param: str, runs: str | None, reading: Reading) -> Piece:
    """Make a piece of --step, --param and --runs.

    Raises:
        UsageError: The value of an option is wrong.
    """
    given = "--param"
    try:
        texts = param.split(",")
        if "" in texts:
            raise DataError("a value is missing: give a number, or several as X,X")
        values = _params(texts, reading)
        given = "--step"
        value = None if step is None else cells.step(step, fractional=reading.fractional)
        given = "--runs"
        count = 1 if runs is None else cells.runs(runs)
    except DataError as error:
        from ema_cli.error_facts import BadPiece

        error.problem = error.problem.removeprefix(f"{given[2:]} ")
        raise UsageError.of(error, f"{given}: ", BadPiece(f"{step or ''}:{param}", given)) from None
    return Piece(f"--param {param}", value, step or "", False, texts, values, count)
