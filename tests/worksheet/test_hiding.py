"""Worksheets give nothing away: a hidden number appears nowhere else."""

import re
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ema_cli.core.catalogue import rules
from ema_cli.report import column_specs
from tests.examples import examples
from tests.harness import output, run

COLUMNS = "round,step,param,decay,weight,shadow,change,gap,biased,debiased,initial-weight"

READ_OFF = {
    "decay": ["decay", "weight", "initial-weight"],
    "weight": ["weight"],
    "shadow": ["shadow", "change", "gap", "biased", "debiased"],
    "change": ["change"],
    "gap": ["gap"],
    "biased": ["biased"],
    "debiased": ["debiased"],
    "initial-weight": ["initial-weight"],
    "working": ["decay", "weight", "shadow", "change", "gap"],
}
"""For each kind of column, the columns of the same round that hold or reveal its values."""

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?:/\d+)?(?![\w.])")


def table(page):
    """The cells of a Markdown table, a list for each heading."""
    lines = [re.split(r"\s*(?<!\\)\|\s*", line)[1:-1] for line in page.splitlines() if line.startswith("| ")]
    return {heading: [row[place] for row in lines[1:]] for place, heading in enumerate(lines[0])}


def texts(format_, page):
    """All numbers that can be read on a page, including text for some readers only; fractions in plain text."""
    if format_ in ("svg", "html"):
        page = re.sub(r"<style>.*?</style>|<(path|rect|clipPath|text [^>]*text-anchor).*?>", " ", page, flags=re.S)
        page = re.sub(r"<mfrac><mn>(\d+)</mn><mn>(\d+)</mn></mfrac>", r" \1/\2 ", page)
        page = re.sub(r"<[^>]*?(?:aria-label=\"([^\"]*)\"[^>]*)?>", r" \1 ", page).replace("&#160;", " ")
    if format_ == "latex":
        page = re.sub(r"\\phantom\{[^}]*\}", "", page)
        page = re.sub(r"\\frac\{(\d+)\}\{(\d+)\}", r" \1/\2 ", page)
        page = re.sub(r" \\cdot 10\^\{(-?\d+)\}", r"e\1", page)
    return {text.lstrip("-") for text in NUMBER.findall(page.replace("−", "-"))}


def long(text):
    """True if a number has so many digits that it appears nowhere else by chance."""
    return "/" in text or len(re.sub(r"e.*|\D", "", text).strip("0")) >= 5


steps = st.sampled_from([3, 17, 101, 5000])
params = st.integers(1001, 9999).map(lambda n: f"{n % 97}.{n}7")
averages = st.lists(
    st.sampled_from(
        [
            ("--decay", "0.8713"),
            ("--decay", "0.9127"),
            ("--rule", "fixed"),
            ("--rule", "warmup"),
            ("--rule", "torch-ema"),
            ("--rule", "optax"),
            ("--rule", "rlax"),
            ("--rule", "tensorflow"),
            ("--rule", "pandas"),
            ("--rule", "mmengine:interval=2"),
            ("--dtype", "float64"),
            ("--dtype", "float32"),
        ]
    ),
    min_size=1,
    max_size=3,
    unique=True,
)


