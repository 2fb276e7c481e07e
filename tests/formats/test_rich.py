"""Rows that are filled into a row drawn by Rich, compared with a table drawn by Rich alone."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.harness import run

FILLED = "·"


@pytest.mark.parametrize("color", ["always", "never"])
@pytest.mark.parametrize(
    "line",
    [
        "--decay 0.99 0:1 100:10x40",
        "--decay 0.99 --rule torch 0..99:1.5,-2e-7 --name 'a|b,%s' -c +action,gap",
        "--decay 0.9 --decay 0.999 0..60:1,3 --name 名,[/b]",
    ],
)
def test_a_table_is_what_rich_draws(line: str, color: str) -> None:
    """With the same widths, the bytes are those of Rich, styles included."""
    lines = run(f"{line} --color {color}").out.splitlines()
    top = next(number for number, text in enumerate(lines) if "┏" in text)
    drawn = [text for text in lines[top:] if Text.from_ansi(text).plain[:1] in "┏┃┡│└"]
    plain = [Text.from_ansi(text).plain for text in drawn]
    cells = [text[2:-2].split(" ┃ " if text[0] == "┃" else " │ ") for text in plain if text[0] in "┃│"]
    header = [row for row, text in zip(cells, [t for t in plain if t[0] in "┃│"], strict=True) if text[0] == "┃"]
    table = Table()
    for column in zip(*header, strict=True):
        heading = "\n".join(part.strip() for part in column).strip("\n")
        right = column[-1].startswith(" ") or not column[-1].endswith(" ")
        table.add_column(
            Text(heading),
            justify="right" if right else "left",
            style="bold" if heading.endswith("shadow") else "",
            width=Text(column[0]).cell_len,
            no_wrap=True,
        )
    for row in cells[len(header) :]:
        table.add_row(*(Text(cell.replace(" ", FILLED)) for cell in row))
    file = io.StringIO()
    console = Console(
        file=file,
        width=Text(plain[0]).cell_len,
        force_terminal=color == "always",
        color_system="standard" if color == "always" else None,
        emoji=False,
        legacy_windows=False,
    )
    console.print(table)
    rows = iter(cells[len(header) :])
    ours = [_filled(text, next(rows)) if Text.from_ansi(text).plain[0] == "│" else text for text in drawn]
    assert file.getvalue().splitlines() == ours


def _filled(line: str, row: list[str]) -> str:
    """The line with other characters for the blanks in its cells, which Rich would strip at the ends."""
    first, *parts, last = line.split("│")
    for place, cell in enumerate(row):
        at = parts[place].index(cell, parts[place].index(" ") + 1)  # behind the space at the border
        parts[place] = parts[place][:at] + cell.replace(" ", FILLED) + parts[place][at + len(cell) :]
    return "│".join([first, *parts, last])
