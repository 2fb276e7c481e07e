"""Pieces: updates written as operands."""

from __future__ import annotations

import pytest

from ema_cli.reading.inline import is_piece
from tests.harness import csv_of, error_of

LAST = 2**63 - 1


@pytest.mark.parametrize(
    ("piece", "updates"),
    [
        ("0:1", [("0", "1")]),
        ("100:10x3", [("100", "10")] * 3),
        ("0..2:1", [("0", "1"), ("1", "1"), ("2", "1")]),
        ("5..5:1", [("5", "1")]),
        (":5", [("", "5")]),
        (":5x2", [("", "5")] * 2),
        ("0:0x3", [("0", "0")] * 3),
        ("0:-1", [("0", "-1")]),
        ("0:1e-3", [("0", "1e-3")]),
        ("0:-.5E+1", [("0", "-.5E+1")]),
        ("1e3:1", [("1e3", "1")]),
        ("+7:1", [("+7", "1")]),
        ("2.0:1", [("2.0", "1")]),
        ("1e1..12:1", [("10", "1"), ("11", "1"), ("12", "1")]),
        ("0:1x2e0", [("0", "1")] * 2),
        (f"{LAST}:1", [(str(LAST), "1")]),
        (f"{LAST - 1}..{LAST}:1", [(str(LAST - 1), "1"), (str(LAST), "1")]),
    ],
)
def test_updates_of_a_piece(piece: str, updates: list[tuple[str, str]]) -> None:
    """A piece says its steps, its param and its runs; numbers are decimal only, so 0x3 is zero three times."""
    assert updates == [(row["step"], row["param"]) for row in csv_of(f"-q {piece}").rows]


def test_several_params() -> None:
    """A piece may have several params, each with its own shadow."""
    outcome = csv_of("0:1,2x2")
    assert "step,param1,param2,decay,param1.shadow,param2.shadow" == outcome.out.splitlines()[0]
    assert ["0,1,2,0.1,0.9,1.8", "0,1,2,0.1,0.99,1.98"] == outcome.out.splitlines()[1:]


_FORM = "a piece is [STEP]:PARAM[xRUNS], such as 0:1, 100:10x7, 0..99:1, :5 or 0:1,2"


@pytest.mark.parametrize(
    ("piece", "message"),
    [
        ("0:", f"a param is missing; {_FORM}"),
        (":", f"a param is missing; {_FORM}"),
        ("0:x3", f"a param is missing; {_FORM}"),
        ("0:1,,2", f"a param is missing; {_FORM}"),
        ("0:1,", f"a param is missing; {_FORM}"),
        ("0:1:2", f"two colons; {_FORM}"),
        ("0:1-2", "'1-2' is not a number"),
        ("0:e", "'e' is not a number"),
        ("0:1x0", "runs '0' is not a whole number of at least 1"),
        ("0:1x", "runs '' is not a whole number of at least 1"),
        ("0:1x-1", "runs '-1' is not a whole number of at least 1"),
        ("0:1x1.5", "runs '1.5' is not a whole number of at least 1"),
        ("0:1x2x3", "runs '2x3' is not a whole number of at least 1"),
        ("0x3:1", "step '0x3' is not a number"),
        ("1.5:1", "step '1.5' is not a whole number"),
        ("1e-1:1", "step '1e-1' is not a whole number"),
        ("1,2:1", "step '1,2' is not a number"),
        (f"{LAST + 1}:1", f"step '{LAST + 1}' is past the largest one, 2^63 - 1 = {LAST}"),
        ("1e30:1", f"step '1e30' is past the largest one, 2^63 - 1 = {LAST}"),
        ("5..3:1", "5..3 runs backwards; FIRST..LAST needs FIRST <= LAST"),
        ("5..:1", "the step is empty"),
        ("..5:1", "the step is empty"),
        ("1..2..3:1", "step '2..3' is not a number"),
        ("0..3:1x2", "FIRST..LAST is one round for each step; it takes no xRUNS"),
        ("0:1e999", "'1e999' is past the range of float64, about 1.8e308"),
    ],
)
def test_bad_piece(piece: str, message: str) -> None:
    """A piece that is none says why, with the piece itself; the exit code is 2."""
    told, expected = error_of(f"--decay 0.9 {piece}", code=2), f"'{piece}': {message}"
    assert told == expected or told.startswith(f"{expected}; ")  # with what was meant


def test_negative_step_after_two_dashes() -> None:
    """-- ends the options, so that a piece may start with a minus sign; a negative step is still none."""
    assert "'-1:1': step '-1' is negative" == error_of("--decay 0.9 -- -1:1", code=2)


def test_piece_of_many_rounds() -> None:
    """A piece longer than a batch goes on where it was."""
    outcome = csv_of("0..9999:1")
    assert list(map(str, range(10_000))) == outcome.column("step")
    assert 10_000 == len(csv_of("7:1x10000").rows)


@pytest.mark.parametrize("operand", ["0:1", ":", "1,2:3x4", "+.e-:E"])
def test_what_is_a_piece(operand: str) -> None:
    """An operand made only of the characters of pieces, with a colon, is one, whatever it says."""
    assert is_piece(operand)


@pytest.mark.parametrize("operand", ["", "10", "a:1", "0:1 ", "0:1\n", "0：1", "./0:1"])
def test_what_is_no_piece(operand: str) -> None:
    """Any other character, or no colon, makes it something else."""
    assert not is_piece(operand)
