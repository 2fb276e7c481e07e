"""One JSON document with a log."""

from __future__ import annotations

import pytest

from tests.harness import csv_of, error_of, run


@pytest.mark.parametrize(
    "text",
    [
        '{"step": 0, "param": 1}\r\n{"step": 1, "param": 2}\r\n',
        '{"step": 0, "param": 1, "rounds_done": 5}  \n{"step": 1, "param": 2, "log_history_size": 5}\n',
        '[{"step": 0, "param": 1},\n{"step": 1, "param": 2}]',
        '{"log_history": [{"step": 0, "param": 1}, {"step": 1, "param": 2}]}',
        '{"state": {}, "rounds": [{"step": 0, "param": 1}, {"step": 1, "param": 2}], "summary": null}\n',
        '\n {\n"log_history":\n[{"step": 0, "param": 1}, {"step": 1, "param": 2}]}',
    ],
)
def test_records_and_documents(text: str) -> None:
    """A record per line, and one document in one line or many, are recognized as such."""
    assert [("0", "1"), ("1", "2")] == [(row["step"], row["param"]) for row in csv_of("-q", text).rows]


@pytest.mark.parametrize(("literal", "shadow"), [("NaN", "nan"), ("Infinity", "inf"), ("-Infinity", "-inf")])
def test_literals_of_python(literal: str, shadow: str) -> None:
    """NaN and infinities are missing values in a document, too."""
    text = f'[{{"loss": {literal}}}]'
    assert f"<stdin>:1: column 'loss' is {literal}; --missing" in error_of("--decay 0.9 -q", text)
    assert [shadow] == csv_of("-q --missing rule", text).column("shadow")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ("", '[{"param": 1, "acc": 5}, {"param": 2}]'),
        ("", '[{"loss": 1, "tag": "x"}, {"loss": 2}]'),
        ("--missing skip", '[{"loss": 1}, {"acc": null}, {"loss": 2}]'),
        ("--check loss_ema", '[{"loss": 1, "loss_ema": 0.9, "acc": 3}, {"loss": 2, "loss_ema": 1.8}]'),
    ],
)
def test_records_of_different_keys(options: str, text: str) -> None:
    """Entries that are not metrics may come and go."""
    outcome = run(f"--decay 0.9 -q -F csv {options}", text)
    assert ["1", "2"] == [row.get("param") or row["loss"] for row in outcome.rows], outcome


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ('{"tag": [1, {}], "param": 2, "step": 0}\n', ["2"]),
        ('{"tag": [1, {}], "param": 2}\n{"tag": [], "param": 3}\n', ["2", "3"]),
        ('{"hist": [1, 2]}\n\n{"hist": [3, 4], "param": 3}\n', ["3"]),
        ('{"loss": [1, 2], "acc": [3, 4]}\n', ["1", "2"]),
    ],
)
@pytest.mark.parametrize("block", [1, 65536])
def test_a_first_line_that_may_be_all(
    text: str, params: list[str], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first record with a list in it is a document if nothing follows and it is not an update itself."""
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", block)
    table = csv_of("", text)
    assert params == table.column("loss" if "loss" in text else "param")


def test_our_own_rounds_without_steps_are_read_back() -> None:
    """A step that is null in every record is not a late step, whichever columns are beside it."""
    for columns in "step,param,decay,shadow", "+round", "+action,gap":
        written = run(f"-q --decay 0.9 :1 :2 :3 -F json -c {columns}").out
        assert run("-q --decay 0.9 --check shadow", written).code == 0
