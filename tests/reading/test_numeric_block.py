"""Lines of one format are read at once, with the same result as line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ema_cli.reading.delimited import Delimited
from ema_cli.reading.jsonl import JsonLines
from ema_cli.reading.numeric_block import template_of
from tests.harness import Outcome, csv_of, run
from tests.native import needs_core, only

if TYPE_CHECKING:
    from collections.abc import Callable

ONE = '{"step": 0, "param": 1}\n'


def both(text: str, options: str = "") -> tuple[Outcome, Outcome]:
    """The batches of a script read in blocks of a few lines, and line by line."""
    quiet = "" if "-q" in options else "-q"  # notes may say more if more has come at once
    line = f"--decay 0.9 -F csv -c +round {quiet} {options}"
    with only(compiled=True), patch("ema_cli.reading.source.BLOCK", 64):
        found = run(line, text)
    careful = {"_plain": lambda self, block, columns: None}
    with patch.multiple(JsonLines, **careful), patch.multiple(Delimited, **careful):
        return found, run(line, text)


def same(text: str, options: str = "") -> Outcome:
    """The outcome, which is the same both ways, except that output may precede an error."""
    found, careful = both(text, options)
    if careful.code:
        told = [outcome.err.splitlines()[-1].removesuffix("; the output is incomplete") for outcome in (found, careful)]
        assert told[0] == told[1]
    else:
        assert found == careful
    return careful


@pytest.mark.parametrize(
    "odd",
    [
        '{"step": 1, "param": 2}',
        '{"step":1,"param":2}',
        '{"param": 2, "step": 1}',
        '{"step": 1, "param": 2, "param": 3}',
        '{"step": 1, "param": 2, "other": 3}',
        '{"step": 1, "param": 2, "runs": 3}',
        '{"step": 1}',
        '{"param": 2}',
        '{"step": 1, "param": null}',
        '{"step": 1, "param": "2"}',
        '{"step": 1, "param": -0}',
        '{"step": 1, "param": -0.0}',
        '{"step": 1, "param": 1e5}',
        '{"step": 1, "param": 1E-5}',
        '{"step": 1, "param": 12345678901234567890123}',
        '{"step": 1, "param": 1e999}',
        '{"step": 1, "param": NaN}',
        '{"step": 1, "param": .5}',
        '{"step": 1, "param": 5.}',
        '{"step": 1, "param": +5}',
        '{"step": 1, "param": 007}',
        '{"step": 1, "param": 1-2}',
        '{"step": 1, "param": }',
        '{"step": 1, 2}',
        '{"step": 1\u0080 2}',
        '{"step": 1, "param": 2},',
        '{"step": 1, "param": 2} ',
        '{"step": 1.0, "param": 2}',
        '{"step": 1.5, "param": 2}',
        '{"step": -1, "param": 2}',
        '{"step": 9223372036854775808, "param": 2}',
        "",
        "   ",
        "[1, 2]",
        '{"step": 1, "param": 2}\r',
    ],
)
@pytest.mark.parametrize("options", ["", "--missing skip", "--missing hold", "--dtype exact", "--rule moco-v3"])
def test_a_line_that_differs(odd: str, options: str) -> None:
    """A line that differs from those around it is read or refused as it is alone, wherever it is."""
    others = "".join(f'{{"step": {step}, "param": {step / 4}}}\n' for step in range(9))
    same(f"{ONE}{others}{odd}\n{others}", options)
    same(f"{ONE * 3}{odd}\n", options)


@pytest.mark.parametrize("options", ["", "--keep", "--missing skip --keep"])
@pytest.mark.parametrize(
    "odd",
    [
        *('"9","2","x"', '9,2,"x"', '"9",2,x', '"9","2","x', '"9","2","x"""', '"9","2","a,b"', '" 9","2","x"'),
        *('"9","","x"', '"9","2"', '"9","2","x","y"', '"9"1,"2","x"', "'9','2','x'", '"9" ,"2","x"', '"9","2"," x "'),
        *("", '"9","2e3","\u00e9"', '"9","+2","x"', '"9","nan","x"', '"9","2","x\ny"'),
    ],
)
@pytest.mark.parametrize("row", ['"{0}","{1}","x"', '{0},{1},"x"', '"{0}",{1},"a,b"', "{0},{1},x"])
def test_rows_in_quotes(row: str, odd: str, options: str) -> None:
    """Cells that are quoted alike are read at once; a row written in another way is read by itself."""
    rows = "".join(f"{row.format(step, step / 4)}\n" for step in range(9))
    same(f'"step","param","tag"\n{rows}{odd}\n{rows.replace(",x", ",z")}', options)


