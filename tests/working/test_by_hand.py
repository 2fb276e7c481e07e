"""Tables are recomputed by hand: in fractions, from what their pages show alone."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ema_cli.core.catalogue import rules
from tests.examples import examples
from tests.harness import output
from tests.pages import evaluated

BLANK = "________"
OTHERS = re.compile(r"\^(?!\d{1,2}(?![\d.]))|exp|cos|pi")
"""Roots and functions, which have no exact fractions."""

FIXED_POINT = ("linux-loadavg", "linux-srtt")
"""Rules that first round to a grid of their own, which the working leaves out like all roundings."""


def workings(page):
    """The derivation of each average's shadow, row by row, from a table on a terminal."""
    lines = [line for line in page.splitlines() if line.startswith(("┃", "│"))]
    cells = [[cell.strip() for cell in re.split("[┃│]", line)[1:-1]] for line in lines]
    rows = [row for row, line in zip(cells, lines, strict=True) if line.startswith("│")]
    return [[row[place] for row in rows] for place, name in enumerate(cells[0]) if name.startswith("shadow")]


def equations(line):
    """Both sides of each equation of a line, and the sign between them."""
    return [match.groups() for part in line.split("; ") if (match := re.fullmatch(r"(.*) ([=≈]) (.*)", part))]


def rounded(x, decimals):
    """The nearest number with this many decimals; a half is rounded away from zero."""
    scaled = abs(x) * 10**decimals + Fraction(1, 2)
    return Fraction(scaled.numerator // scaled.denominator, 10**decimals) * (-1 if x < 0 else 1)


def script(name, decay, params):
    """A script that the rule accepts."""
    constant = rules()[name].decay
    stride = 2048 if name == "edm2" else 1
    pieces = [f"{stride * number}:{param}" for number, param in enumerate(params, 1)]
    return [*(("--decay", decay) if constant is not None and not constant.optional else ()), "--", *pieces]


thousandths = st.integers(-20000, 20000).map(lambda n: f"{n / 1000:.3f}")


@examples(80)
@given(
    name=st.sampled_from([name for name in rules() if name not in FIXED_POINT]),
    decay=st.sampled_from(["0.5", "0.75", "0.9", "0.99", "0.999", "0.7312"]),
    params=st.lists(thousandths, min_size=1, max_size=6),
    decimals=st.integers(0, 6),
)
def test_every_line_of_a_page_can_be_recomputed(name, decay, params, decimals):
    """With --round-each, the right side is the left side rounded, in each rule, and equal exactly where = says so."""
    options = ("--rule", name, "--round-each", str(decimals), "--explain", "--width", "9999", "-q")
    for line in workings(output(*options, *script(name, decay, params)))[-1]:
        for left, sign, right in equations(line):
            if OTHERS.search(left):
                continue
            exact, shown = Fraction(evaluated(left)), Fraction(right)
            nearly_a_half = abs(abs(exact - shown) - Fraction(1, 2 * 10**decimals)) < Fraction(1, 10**12)
            assert rounded(exact, decimals) == shown or nearly_a_half
            assert (exact == shown) == (sign == "=")


def test_a_framework_is_worked_by_hand_as_its_formula_is_written():
    """Nobody rounds to float32 by hand: with --round-each, only --dtype asks for that."""
    script = ("--rule", "torch", "--decay", "0.9", ":18.418", ":0.001", "--explain", "--round-each", "3")
    assert "18.418 + 0.1 × (0.001 - 18.418) ≈ 16.576" in output(*script)
    assert output(*script).startswith("decay 0.9, rule torch, float64")
    assert output(*script, "--dtype", "float32").startswith("decay 0.9, rule torch, float32")


def answers(worksheet, decimals):
    """A student's answers for the blanks at the end of the lines of a worksheet, and for those before them."""
    found = []
    for table in worksheet:
        state = Fraction(table[0] or 0)
        for line in table[1:]:
            carried = None
            for left, _, right in equations(line):
                assert right == BLANK
                state = Fraction(evaluated(left.replace(BLANK, f"({state})")))
                state = state if decimals is None else rounded(state, decimals)
                carried = state if carried is None else carried  # a read-out is for show
                found.append(state)
            state = carried
    return found


def agrees(value, text, digits=None, decimals=None):
    """True if a value, rounded as on the page, is a number on it."""
    shown = Fraction(text)
    if digits is not None:
        _, exponent = f"{float(abs(shown)):e}".split("e")
        decimals = digits - 1 - int(exponent)
    return abs(value - shown) <= Fraction(1, 2) / Fraction(10) ** decimals if decimals is not None else value == shown


PLAIN = ("--decay", "0.99", "0:1", "100:10.25", "100:-3x3")
DEBIASED = ("--decay", "0.9", "--rule", "optax", "--dtype", "float64", ":1", ":10.25", ":-3x3")
SUBTRACTED = ("--decay", "0.99", "--rule", "torch-ema", "--dtype", "float64", "0:1", "100:10.25", "100:-3x3")
COMPARED = ("--decay", "0.9", "--decay", "0.99", "0:1", "100:10.25", "100:-3x3")


@pytest.mark.parametrize("session", [PLAIN, DEBIASED, COMPARED, SUBTRACTED])
@pytest.mark.parametrize(
    ("options", "rounding"),
    [
        ((), {"digits": 8}),
        (("--digits", "5"), {"digits": 5}),
        (("--decimals", "4"), {"decimals": 4}),
        (("--round-each", "3"), {"decimals": 3}),
        (("--dtype", "exact"), {}),
    ],
)
def test_a_worksheet_is_filled_in_from_its_page_alone(session, options, rounding):
    """Computing from the worksheet alone, and rounding as it says, gives the key."""
    if "exact" in options:
        session = [word for word in session if word not in ("--dtype", "float64")]
    page = output(*session, *options, "--explain", "--blank", "shadow", "--answers", "--width", "9999", "-q")
    worksheet, key = map(workings, page.split("Key: "))
    each = 3 if "--round-each" in options else None
    found = answers(worksheet, each)
    right = [text for table in key for line in table for _, _, text in equations(line)]
    assert len(found) == len(right) == len(worksheet) * 5 * (2 if "optax" in session else 1)
    assert all(agrees(value, text, **rounding) for value, text in zip(found, right, strict=True))
