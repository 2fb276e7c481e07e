"""Decimal commas and thousands separators."""

from __future__ import annotations

import pytest

from tests.harness import csv_of, run


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("epoch;loss\n0;0,5\n1;1,25\n", ["0.5", "1.25"]),
        ("epoch;loss\n0;1.234,5\n1;2\n", ["1234.5", "2"]),
        ("2024-03-05;0,5\n2024-03-06;1,25\n", ["0.5", "1.25"]),
        ("0;0,5\n1;1,25\n", ["0.5", "1.25"]),
        ("2024-03-05 0,5\n2024-03-06 1,25\n", ["0.5", "1.25"]),
        ("loss\n1 0,5\n2 1,25\n", ["0.5", "1.25"]),
        ("epoch\tloss\n0\t-1,5e-3\n1\t2\n", ["-1.5e-3", "2"]),
        ('epoch,loss\n0,"0,5"\n1,"1,25"\n', ["0.5", "1.25"]),
        ('epoch,loss\n0,"1,234.50"\n1,"1,000"\n', ["1234.50", "1000"]),
        ('epoch,loss\n0,"1,234,567"\n1,"2"\n', ["1234567", "2"]),
        ("epoch;loss;note\n0;0,5;a, b\n1;0.75;c\n", ["0.5", "0.75"]),
    ],
)
def test_numbers_of_other_countries(text: str, params: list[str]) -> None:
    """They are read correctly, and the note says so."""
    outcome = csv_of("", text)
    assert params == outcome.column("param")
    assert " is read as " in outcome.err


def test_plain_blocks_of_decimal_commas() -> None:
    """A long file is read like a short one."""
    text = "epoch;loss\n" + "".join(f"{number};{number},5\n" for number in range(9000))
    assert [f"{number}.5" for number in range(9000)] == csv_of("-q", text).column("param")


def test_a_text_with_a_comma_is_passed_through() -> None:
    """Only columns that are computed with are converted."""
    outcome = run("--decay 0.9 -F csv -q --keep --param-column loss", 'step,loss,note\n0,1,"1,234"\n')
    assert ["1,234"] == outcome.column("note")


def test_a_param_past_the_range_in_fractions() -> None:
    """In exact arithmetic, a number out of float64 range is a valid param."""
    number = f"1{'0' * 400}"
    assert [number] == csv_of(f"--dtype exact --rule fixed --initial first :{number}").column("shadow")


def test_thousands_beside_dates_in_words() -> None:
    """A date such as `Mar 5, 2024` does not turn a table with ambiguous numbers into a text log."""
    rows = '"Mar 5, 2024 @ 10:00:00","2,705"\n"Mar 5, 2024 @ 10:01:00","2,706"\n'
    assert "'2,705' may be 2705 with a thousands separator" in run("--decay 0.9", f'"when","use"\n{rows}').err


def test_decimal_commas_torn_apart() -> None:
    """Digits after a decimal comma are no column of their own where spaces separate the cells."""
    outcome = run("--decay 0.9", "run loss\na 0,5\nb 1,25\n")
    assert (1, "") == (outcome.code, outcome.out)


@pytest.mark.parametrize("mark", ["x", "x.y"])
def test_texts_keep_their_commas(mark: str) -> None:
    """Only numbers that are read lose their decimal commas: not the cells of --by, --keep and --where."""
    text = "step;loss;run\n" + "".join(f"{step};1,5;{run}\n" for step in range(3) for run in ("1,0", "a,b", mark))
    assert csv_of("-q --by run", text).column("run") == ["1,0", "a,b", mark] * 3
    assert csv_of("-q --keep", text).column("run") == ["1,0", "a,b", mark] * 3
    assert csv_of("-q --where run=1,0 --where run=a,b", text).column("param") == ["1.5"] * 6
    assert len(csv_of("-q --where loss=1,5", text).column("param")) == 9


def test_a_group_with_a_comma_is_one_group() -> None:
    """A point that comes up later in the file does not give the group another name."""
    text = "step;loss;run;tag\n" + "".join(f"{row};1,5;1,0;{'x.y' if row > 9000 else 'x'}\n" for row in range(18000))
    assert set(csv_of("-q --by run", text).column("run")) == {"1,0"}
