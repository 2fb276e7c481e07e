"""JSON Lines as a script."""

from __future__ import annotations

import pytest

from ema_cli.reading.cells import Reading
from ema_cli.reading.jsonl import JsonLines
from ema_cli.reading.source import Block
from tests.harness import csv_of, error_of, run

ONE = '{"step": 0, "param": 1}\n'


def test_numbers_are_echoed_as_written() -> None:
    """Numbers keep their text; a string may hold one, even one that JSON lacks."""
    text = "".join(f'{{"step": 0, "param": {cell}}}\n' for cell in ["1.50", "1e-3", "-0.0", '".5"', '" 2 "'[1:-1]])
    assert ["1.50", "1e-3", "-0.0", ".5", "2"] == csv_of("", text).column("param")


@pytest.mark.parametrize("key", ["step", "Step", "train/global_step", "iteration", "epoch"])
def test_step_by_its_names(key: str) -> None:
    """The step has the same names as in a header."""
    assert ["3"] == csv_of("-q", f'{{"{key}": 3, "loss": 1}}\n').column("step")


def test_record_without_a_chosen_key_is_no_update() -> None:
    """A record with none of the chosen keys is not an update; one with some of them lacks the others."""
    text = '{"step": 0, "a": 1, "b": 2}\n{"step": 1, "note": "x"}\n{"step": 2, "a": 3}\n'
    assert "<stdin>:3: column 'b' is empty" in error_of("--decay 0.9 -q", text)
    assert ["0", "2"] == csv_of("-q --missing hold", text).column("step")
    assert "<stdin>:2: column 'a' is empty" in error_of("--decay 0.9 -q", '{"a": 1, "b": 2}\n{"a": null}\n')


def test_null() -> None:
    """null is a missing value for a param, and no step for a step."""
    assert "<stdin>:2: column 'param' is empty" in error_of("--decay 0.9", ONE + '{"step": 1, "param": null}\n')
    assert ["0", ""] == csv_of("-q", ONE + '{"step": null, "param": 1}\n').column("step")


@pytest.mark.parametrize(("literal", "shadow"), [("NaN", "nan"), ("Infinity", "inf"), ("-Infinity", "-inf")])
def test_literals_of_python(literal: str, shadow: str) -> None:
    """NaN and infinities in Python's notation are missing values."""
    text = f'{{"step": 0, "param": {literal}}}\n'
    assert f"<stdin>:1: column 'param' is {literal}; --missing" in error_of("--decay 0.9", text)
    assert [shadow] == csv_of("--missing rule", text).column("shadow")


def test_deep_nesting() -> None:
    """Excessive nesting is an error, not a crash."""
    text = '{"param": 1, "x": ' + "[" * 100_000 + "]" * 100_000 + "}\n"
    assert "<stdin>:1: the JSON is nested too deeply" == error_of("--decay 0.9 --keep", text)


def test_empty_lines() -> None:
    """Empty lines are skipped but counted."""
    assert ["0"] == csv_of("", f"\n\n{ONE}\n \n").column("step")
    assert "<stdin>:4: not a JSON record" in error_of("--decay 0.9", f"\n{ONE}\nx\n")


def test_keep() -> None:
    """--keep passes values through: text as text, a list as JSON, null as an empty cell."""
    text = '{"param": 1, "tag": "é\\n", "on": true, "no": null, "deep": {"b": [1.50, "x", null, false, {}], "c":1}}\n'
    row = csv_of("-q --keep", text).rows[0]
    assert ("é\n", "true", "") == (row["tag"], row["on"], row["no"])
    assert '[1.50, "x", null, false, {}]' == row["deep.b"]


@pytest.mark.parametrize("form", ["%s\n%s\n", "[%s, %s]", "{\n%s}\n{%s}"])
def test_records_within_records(form: str) -> None:
    """The cells of a nested record have both names."""
    first, second = ('"step": 0, "train": {"loss": {"l1": 1}}, "val": {}', '"step": 3, "train": {"loss": {"l1": 2}}')
    if "{" not in form:
        first, second = f"{{{first}}}", f"{{{second}}}"
    outcome = csv_of("--param-column train.loss.l1", form % (first, second))
    assert (["0", "3"], ["1", "2"]) == (outcome.column("step"), outcome.column("param"))


def test_half_a_surrogate_pair() -> None:
    """An escape that is not a character is shown as an escape in any format."""
    text = '{"param": 1, "tag": "\\ud800"}\n'
    assert ["\\ud800é"] == csv_of("-q --keep", text.replace("ud800", "ud800é")).column("tag")
    for name in "csv", "jsonl", "json", "tsv", "markdown", "table":
        outcome = run(f"--decay 0.9 -q --keep -F {name}", text)
        assert (outcome.code, "ud800" in outcome.out) == (0, True)


def test_step_that_comes_later() -> None:
    """The step may appear after the first record, under its preferred name."""
    assert ["", "5"] == csv_of("-q", '{"param": 1}\n{"step": 5, "param": 2}\n').column("step")
    text = '{"param": 1}\n{"global_step": 5, "param": 2}\n'
    expected = "<stdin>:2: 'global_step' could be the step, but the first record does not have it;"
    expected += " choose it with --step-column"
    assert expected == error_of("--decay 0.9 -q", text)
    assert ["", "5"] == csv_of("-q --step-column global_step", text).column("step")