@pytest.mark.parametrize(
    "odd", ["9 2 x", "  9  2\tx  ", '9 2 "x y"', "9 2", "9 2 x y", "", "\x0b9 2 x", "9\xa02 x", "9 2 \xe9", '"9" 2 x']
)
@pytest.mark.parametrize("row", ["{0} {1} x", "  {0}   {1}\tx ", "{0}\t  {1} x"])
def test_rows_with_spaces(row: str, odd: str) -> None:
    """With any number of spaces between the cells, each row is read as it is alone."""
    rows = "".join(f"{row.format(step, step / 4)}\n" for step in range(9))
    same(f"step param tag\n{rows}{odd}\n{rows}", "--keep")


@needs_core
def test_quotes_pass_by_the_careful_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with all cells quoted is as fast as one without quotes."""
    careful: list[int] = []
    row: Callable[..., object] = Delimited._row
    monkeypatch.setattr(Delimited, "_row", lambda self, line, cells: careful.append(line) or row(self, line, cells))
    with only(compiled=True):
        outcome = run("--decay 0.9 -F csv", "step,param\n" + "".join(f'"{n}","{n}.5"\n' for n in range(1000)))
    assert (0, 1000) == (outcome.code, len(outcome.rows))
    assert [] == careful


@pytest.mark.parametrize(
    "options", ["--keep", "--param-column b", "--step-column n", "--param-column b --param-column a"]
)
def test_columns_that_are_chosen(options: str) -> None:
    """Options choose keys as they do line by line."""
    text = "".join(f'{{"n": {n}, "b": {n / 2}, "a": {-n}, "epoch": 7}}\n' for n in range(20))
    assert 0 == same(text, options).code


def test_keys_that_are_alike() -> None:
    """Records with their keys in another order, or with other keys, are not alike."""
    first, second = '{"step": 0, "a": 1, "b": 2}\n', '{"step": 0, "b": 1, "a": 2}\n'
    assert [("1", "2")] * 6 + [("2", "1")] * 6 == [
        (row["a"], row["b"]) for row in same(first * 6 + second * 6, "--rule fixed").rows
    ]


@pytest.mark.parametrize("value", ['"x"', "null", "true", '""', '"7"', '"a, 5"', "[1, 2]", '{"b": 1}'])
@pytest.mark.parametrize("key", ["tag", "step", "runs", "param"])
@pytest.mark.parametrize("options", ["", "--keep", "--missing skip"])
def test_texts_beside_numbers(value: str, key: str, options: str) -> None:
    """Cells that are not numbers are left out or passed through, as line by line."""
    others = "".join(f', "{name}": {{0}}' for name in ("step", "param") if name != key)
    text = "".join(f'{{"loss": {n}, "{key}": {value}{others.replace("{0}", str(n))}}}\n' for n in range(9))
    same(text, options)
    if key == "tag":
        other = '{"b": "y"}' if value.startswith("{") else '"y"'
        same(text + text.replace(value, other, 1), options)


def test_steps_come_later() -> None:
    """Records with a step may follow records without one."""
    text = '{"param": 1}\n' * 5 + '{"step": 7, "param": 1}\n' * 5
    assert [""] * 5 + ["7"] * 5 == same(text, "-q").column("step")


@pytest.mark.parametrize("count", range(6, 16))
def test_a_value_is_held_from_alike_records(count: int) -> None:
    """--missing hold repeats the last value of each param, even from a block, wherever blocks meet."""
    text = "".join(f'{{"a": {n}, "b": {n}.5}}\n' for n in range(count))
    last = same(text + '{"a": null, "b": 3}\n{"a": 7, "b": null}\n' * 2, "--missing hold -q").rows[-4:]
    held = [(str(count - 1), "3"), ("7", "3"), ("7", "3"), ("7", "3")]
    assert held == [(row["a"], row["b"]) for row in last]


def test_keys_that_come_in_another_order() -> None:
    """Each record is read by its own keys, even if the first has more, others, or another order."""
    first = '{"tag": "x", "step": 0, "lr": 5, "param": 1}\n'
    text = first + "".join(f'{{"param": {n}.5, "lr": {n}, "step": {n}, "tag": "y"}}\n' for n in range(9))
    rows = same(text, "--keep -q").rows
    assert [("0", "1", "5")] + [(f"{n}", f"{n}.5", f"{n}") for n in range(9)] == [
        (row["step"], row["param"], row["lr"]) for row in rows
    ]
    first = '{"epoch": 3, "step": 0, "lr": 5, "param": 1}\n'
    text = first + "".join(f'{{"param": {n}.5, "lr": {n}, "epoch": {n + 20}, "step": {n}}}\n' for n in range(9))
    kept = same(text, "--keep -q").rows
    assert [("5", "3")] + [(f"{n}", f"{n + 20}") for n in range(9)] == [(row["lr"], row["epoch"]) for row in kept]
    without = same(first + "".join(f'{{"param": {n}.5, "lr": {n}}}\n' for n in range(9)), "-q").rows
    assert ["0"] + [""] * 9 == [row["step"] for row in without]


_SPELLED = st.one_of(
    st.integers(-(10**20), 10**20).map(str), st.floats(allow_nan=False, allow_infinity=False).map(repr)
)


@given(st.lists(st.tuples(st.integers(0, 2**64), _SPELLED), min_size=1, max_size=40))
def test_any_numbers(rows: list[tuple[int, str]]) -> None:
    """Records that are alike give the same rounds as line by line, whatever their numbers."""
    same("".join(f'{{"step": {step}, "param": {param}}}\n' for step, param in rows))


@given(st.text('{}":, 0123456789.eE+-ab\\n\u0080', max_size=60))
def test_anything_behind(text: str) -> None:
    """Anything after records that are alike is read as it is line by line."""
    same(ONE * 4 + text + "\n")


@needs_core
def test_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that are alike take the fast path."""
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", 200)
    careful: list[int] = []
    record: Callable[..., object] = JsonLines.record
    monkeypatch.setattr(JsonLines, "record", lambda self, line, row: careful.append(line) or record(self, line, row))
    with only(compiled=True):
        outcome = run(
            "--decay 0.9 -F csv", "".join(f'{{"step": {n}, "param": {n}.5, "tag": "{n}"}}\n' for n in range(1000))
        )
    assert (0, 1000) == (outcome.code, len(outcome.rows))
    assert len(careful) < 20


