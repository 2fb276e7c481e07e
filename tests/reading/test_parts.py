"""A script of several parts, and what is known of it at each point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ema_cli.errors import DataError
from ema_cli.reading.cells import Reading
from ema_cli.reading.script import Script, split
from ema_cli.reading.source import Block, Source
from tests.harness import error_of, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLLOWS = "the logged shadow moves towards 'y' and not past it"


def log(header: str) -> str:
    """A log whose shadow follows the second column."""
    shadow, rows = 0.0, [header]
    for number in range(12):
        y = float(number * 7 % 11)
        shadow = 0.9 * shadow + 0.1 * y
        rows.append(f"{number * 5 % 13},{y},{shadow}")
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("headers", "told"), [(["x,y,s"], True), (["x,y,s", "x,y,s"], True), (["x,y,s", "x,z,s"], False)]
)
def test_another_column_that_the_shadow_follows(headers: list[str], told: bool, tmp_path: Path) -> None:
    """It is named if every file has it."""
    for number, header in enumerate(headers):
        (tmp_path / f"{number}.csv").write_text(log(header))
    files = [str(tmp_path / f"{number}.csv") for number in range(len(headers))]
    outcome = run(["--decay", "0.9", "--rule", "fixed", "-F", "csv", "--check", "s", "--param-column", "x", *files])
    assert (3, told) == (outcome.code, FOLLOWS in outcome.err)


def test_columns_by_number() -> None:
    """Without a header, columns that could be the param are named and paired by number."""
    text = "".join(f"{number},{row}\n" for number, row in enumerate(log("x,y,s").splitlines()[1:]))
    options = "--decay 0.9 --rule fixed -q --tolerance ulp:9"
    told = run(f"{options} --check 4 --param-column 2", text).out
    assert "in 11 of 11 rounds the logged shadow moves towards '3' and not past it: try --param-column '3'" in told
    assert "all 12 rounds agree" in run(f"{options} --check 4 --param-column 3", text).out
    assert "all 12 rounds agree" in run(f"{options} --check 3=4 --param-column 3 --param-column 2", text).out
    message = "--check 3=4: no param '3'; the file has one param, so --check 4 is enough"
    assert message == error_of(f"{options} --check 3=4 --param-column 2", text, code=2)


def test_a_file_that_pauses_before_its_first_update() -> None:
    """Rows that are left out are not updates, whatever else a pipe delivers."""

    class Pausing(Source):
        def blocks(self) -> Iterator[Block | None]:
            yield Block("f", b"step,x\n0,NA\n", 1)
            yield None

    script = Script([Pausing("f")], Reading(missing="skip"), str)
    with pytest.raises(DataError, match="no update in f: every row lacks a value"):
        list(script.batches())


def test_groups_apart(tmp_path: Path) -> None:
    """Each group is a script of its own, holding little more than the rows that are needed."""
    rows = "".join(f"{'ab'[n % 2]},{n}\n" for n in range(30_000))
    (tmp_path / "f").write_text("run,w\n" + rows)
    script = Script([Source(str(tmp_path / "f"))], Reading(by=("run",)), str)
    (key, first), (other, _) = split(script, 2)
    assert ({"run": "a"}, {"run": "b"}) == (key, other)
    values = [value for batch in first.batches() if batch is not None for value in batch.values[0]]
    assert values[:3] == [0.0, 2.0, 4.0]
    assert len(values) < 15_000
