"""What orjson reads and prints is what Python reads and prints; another orjson than that is not used."""

from __future__ import annotations

import math
import sys
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ema_cli.text import fast

orjson = pytest.importorskip("orjson")

EDGES = [1e-4, 9.999999999999999e-05, 1e16, 9999999999999998.0, 1e-5, 5e-324, 1e22, 1e23, 0.0, math.inf, math.nan]
number = st.floats() | st.sampled_from([*EDGES, *(-x for x in EDGES)])
usual = st.floats(0.001, 1000)


@pytest.fixture(autouse=True)
def anew(monkeypatch):
    """Whether orjson is of use is found out in each test."""
    monkeypatch.setattr(fast, "_tried", False)
    monkeypatch.setattr(fast, "_orjson", None)


def both(values):
    return [fast.printed(values), [text.decode() for text in fast.coded(values)]]


@given(st.lists(number, min_size=1, max_size=40) | st.lists(usual | number, min_size=1, max_size=200))
@example([1e-05] + [0.5] * 7)
@example([1e-05] + [0.5] * 8)
@example([0.5] * 20 + [0.00001234])
@example([10.00001, 0.00002, 100.00001, *[0.5] * 40])
@example([0.5] * 9 + [-0.00001234, 0.25, 0.00005678, 0.75] + [0.5] * 20)
@example([0.00001234, 0.00005678] * 20)
@example([0.5, math.nan, 0.00002] * 8)
@example([1e16, 0.00002, 5.0])
@example([-1e16, -1e-4, 1e-4, -9.999999999999999e-05])
def test_texts_are_those_of_repr(values):
    """Each number has the text of repr, wherever it stands and whatever stands beside it."""
    assert both(values) == [list(map(repr, values))] * 2


@given(st.lists(st.lists(st.integers(-(2**63), 2**63) | usual, min_size=2, max_size=2), min_size=1))
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_numbers_that_are_read(delimiter, rows):
    """Lines of plain numbers are read in order, a whole number as an int."""
    text = "".join(delimiter.join(map(repr, row)) + "\n" for row in rows)
    expected = [value for row in rows for value in row]
    found = fast.parsed(text.encode(), delimiter)
    assert (found, list(map(type, found))) == (expected, list(map(type, expected)))


@pytest.mark.parametrize("data", [b"+1,2\n", b".5,1\n", b"1.,1\n", b"007,1\n", b"1,,2\n"])
def test_what_json_does_not_have(data):
    """Numbers that JSON does not have are left to others."""
    assert fast.parsed(data, ",") is None


def unusable(**changes):
    """An orjson that is like the real one but for some functions."""
    return SimpleNamespace(**{"dumps": orjson.dumps, "loads": orjson.loads} | changes)


def broken(*_):
    raise SystemError


@pytest.mark.parametrize(
    "module",
    [
        None,
        unusable(dumps=broken),
        unusable(loads=broken),
        unusable(dumps=lambda values: orjson.dumps([value * (1 + 2**-52) for value in values])),
        unusable(dumps=lambda values: orjson.dumps([7.5, *values[1:]])),
        unusable(loads=lambda data: [float(value) for value in orjson.loads(data)]),
        unusable(loads=lambda data: [value * 1.0000001 for value in orjson.loads(data)]),
    ],
    ids=["missing", "dumps", "loads", "digits", "first", "ints", "read"],
)
def test_orjson_that_is_of_no_use(module, monkeypatch):
    """Where orjson is missing, broken, or has other digits, it is as if there were none; it is asked once."""
    monkeypatch.setitem(sys.modules, "orjson", module)
    assert [fast.printed([1.0]), fast.coded([1.0]), fast.parsed(b"1,2\n", ",")] == [None] * 3
    monkeypatch.setitem(sys.modules, "orjson", orjson)
    assert fast.printed([1.0]) is None
    monkeypatch.setattr(fast, "_tried", False)
    assert fast.printed([1.0]) == ["1.0"]
