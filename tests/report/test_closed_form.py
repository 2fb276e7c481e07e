"""The closed form below a table of working."""

import re
from fractions import Fraction

import pytest

from tests.harness import output

SESSION = ("--decay", "0.99", "0:1", "100:10x7", "--explain", "-q")


def written_out(*line):
    """The two sides of the closed form, as sums of the printed numbers."""
    found = re.search(r"written out: (.*) [=≈] (\S+)$", output(*line), re.M)
    if found is None:
        return None
    terms = [term.split(" × ") for term in found[1].split(" + ")]
    return sum(Fraction(a.strip("()")) * Fraction(b.strip("()")) for a, b in terms), Fraction(found[2])


def test_a_short_script_ends_with_its_closed_form():
    """It has the part of the initial value that is left, and the share of each param."""
    page = output(*SESSION)
    assert "shadow, written out: 0.055017496 × 0 + 0.49515746 × 1 + 0.049025491 × 10 + " in page
    assert " ≈ 4.9934079\n" in page
    assert "shadow, written out: 0.055017496 × 3 + " in output(*SESSION, "--initial", "3")


@pytest.mark.parametrize("rule", ["fixed:decay=0.9", "torch", "optax:decay=0.9", "keras-adam", "sma:window=3"])
@pytest.mark.parametrize("params", [[":1", ":-2.5", ":4x3"], [":7x8"]])
def test_both_sides_are_equal(rule, params):
    """The sum of the printed numbers is the last shadow."""
    left, right = written_out("--rule", rule, *params, "--explain")
    assert float(left) == pytest.approx(float(right), rel=1e-6)


def test_fractions_are_equal():
    """In exact arithmetic, both sides are the same number."""
    left, right = written_out("--decay", "9/10", "--dtype", "exact", ":1", ":3", "--initial", "5", "--explain")
    assert left == right


@pytest.mark.parametrize(
    "line",
    [
        ["--decay", "0.9", ":1x13"],
        ["--decay", "0.9", ":1x3", "--blank", "shadow"],
        [":1x3", "--rule", "torch-adam-sq:decay=0.8"],
    ],
)
def test_where_there_is_none(line):
    """A long script has none, nor has a worksheet, nor a rule that is not a sum."""
    assert "written out" not in output(*line, "--explain")


def test_a_param_that_never_came_has_none():
    """A param without a round has no closed form."""
    assert "\nb, written out: " in output(
        "--decay", "0.9", "--missing", "skip", "--explain", "-q", stdin='{"a": null, "b": 0.0}\n'
    )


def test_each_average_has_its_own():
    """Labels distinguish them."""
    page = output("--decay", "0.9", "--decay", "0.5", ":1,2", "--explain")
    assert page.count("written out: ") == 4
