"""JSON documents in the shapes in which people save logs."""

from __future__ import annotations

import pytest

from tests.harness import csv_of, error_of


@pytest.mark.parametrize(
    "text",
    [
        '[{"step": 0, "loss": 1}, {"step": 5, "loss": 2}]',
        '{"history": [{"step": 0, "loss": 1}, {"step": 5, "loss": 2}], "seed": 3, "tags": []}',
        '{"step": [0, 5], "loss": [1, 2]}',
        '{"step": [0, 5],\n "loss": [1, 2], "model": "x"}',
        "[[0, 1], [5, 2]]",
        '{\n"step": 0,\n"loss": 1\n}\n\n{\n"step": 5,\n"loss": 2\n}\n',
        "[[1575618724.5, 0, 1], [1575618728.5, 5, 2]]",
        '{"loss": {"steps": [0, 5], "values": [1, 2]}}',
        '{"columns": ["step", "loss"], "index": [0, 1], "data": [[0, 1], [5, 2]]}',
        '{"step": {"0": 0, "1": 5}, "loss": {"0": 1, "1": 2}}',
        '{"loss": {"0": 1, "5": 2}}',
        '{"step_0": {"loss": 1}, "step_5": {"loss": 2}}',
        '{"range": "A1:B3", "values": [["step", "loss"], ["0", "1"], ["5", "2"]]}',
        '[["step", "loss"], [0, 1], [5, 2]]',
        '[[{"step": 0, "loss": 1}], [{"step": 5, "loss": 2}]]',
        '{"dataset": {"id": 1, "column_names": ["step", "loss"], "data": [[0, 1], [5, 2]]}}',
        '{"labels": ["step", "loss"], "data": [[0, 1], [5, 2]]}',
        '{"model": "x", "config": {"lr": 0.1}, "step": [0, 5], "loss": [1, 2]}',
        '{"meta": [{"name": "step"}, {"name": "loss"}], "data": [["0", "1"], ["5", "2"]], "rows": 2}',
        '{"columns": [{"title": "step"}, {"title": "loss"}], "dataset": [[0, 1], [5, 2]]}',
        '{"results": [{"series": [{"columns": ["step", "loss"], "values": [[0, 1], [5, 2]]}]}]}',
        '{"chart": [{"meta": {"price": 7}, "quote": [{"step": [0, 5], "loss": [1, 2]}]}]}',
        '{"iterations": [{"learn": [1], "iteration": 0}, {"learn": [2], "iteration": 5}], "meta": {"name": "x"}}',
    ],
)
def test_shapes(text: str) -> None:
    """Each shape is one log of two rounds."""
    outcome = csv_of("-q", text)
    assert (["0", "5"], ["1", "2"]) == (outcome.column("step"), outcome.column("param"))


@pytest.mark.parametrize(("text", "params"), [("[1, 2]", ["1", "2"]), ("[[1], [2]]", ["1", "2"])])
def test_numbers_alone(text: str, params: list[str]) -> None:
    """A list of numbers is one param without steps."""
    assert params == csv_of("-q", text).column("param")


@pytest.mark.parametrize(
    "text",
    [
        '[{"metric": "loss", "interval": 60, "pointlist": [[1700000000, 1], [1700000060, 2]]}]',
        '[{"metric": "loss", "tags": {"host": "a"}, "none": [], "dps": {"1700000000": 1, "1700000060": 2}}]',
        '[{"itemid": "5", "clock": "1700000000", "value": "1", "ns": "9"}, {"itemid": "5", "clock": "1700000060",'
        ' "value": "2", "ns": "8"}]',
        "[[1700000060, 1], [1700000000, 2]]",
    ],
)
def test_clocks_of_monitors(text: str) -> None:
    """A clock in seconds is not a step, in whatever order the rows are."""
    outcome = csv_of("-q", text)
    assert (["", ""], ["1", "2"]) == (outcome.column("step"), outcome.column("param"))


def test_seconds_and_two_numbers() -> None:
    """Three numbers in a row are TensorBoard's only if the second one is whole."""
    assert "1.shadow" not in csv_of("-q", "[[1700000000.5, 3, 1], [1700000001.5, 4, 2]]").rows[0]
    assert "param2.shadow" in csv_of("-q", "[[1700000000.5, 0.5, 1], [1700000001.5, 0.25, 2]]").rows[0]


def test_rows_without_names() -> None:
    """Their columns have numbers, which options accept."""
    assert ["1", "2"] == csv_of("-q --param-column 1", "[[1, 0], [2, 5]]").column("param")
    assert ["0", "5"] == csv_of("-q --step-column 2", "[[1, 0], [2, 5]]").column("step")


def test_lists_within_records() -> None:
    """A short list of numbers has a column for each."""
    outcome = csv_of("-q", '[{"step": 0, "betas": [0.5, 0.75]}, {"step": 1, "betas": [1, 2]}]')
    assert ["0.5", "1"] == outcome.column("betas[0]")