@pytest.mark.parametrize(
    "line",
    ['{"a": null}', '{"a": [1]}', "", "{}", '{"a": "b\\\\c"}', '{"a": 1', "{" * 9, '{"a": {"b": 1}}', '{"a": 1} x'],
)
def test_records_of_something_else(line: str) -> None:
    """A record without a number or a plain text, or with other values beside them, is not alike."""
    assert template_of(line) is None


def test_what_stands_between_cells() -> None:
    """Numbers and texts are cells; everything else is common to all records."""
    found = template_of(' {"tag": "x", "a":1 , "é": -2.5e3, "on": true}\r')
    assert found is not None
    assert [b' {"tag": "', b'", "a":', ' , "é": '.encode(), b', "on": true}\r\n'] == found.literals
    assert (["tag", "a", "é"], [1, 2], ["on"]) == (found.keys, found.numbers, found.others)


@needs_core
@pytest.mark.parametrize(
    "condition", ["run=a", "run!=a", "step=3", "run=a --where run=b", "run=a --where step!=6", "x=1"]
)
@pytest.mark.parametrize("odd", ["", '{"step": 7, "loss": 2}\n', '{"run": "a", "x": 1, "step": 7, "loss": 2}\n'])
def test_conditions(condition: str, odd: str) -> None:
    """--where picks the same records, even if a block has none or a record lacks the key."""
    rows = [
        f'{{"run": "{run}", "x": {len(run)}, "step": {step}, "loss": 1}}\n' for step, run in enumerate("aabbbbbbaba")
    ]
    same("".join(rows) + odd + "".join(rows), f"--where {condition}")


@pytest.mark.parametrize("rows", [3, 3000])
def test_whole_numbers_beside_a_column_of_fractions(rows: int) -> None:
    """A copied param that is a whole number is printed as a float64, however long the file is."""
    outcome = csv_of("--rule torch --dtype float64 --param-column b -q", "a,b\n" + "0.5,4\n" * rows)
    assert ["4.0"] * rows == outcome.column("shadow")