@example(  # one round later, the other average has had as many updates
    averages=[("--decay", "0.8713"), ("--rule", "fixed"), ("--rule", "mmengine:interval=2")],
    script=[(3, "33.10037"), (5000, "31.10017"), (5000, "32.10027")],
    kind="initial-weight",
    rounds="",
    which=0,
    rounding=(),
    format_="table",
    explain=False,
)
@example(  # round 2 is skipped, and shows what round 1 shows
    averages=[("--rule", "mmengine:interval=2")],
    script=[(5000, "31.10017"), (3, "32.10027")],
    kind="biased",
    rounds=":2",
    which=0,
    rounding=(),
    format_="table",
    explain=False,
)
@examples(60)
@given(
    averages=averages,
    script=st.lists(st.tuples(steps, params), min_size=2, max_size=6, unique_by=lambda update: update[1]),
    kind=st.sampled_from(sorted(READ_OFF)),
    rounds=st.sampled_from(["", ":1", ":2", ":1..2", ":1,2"]),
    which=st.integers(0, 3),
    rounding=st.sampled_from([(), ("--digits", "6"), ("--decimals", "4"), ("--round-each", "5")]),
    format_=st.sampled_from(["table", "markdown", "latex", "html", "svg"]),
    explain=st.booleans(),
)
def test_a_hidden_value_can_be_read_off_nowhere(averages, script, kind, rounds, which, rounding, format_, explain):
    """It is in no column of any average, nor in the working, nor in the description of the chart."""
    options = [word for option in averages for word in option]
    if "--decay" not in options:
        options += ["--decay", "0.8713"]
    options += [*rounding, "-q"]
    pieces = [f"{step}:{param}" for step, param in script]
    whole = table(output(*options, *pieces, "-c", COLUMNS, "-F", "markdown"))
    own = [heading for heading in whole if heading.partition(" ")[0] == "shadow"]
    label = own[which % len(own)].partition(" ")[2].replace("\\", "")
    named = f"{kind}[{label}]" if label else kind
    added = ["--explain", "-c", COLUMNS] if explain or kind == "working" else ["-c", COLUMNS]
    page = output(*options, *pieces, *added, "-F", format_, "--blank", f"{named}{rounds}")
    covered = range(1, len(whole["round"])) if not rounds else [n for n in (1, 2) if str(n) in rounds or ".." in rounds]
    words = {"decay": "effective decay", "gap": "param - shadow", "initial-weight": "initial weight"}
    headings = [f"{words.get(one, one)} {label}".strip().replace(".", ".") for one in READ_OFF[kind]]
    cells = {re.sub(r"\\", "", heading): column for heading, column in whole.items()}
    if kind in ("change", "initial-weight"):  # from zero it is the shadow itself, and from 1 it is the decay
        before = cells[headings[0].replace("change", "shadow")]
        covered = [number for number in covered if Fraction(before[number - 1] or 1) not in (0, 1)]
    # A skipped round shows what the one before shows, if that is not covered.
    idle = [not decay for decay in cells[f"effective decay {label}".strip()]]
    covered = [number for number in covered if not (idle[number] and number - 1 not in covered and number > 1)]
    hidden = {cells[heading][number].lstrip("-") for heading in headings for number in covered}
    givens = {text.lstrip("-") for heading in ("step", "param", "round") for text in cells[heading]}
    givens |= {column[0].lstrip("-") for column in cells.values()}
    assert set() == {text for text in hidden - givens if long(text)} & texts(format_, page)


def test_each_column_says_what_it_reveals():
    """A column that reveals no other is named here, so that a new column needs a decision."""
    silent = {"round", "step", "time", "elapsed", "param", "action", "working"}
    assert {name for name, column in column_specs.COLUMNS.items() if not column.reveals} == silent


VALUES = ("1.375", "-2.8125", "10.0625", "3.4375", "7.15625", "0.90625", "5.21875")


@pytest.mark.parametrize("options", ["", "--update-every 2"])
@pytest.mark.parametrize("rule", rules())
def test_no_shadow_of_a_rule_stands_anywhere(rule, options):
    """That is so for any working, and even if a read-out repeats values."""
    given = ["--rule", rule, *(["--decay", "0.83"] if rules()[rule].needs_decay else []), *options.split()]
    line = [*given, *(f"{step}:{value}" for step, value in enumerate(VALUES, 1))]
    if run([*line, "-q"]).code:
        line = [*given, *(f":{value}" for value in VALUES)]
    told = run([*line, "-c", "shadow", "-F", "markdown", "-q"])
    if told.code:
        pytest.skip(told.err)
    shadows = {*re.findall(r"^\| +(-?\d+\.\d{5,}) +\|", told.out, re.MULTILINE)} - {*VALUES}
    page = output(*line, "--explain", "--blank", "shadow", "--summary", "-q", "--width", "300")
    assert [] == sorted(shadows.intersection(NUMBER.findall(page)))
