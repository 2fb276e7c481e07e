"""Pieces: updates written as operands."""

from __future__ import annotations

import pytest

from ema_cli.reading.inline import is_piece
from tests.harness import csv_of

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
    """A piece states its steps, param and runs; numbers are decimal only, so 0x3 is zero, three times."""
    assert updates == [(row["step"], row["param"]) for row in csv_of(f"-q {piece}").rows]


def test_several_params() -> None:
    """A piece may have several params, each with its own shadow."""
    outcome = csv_of("0:1,2x2")
    assert "step,param1,param2,decay,param1.shadow,param2.shadow" == outcome.out.splitlines()[0]
    assert ["0,1,2,0.1,0.9,1.8", "0,1,2,0.1,0.99,1.98"] == outcome.out.splitlines()[1:]


_FORM = "a piece is [STEP]:PARAM[xRUNS], such as 0:1, 100:10x7, 0..99:1, :5 or 0:1,2"


def test_piece_of_many_rounds() -> None:
    """A piece longer than a batch continues in the next one."""
    outcome = csv_of("0..9999:1")
    assert list(map(str, range(10_000))) == outcome.column("step")
    assert 10_000 == len(csv_of("7:1x10000").rows)


@pytest.mark.parametrize("operand", ["0:1", ":", "1,2:3x4", "+.e-:E"])
def test_what_is_a_piece(operand: str) -> None:
    """An operand of the characters of pieces, with a colon, is a piece, whatever it says."""
    assert is_piece(operand)


@pytest.mark.parametrize("operand", ["", "10", "a:1", "0:1 ", "0:1\n", "0：1", "./0:1"])
def test_what_is_no_piece(operand: str) -> None:
    """With any other character, or without a colon, it is not a piece."""
    assert not is_piece(operand)
