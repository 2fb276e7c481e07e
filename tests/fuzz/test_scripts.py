"""The parsers of operands and of delimited text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ema_cli.core.numbers.literals import printable
from tests.fuzz.calls import Call, broken, drawn_call, holds, records
from tests.fuzz.draws import generated
from tests.fuzz.oracle import NUMBER, call, step_of, value_of

if TYPE_CHECKING:
    from tests.fuzz.draws import Draws

# Operands.


def piece(draws: Draws) -> str:
    """An operand, usually a piece."""
    if draws.seldom():
        return draws.pick(["", "-", "0:", ":", "1", "x"]) + "".join(
            draws.many(lambda: draws.pick(list("0123456789.:,xeE+-")), 0, 8)
        )
    first = draws.below(50)
    step = draws.pick(["", draws.step(), f"{first}..{first + draws.below(40)}", draws.odd()])
    params = ",".join(draws.many(draws.number, 1, 3)) if draws.seldom() else draws.number()
    params = params if not draws.seldom() else draws.odd()
    return f"{step}:{params}{draws.pick(['', '', f'x{1 + draws.below(9)}', 'x' + draws.odd()])}"


def rounds_of(operand: str, exact: bool) -> list[tuple[int | None, list[str]]] | None:
    """The rounds of a piece, by its grammar; None if it is not a piece."""
    step, _, rest = operand.partition(":")
    params, times, runs = rest.partition("x")
    texts = params.split(",")
    first, span, last = step.partition("..")
    count = step_of(runs) if times else 1
    good = NUMBER.fullmatch if exact else value_of
    if any(good(text) is None for text in texts) or not count or (span and times):
        return None
    if span:
        start, end = step_of(first), step_of(last)
        if start is None or end is None or end < start:
            return None
        return [(start + place, texts) for place in range(min(end - start + 1, 100))]
    if step and step_of(step) is None:
        return None
    return [(step_of(step) if step else None, texts)] * min(count, 100)


@generated(35)
def test_operands(draws: Draws) -> None:
    """A piece means what its grammar says, and nothing else is a piece."""
    average = drawn_call(draws)._replace(missing="error")
    pieces = draws.many(lambda: piece(draws), 1, 4)
    steps = [text.partition(":")[0] for text in pieces]
    if any(NUMBER.fullmatch(step) and step_of(step) is None for step in steps):
        average = average._replace(rule="warmup")  # a rule that uses no step takes fractions
    read = [rounds_of(text, average.dtype == "exact") for text in pieces]
    if any(rounds is not None and len(rounds) >= 100 for rounds in read) or any(
        "x" in text and len(text.split("x")[-1]) > 3 for text in pieces
    ):
        return  # as long as it is right
    outcome = call([*average.options(), "--", *pieces])
    if pieces.count("-") > 1:
        assert "- is given twice" in outcome.err, outcome
        return
    pieces = [text for text in pieces if text != "-"]  # standard input, which is empty
    read = [rounds_of(text, average.dtype == "exact") for text in pieces]
    told = [text for text in pieces if ":" not in text or text.strip("0123456789.:,xeE+-")]
    widths = {len(rounds[0][1]) for rounds in read if rounds is not None}
    if told or None in read or len(widths) != 1:
        assert outcome.code in (1, 2), outcome
        return
    if outcome.code:
        assert average.dtype == "exact", outcome
        assert "4300 digits" in outcome.err, outcome
        return
    rows = [
        (step, text) for rounds in read if rounds is not None for step, texts in rounds for text in ["\0".join(texts)]
    ]
    printed = records(outcome.out)
    width = widths.pop()
    names = ["param"] if width == 1 else [f"param{number + 1}" for number in range(width)]
    assert [text.split("\0") for _, text in rows] == [[row[name] for name in names] for row in printed]
    assert [step for step, _ in rows] == [step_of(row["step"]) if row["step"] else None for row in printed]
    holds(average, outcome)


# Delimited text.


class Table(NamedTuple):
    """A table by its meaning: its rows before they are written down."""

    header: list[str] | None
    rows: list[list[str]]


def quoted(draws: Draws, cell: str, delimiter: str) -> str:
    """A cell as it may be written in a file."""
    must = any(mark in cell for mark in ',;|\t"\n\r') or cell != cell.strip(" \t")
    if must or draws.seldom():
        cell = '"' + cell.replace('"', '""') + '"'
    return f" {cell} " if draws.seldom() and delimiter != " " else cell


def written(draws: Draws, table: Table, delimiter: str) -> bytes:
    """The table as a file."""
    newline = draws.pick(["\n", "\r\n"])
    lines = [
        delimiter.join(quoted(draws, cell, delimiter) for cell in row)
        for row in ([table.header] if table.header is not None else []) + table.rows
    ]
    if len(table.rows[0]) > 1 and draws.seldom():
        lines.insert(draws.below(len(lines) + 1), "")
    last = draws.pick([newline, ""]) if lines[-1] else newline
    return (draws.pick(["", "\ufeff"]) + newline.join(lines) + last).encode()


@generated(35)
def test_delimited(draws: Draws) -> None:
    """A table is read with its meaning, in whatever way it is written, and no input breaks the reader."""
    average = drawn_call(draws)
    width, stepped, tagged = 1 + draws.below(3), draws.often(), draws.often()
    bare = (stepped or width == 1) and not tagged and draws.often()
    missing, alone = average.missing != "error" and draws.often(), width == 1 and not stepped and not tagged
    columns = range(stepped, stepped + width)
    names = ["param"] if width == 1 else [f"{draws.name()}{place}" for place in range(width)]
    tag = f"{draws.name()}tag"

    def cell() -> str:
        if missing and draws.seldom():
            return draws.pick(["NA" if alone else "", "NA", "nan", "-inf"])
        return draws.number()

    def row() -> list[str]:
        # If a line ends with two carriage returns, a program on Windows has written the second.
        tags = ["t" + re.sub("\r+\n", "\r\n", draws.text().strip(" \t\ufeff"))] if tagged else []
        return [*([draws.step()] if stepped else []), *(cell() for _ in columns), *tags]

    header = [*(["step"] if stepped else []), *names, *([tag] if tagged else [])]
    table = Table(None if bare else header, draws.many(row, 1, 12))
    data = written(draws, table, draws.pick([",", ";", "\t", "|"]))
    options = [*average.options(), "--keep", "--header", draws.pick(["auto", "no" if bare else "yes"])]
    if not bare:
        options += [part for name in names for part in ("--param-column", name)]
    if draws.seldom():
        broken(draws, average, options, draws.mutated(data))
        return
    outcome = call(options, data)
    if outcome.code:
        assert is_refused(average, [[row[place] for place in columns] for row in table.rows], outcome.err), (
            outcome,
            data,
        )
        return
    printed = records(outcome.out)
    if average.missing in ("error", "rule"):
        names = [f"param{place + 1}" for place in range(width)] if bare and width > 1 else names
        expected = [[row[place] for place in columns] for row in table.rows]
        assert expected == [[row[printable(name)] for name in names] for row in printed]
        assert not tagged or [row[-1] for row in table.rows] == [row[printable(tag)] for row in printed]
    holds(average, outcome, data)


def is_refused(average: Call, values: list[list[str]], err: str) -> bool:
    """True if such a table is refused: exact arithmetic has limits, and there must be an update."""
    if average.dtype == "exact" and ("4300 digits" in err or "no place in exact arithmetic" in err):
        return True
    told = "there is no earlier value to hold", "NUL bytes"  # the latter of a line that is refused, wherever they stand
    if average.missing == "hold" and any(text in err for text in told):
        return not all(map(NUMBER.fullmatch, values[0]))
    numbers = [text for row in values for text in row if NUMBER.fullmatch(text)]
    return not numbers and "no update in" in err
