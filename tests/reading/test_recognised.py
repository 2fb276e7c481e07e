"""Edge cases of logs recognized by their content, and of spaces as a delimiter."""

from __future__ import annotations

import pytest

from ema_cli.reading.column_facts import Sample
from ema_cli.reading.known_logs import known_log
from ema_cli.reading.rows import delimiter_of


@pytest.mark.parametrize(
    ("header", "step"),
    [
        ("tick,loss,loss__MIN", 0),
        ("tick,loss,loss__MAX", 0),
        ("Relative Time (Wall),loss,loss__MAX", None),
        ("tick,loss__MAX", None),
        ("w,w12345", None),
        ("tick,loss,loss__MA", None),
    ],
)
def test_charts_of_weights_and_biases(header: str, step: int | None) -> None:
    """They have a column with its extremes beside it, and nothing less."""
    log = known_log(Sample(header.split(","), [], "a.csv"))
    assert step == (None if log is None else log.step)


@pytest.mark.parametrize(
    ("row", "delimiter", "step"),
    [
        ("1000000000000 0.5 3", " ", 2),
        ("9999999999999 0.5 3", " ", 2),
        ("999999999999 0.5 3", " ", -1),
        ("10000000000000 0.5 3", " ", -1),
        ("200 0.5 3", " ", -1),
        ("1595270400000 0.5 3 4", " ", -1),
        ("1595270400000,0.5,3", ",", -1),
        ("1595270400000 0.5", " ", None),
        ("1595270400000 nan 3", " ", 2),
        ("1595270400000 x 3", " ", -1),
        ("x 0.5 3", " ", -1),
        ("nan 0.5 3", " ", -1),
    ],
)
def test_metrics_of_mlflow(row: str, delimiter: str, step: int | None) -> None:
    """They begin with milliseconds of the years 2001 to 2286, and have two or three cells separated by spaces."""
    log = known_log(Sample(None, [row.split(delimiter)], "a", delimiter=delimiter))
    assert step == (-1 if log is None else log.step)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["1 2"], True),
        (["1 x"], False),
        (["a b", "0 1.5"], True),
        (["a b", "0 nan"], True),
        (["a b", "nan 1.5"], True),
        (["a b", "0 x"], False),
        (["a b", "0 1 2"], True),
        (["a", "0"], False),
        (["a b"], False),
    ],
)
def test_cells_with_spaces_between(lines: list[str], expected: bool) -> None:
    """They are numbers, or as many names as there are numbers below."""
    assert expected == (delimiter_of(lines) == " ")