def test_better_step_that_comes_later() -> None:
    """A late key that would have been the step is an error; a key of lower rank is not."""
    assert "'step' could be the step" in error_of(
        "--decay 0.9 -q", '{"epoch": 1, "param": 1}\n{"step": 5, "param": 2}\n'
    )
    assert ["5", "6"] == csv_of("-q", '{"step": 5, "param": 1}\n{"step": 6, "epoch": 1, "param": 2}\n').column("step")


@pytest.mark.parametrize(
    ("first", "late"),
    [("train/global_step", "eval/global_step"), ("x", "epoch"), ("x", "iteration"), ("epoch", "Epoch")],
)
def test_step_of_the_same_rank_that_comes_later(first: str, late: str) -> None:
    """Of two keys of equal rank, neither is the step just because it came first."""
    text = f'{{"{first}": 1, "loss": 1}}\n{{"{late}": 2, "loss": 2}}\n'
    assert f"<stdin>:2: '{late}' could be the step" in error_of("--decay 0.9 -q --param-column loss", text)
    assert run(f"--decay 0.9 -q --param-column loss --step-column {late}", text).code == 0


def test_so_many_keys_are_told() -> None:
    """Keys that come later are noted once for a record, up to ten thousand keys of a file."""
    late = ", ".join(f'"k{number}": 1' for number in range(10_100))
    notes: list[str] = []
    reader = JsonLines(Reading(), "f", {}, notes.append)
    text = f'{{"step": 0, "loss": 1, "runs": 1}}\n{{"loss": 2, {late}}}\n'
    blocks = [Block("f", line.encode(), number) for number, line in enumerate(text.splitlines(keepends=True), 1)]
    found = [batch.values[0] for batch in reader.batches(iter(blocks)) if batch is not None]
    assert [[1.0], [2.0]] == found
    assert ["and 9967 more: left out"] == [note.partition("'k29' ")[2].partition(";")[0] for note in notes]


def test_param_that_comes_later() -> None:
    """A number that the first record lacks is left out, and a note says so once."""
    text = '{"step": 0, "loss": 1}\n{"step": 1, "loss": 2, "acc": 3}\n{"step": 2, "loss": 2, "acc": 3, "tag": "x"}\n'
    outcome = run("--decay 0.9 -F csv", text)
    note = "<stdin>: only other records have 'acc': --missing skip reads them"
    assert f"ema-calc: note: {note}\n" == outcome.err
    assert run("--decay 0.9 -F csv --param-column loss", text).err == ""
    assert run("--decay 0.9 -F csv", text.replace("loss", "param")).err == ""


def test_param_column_that_the_first_record_has_not() -> None:
    """--param-column finds a key that appears later."""
    text = '{"step": 0, "loss": 1}\n{"step": 1, "acc": 3}\n'
    assert [("1", "3")] == [(row["step"], row["param"]) for row in csv_of("--param-column acc", text).rows]


def test_runs_and_batches() -> None:
    """A key named runs repeats the record, across batches, too."""
    assert 10_001 == len(csv_of("", ONE + '{"step": 1, "param": 2, "runs": 10000}\n').rows)


def test_runs_that_come_later() -> None:
    """A later record may be repeated even if the first one was not; runs, in any case, is not a column."""
    assert 4 == len(csv_of("", ONE + '{"step": 1, "param": 2, "runs": 3}\n').rows)
    outcome = csv_of("-q --keep", '{"Runs": 2, "loss": 1}\n{"Runs": 1, "loss": 2}\n')
    assert ["1", "1", "2"] == outcome.column("param")
    assert ["step", "param", "decay", "shadow"] == list(outcome.rows[0])


@pytest.mark.parametrize("depth", [600, 100_000])
@pytest.mark.parametrize("newline", ["", "\n"])
def test_record_nested_too_deep(depth: int, newline: str) -> None:
    """Nested lists have a limit, in a record per line and in a document."""
    text = f'[{newline}{{"param": 1, "x": {"[" * depth}{"]" * depth}}}{newline}]'
    assert error_of("--decay 0.9", text).endswith("nested too deeply")
    assert error_of("--decay 0.9", text.strip("[]")).endswith("nested too deeply")


def test_steps_are_echoed_beside_records_without_one() -> None:
    """A step is echoed as written, whether or not other records lack theirs."""
    text = '{"step": "007", "param": 1}\n{"step": null, "param": 2}\n{"step": 1e3, "param": 3}\n'
    assert ["007", "", "1e3"] == csv_of("-q", text).column("step")
    assert ["007", "5", "1e3"] == csv_of("-q --count-from 5", text).column("step")
    assert ["007", "8", "1e3"] == csv_of("-q --rule torch", text).column("step")


def test_records_with_a_speed_alone() -> None:
    """It is the param if there is nothing else, which is known once all records are read."""
    assert ["5", "6"] == csv_of("-q", '{"step": 0, "fps": 5}\n{"step": 1, "fps": 6}\n').column("param")


def test_a_step_that_comes_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The records before it have none; if it never comes, that is an error."""
    monkeypatch.setattr("ema_cli.reading.jsonl._MOST_WAITING", 1)
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", 16)
    text = '{"loss": 1}\n{"loss": 2}\n{"loss": 3, "it": 7}\n'
    assert ["", "", "7"] == csv_of("-q --step-column it", text).column("step")
    assert "no column 'other' for --step-column" in run("--decay 0.9 -q -F csv --step-column other", text).err
