"""Every recorded sequence, bit for bit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conformance.__main__ import main
from tests.conformance.replay import load, replay, ulps
from tests.native import HAS_CORE, only

FILES = sorted(Path(__file__).parent.glob("*.json"))
CASES = [case for path in FILES for case in load(str(path))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_recorded_sequence(case):
    """The rule gives the framework's own digits in every round, in Python and in compiled loops."""
    for compiled in {False, HAS_CORE}:
        with only(compiled=compiled):
            assert replay(case) is None


def test_report(tmp_path, capsys):
    """A case that differs is printed with its round and distance; the last line counts the exact cases."""
    case = json.loads(
        json.dumps(next(c for c in CASES if c["id"] == "timm_v1-float32-tiny-30" or c["system"] == "timm"))
    )
    wrong = json.loads(json.dumps(case))
    wrong["id"] = "wrong"
    wrong["shadow"][2] = "0x1p+0"
    path = tmp_path / "golden.json"
    path.write_text(json.dumps({"cases": [case, wrong]}))
    assert main([str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("wrong: round 3: expected 1.0, got ")
    assert lines[-1] == "exact: 1 of 2"


def test_report_of_an_exact_file(tmp_path, capsys):
    """If all cases of a file are exact, the report says so and exits with 0."""
    path = tmp_path / "golden.json"
    path.write_text(json.dumps({"cases": CASES[:3]}))
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == "exact: 3 of 3\n"


def test_report_of_an_unknown_system(tmp_path, capsys):
    """A case of a system that is not in the catalogue is not exact."""
    path = tmp_path / "golden.json"
    path.write_text(json.dumps({"cases": [CASES[0] | {"rule": "unheard of", "system": "unheard of"}]}))
    assert main([str(path)]) == 1
    assert "no entry for system 'unheard of'" in capsys.readouterr().out


def test_no_file(capsys):
    """Without a file there is nothing to replay, and the usage is printed."""
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("x", "y", "dtype", "expected"),
    [
        (1.0, 1.0 + 2**-52, "float64", 1),
        (1.0, 1.0 + 2**-23, "float32", 1),
        (1.0, 1.0 + 2**-7, "bfloat16", 1),
        (1.0, 1.0 + 2**-10, "float16", 1),
        (-(2.0**-149), 2.0**-149, "float32", 2),
        (float("nan"), 1.0, "float32", None),
    ],
)
def test_ulps(x, y, dtype, expected):
    """The distance is counted in steps of the dtype."""
    assert ulps(x, y, dtype) == expected