def test_series_with_steps_of_their_own() -> None:
    """A gap is not an update, even if a step repeats."""
    text = '{"a": {"steps": [0, 2, 2], "values": [1, 2, 3]}, "b": {"x": [2], "y": [5]}}'
    rows = csv_of("-q", text).rows
    assert [("0", "1", ""), ("2", "2", "5"), ("2", "3", "")] == [(row["step"], row["a"], row["b"]) for row in rows]
    assert ["", "0.4999999999999999"] == [row["b.shadow"] for row in csv_of("-q --rule fixed", text).rows][:2]
    assert "there is no earlier value to hold" in error_of("--decay 0.9 -q --missing hold", text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"loss": [1, 2], "acc": [1, 2, 3]}',
            "2 logs in one JSON document, 'loss', 'acc'; jq '.loss' FILE | ema-calc reads",
        ),
        (
            '{"r": [{"a": [{"x": 1}, {"x": 2}], "b": [{"x": 2}, {"x": 3}]}]}',
            "2 logs in one JSON document, 'r.a', 'r.b'; jq '.r[0].a'",
        ),
        ('{"loss": {"a_1": 1, "b_2": 2}}', "no log was found in this JSON document"),
        ('{"loss": {"1": [{"x": "y"}]}}', "no log was found in this JSON document"),
        ('{"loss": [1, [2]]}', "no log was found in this JSON document"),
        ('{"a": [{"x": 1}], "b": [{"x": 2}]}', "2 logs in one JSON document, 'a', 'b'; jq '.a' FILE | ema-calc reads"),
        ('{"loss": {"a": 1}, "acc": {"b": 1}}', "no log was found in this JSON document"),
        ('{"loss": {"a": 1}}', "no log was found in this JSON document"),
        ('{"loss": {}}', "no log was found in this JSON document"),
        (
            '{"loss": {"steps": [0, 1], "values": [1, 2, 3]}}',
            "2 logs in one JSON document, 'loss.steps', 'loss.values'",
        ),
        ("[[1, 2], [3]]", "no log was found in this JSON document"),
        ('{\n"loss": 1, "acc": 2}', "one record of results, not a series"),
    ],
)
def test_documents_that_are_no_log(text: str, message: str) -> None:
    """The error says which shapes are supported."""
    assert error_of("--decay 0.9", text).startswith(f"<stdin>: {message}")


def test_a_step_that_no_record_has() -> None:
    """A mistyped --step-column is an error before anything is computed."""
    text = '{"step": 0, "loss": 1}\n{"step": 1, "loss": 2}\n'
    for log in (text, f"[{text.strip().replace(chr(10), ',')}]"):
        assert error_of("--decay 0.9 --step-column stpe", log).startswith("<stdin>: no column 'stpe' for --step-column")


def test_records_before_the_first_metric() -> None:
    """Records without numbers are not updates, and have no say in the choice of columns."""
    text = '{}\n{"note": "x"}\n{"step": 3, "loss": 1}\n{"step": 4, "loss": 2}\n'
    outcome = csv_of("-q", text)
    assert (["3", "4"], ["1", "2"]) == (outcome.column("step"), outcome.column("param"))


def test_lists_within_lists() -> None:
    """Records of nested lists are not series."""
    assert "no column looks like a param" in error_of("--decay 0.9", '[{"a": [[1, [2]], [2, [3]]]}]')


def test_one_record_with_rows_of_an_unknown_shape() -> None:
    """A record whose rows cannot be read is refused; its count of rows is not averaged instead."""
    text = '{"kind": "reply", "total": "2", "rows": [{"f": [{"v": "0"}, {"v": "1"}]}, {"f": [{"v": "5"}, {"v": "2"}]}]}'
    assert "no log was found in this JSON document" in error_of("--decay 0.9", text)


def test_lists_of_each_fold() -> None:
    """Lists under numbered keys are columns, not one record for each key."""
    text = '{"fold_1": {"loss": [1, 2], "acc": [3, 4]}, "fold_2": {"loss": [5, 6], "acc": [7, 8]}}'
    outcome = csv_of("-q", text)
    assert (["1", "2"], ["7", "8"]) == (outcome.column("fold_1.loss"), outcome.column("fold_2.acc"))


def test_lists_beside_results() -> None:
    """Lists on the one line of a file are its log, whatever single numbers stand beside them."""
    outcome = csv_of("", '{"model": "x", "lr": 0.1, "best": 0.5, "loss": [2.5, 2.25, 2.125]}\n')
    assert ["2.5", "2.25", "2.125"] == outcome.column("param")


def test_lists_beside_tables() -> None:
    """Lists of one length are columns, and a note tells of a shorter table beside them."""
    outcome = csv_of("", '{"epochs": [0, 1, 2], "loss": [0.5, 0.25, 0.125], "confusion": [[5, 1], [2, 6]]}')
    assert ["0.5", "0.25", "0.125"] == outcome.column("param")
    assert ["0", "1", "2"] == outcome.column("step")
    assert "<stdin> holds other logs, too; jq '.confusion' FILE | ema-calc reads another" in outcome.err


def test_lists_of_different_depths() -> None:
    """The longest is read, and the note names the other."""
    outcome = csv_of("", '{"a": [1.5, 2.5, 3.5], "b": {"c": [[1, 2], [3, 4]]}, "n": 3}')
    assert ["1.5", "2.5", "3.5"] == outcome.column("param")
    assert "jq '.b.c' FILE | ema-calc reads another" in outcome.err
