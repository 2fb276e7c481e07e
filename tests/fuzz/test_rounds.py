"""Rounds of every rule: each follows from the one before by its decay, however the script is written and cut."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from math import inf, isfinite, nan
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

from ema_cli.core.average import Average
from ema_cli.core.catalogue import rule as find_rule
from ema_cli.core.catalogue import rules
from ema_cli.core.numbers.arithmetic_parser import LONGEST
from ema_cli.reading import source
from tests.fuzz import oracle
from tests.fuzz.calls import alike, records
from tests.fuzz.draws import generated
from tests.fuzz.oracle import call
from tests.test_invariants import hides

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.numbers.dtypes import Dtype
    from tests.fuzz.draws import Draws

GRADIENT = "keras-overwrite"
"""Rules whose param is moved by gradients."""

AHEAD = "tensorboard"
"""The rule that shows points unchanged if all of them are equal."""

OTHERWISE = frozenset(
    [
        *("pandas", "pandas-times", "polars-ewm-mean", "ta", "pandas-ta-rma"),  # a mean of weighted values
        *("caffe-batchnorm", "clickhouse", "clickhouse-decayed"),  # a sum, divided when it is shown
        *("wandb", "pyspark", "numbagg"),  # the same
        *("torch-adam-sq", "keras-adam-sq", "arch"),  # squares
        *("linux-loadavg", "linux-srtt", "hotspot"),  # whole numbers
        *("dropwizard", "vividcortex", "vividcortex-variable"),  # another unit, or a start of its own
    ]
)
"""Rules whose accumulator is not decay x before + (1 - decay) x param."""

SHOWN_OTHERWISE = frozenset(
    [
        *("tensorflow-debias", "paddledetection"),  # divided by what a constant decay would have left
        "progressbar2-double",  # twice the average, without the average of it
        "rlax",  # divided by what the decays have not left in float32
    ]
)
"""Rules that debias in another way than by the product of the decays."""

WEIGHT_IN_FLOAT32 = "tf-keras-batchnorm"
"""The rule that computes its weight in float32, whatever the type."""

COPY_FIRST = "ema-pytorch"
"""The rule that copies the first param and then moves towards the others."""

FORMATS = ["csv", "tsv", "json", "jsonl", "markdown", "latex", "html", "svg", "table"]

RULES = [name for name in rules() if name not in (GRADIENT, AHEAD, *OTHERWISE) and not hides(name)]


class Told(NamedTuple):
    """The values of a round of one average of one param."""

    param: Fraction
    action: str
    decay: float | Fraction | None
    biased: float | Fraction
    shadow: float | Fraction


def script(draws: Draws, stepped: bool, width: int) -> list[tuple[str, list[str]]]:
    """Updates with or without steps, which leave gaps and go back."""

    def number() -> str:
        return draws.number() if draws.seldom() else f"{draws.below(4000) / 8 - 250:g}"

    place = draws.below(50)
    updates = []
    for _ in range(1 + draws.below(10)):
        place = draws.below(100) if draws.seldom() else place + draws.pick([1, 1, 1, 0, 2, 17, 1000])
        updates.append((str(place) if stepped else "", [number() for _ in range(width)]))
    return updates


@generated(100)
def test_every_rule(draws: Draws) -> None:
    """In each round of each rule, the accumulator is decay x before + (1 - decay) x param, to a few roundings."""
    names = list(dict.fromkeys(draws.pick(RULES) for _ in range(1 + draws.below(2))))
    width, dtype, initial = (
        1 + draws.below(3),
        draws.pick([None, *oracle.TYPES, "exact"]),
        draws.pick(["0", "1", "-2.5", "1/3"]),
    )
    updates = script(draws, draws.often(), width)
    line = ["-q", "-F", "csv", "-c", "param,action,decay,biased,shadow"]
    stated = draws.pick(["0.9", "0.999", "0", "1", "0.5", "2/3"])
    if draws.often() or any(find_rule(name).needs_decay for name in names):
        line += ["--decay", stated]
    line += [part for name in names for part in ("--rule", name)] + ([] if dtype is None else ["--dtype", dtype])
    if draws.often() and all(find_rule(name).start == "initial" for name in names):
        line += [f"--initial={initial}"]
    else:
        initial = "0"
    line += ["--count-from", str(draws.below(100))] if updates[0][0] == "" and draws.seldom() else []
    outcome = call([*line, "--", *(f"{step}:{','.join(values)}" for step, values in updates)])
    if outcome.code:
        return
    rows = list(csv.DictReader(io.StringIO(outcome.out)))
    assert len(updates) == len(rows)
    labels = [column.removeprefix("decay") for column in rows[0] if column.startswith("decay")]
    for name, label in zip(names, labels, strict=True):
        for place in range(width):
            before = f"param{place + 1}." if width > 1 else ""
            takes = "--decay" in line and find_rule(name).decay is not None
            average = Average(stated if takes else None, rule=name, dtype=dtype)
            texts = [values[place] for _, values in updates]
            told = [_told(average, row, text, before, label) for row, text in zip(rows, texts, strict=True)]
            held = Fraction(average.input_dtype.load(initial))
            _follows(average, held, told, counted=not updates[0][0] and "--count-from" not in line)


def _told(average: Average, row: dict[str, str], param: str, before: str, label: str) -> Told:
    """The values of a row, read from its texts in their types."""

    def number(dtype: Dtype, column: str) -> Any:
        text = row[column]
        return None if not text else Fraction(text) if dtype.digits is None else dtype.round(float(text))

    given = average.program.load([Fraction(param)])[0]  # as the type of the params holds it
    return Told(
        Fraction(given if isfinite(given) else param),
        row[f"{before}action{label}"],
        number(average.decay_dtype, f"decay{label}"),
        number(average.dtype, f"{before}biased{label}"),
        number(average.dtype, f"{before}shadow{label}"),
    )


def _follows(average: Average, initial: Fraction, told: Sequence[Told], *, counted: bool) -> None:
    """Check that each round follows from the one before, whose printed value is the carried one, in fractions
    exactly.

    If the rounds are counted from the first, debiasing divides by 1 - what the decays have left.
    """
    entry, dtype = average.rule, average.dtype.name
    unit, smallest, most = Fraction(0), Fraction(0), 10**4
    if dtype != "exact":
        bits, least, most = oracle.TYPES[dtype]
        smallest = Fraction(2) ** least  # subnormal values may be flushed
        weights = "float32" if entry.name == WEIGHT_IN_FLOAT32 else average.decay_dtype.name
        unit = Fraction(1, 2 ** min(bits, oracle.TYPES[weights][0]))
    carried = initial if entry.start == "initial" else Fraction(0)
    left = Fraction(1)
    for number, round_ in enumerate(told):
        largest = max(abs(carried), abs(round_.param))
        if not isfinite(round_.biased) or largest * 4 > Fraction(2) ** most:
            return  # beyond the range there is nothing to compare
        if number == 0 and (entry.start in ("first", "none") or entry.name.startswith(COPY_FIRST)):
            carried = Fraction(round_.biased)
            continue
        if round_.action == "copy":
            expected = round_.param
        elif round_.action == "skip":
            expected = carried
        else:
            assert round_.decay is not None
            decay = Fraction(round_.decay)
            assert 0 <= decay <= 1
            expected = decay * carried + (1 - decay) * round_.param
            left *= decay
        error = abs(Fraction(round_.biased) - expected)
        assert error <= 8 * unit * largest + 4 * smallest, (entry.name, dtype, number, float(expected), round_)
        if average.readout is None:
            assert round_.shadow == round_.biased
        elif counted and entry.name not in SHOWN_OTHERWISE and 1 - left > 64 * (number + 2) * unit:
            allowed = 8 * (number + 2) * unit * largest / (1 - left) ** 2 + 8 * smallest / (1 - left)
            shown = Fraction(round_.biased) / (1 - left)
            assert abs(Fraction(round_.shadow) - shown) <= allowed, (entry.name, dtype, number, float(shown), round_)
        carried = Fraction(round_.biased)


@generated(35)
def test_resumed(draws: Draws) -> None:
    """A script in pieces, files and pipes that continues from a printed shadow gives the same rounds."""
    rule, dtype = draws.pick(["warmup", "fixed", "tensorflow"]), draws.pick([*oracle.TYPES, "exact"])
    updates = script(draws, rule != "tensorflow" or draws.often(), 1 + draws.below(2))
    pieces = [f"{step}:{','.join(values)}" for step, values in updates]
    line = ["-q", "-F", "csv", "--rule", rule, "--dtype", dtype, "--decay", draws.pick(["0.9", "0.999", "0.25", "2/3"])]
    whole = call([*line, "--", *pieces])
    if whole.code:
        assert "4300 digits" in whole.err, whole
        return
    cut = draws.below(len(updates))
    rows = "".join(
        f"{step},{','.join(values)}\n" if step else f"{','.join(values)}\n" for step, values in updates[cut:]
    )
    if updates[0][0] or len(updates[0][1]) == 1:  # without a step, the first of several columns would be one
        assert whole == call([*line, "--header", "no", "--", *pieces[:cut], "-"], rows.encode())
    if cut:
        last = records(whole.out)[cut - 1]
        shadows = [text for column, text in last.items() if column.endswith("shadow")]
        if dtype != "exact" and not all(isfinite(float(text)) for text in shadows):
            return
        rest = call([*line, f"--initial={','.join(shadows)}", "--", *pieces[cut:]])
        if rest.code:  # a long fraction is refused, a whole number is not
            assert max(map(len, shadows)) > LONGEST
            assert "arithmetic has at most" in rest.err
            return
        assert records(whole.out)[cut:] == records(rest.out)


@generated(35)
def test_thinned(draws: Draws) -> None:
    """--every K keeps the first round, each Kth and the last, and leaves them unchanged."""
    updates = script(draws, draws.often(), 1)
    every, form = 1 + draws.below(12), draws.pick(["csv", "tsv", "jsonl", "markdown"])
    pieces = [f"{step}:{values[0]}x{1 + draws.below(9)}" for step, values in updates]
    line = ["-q", "--decay", "0.9", "-F", form, "--", *pieces]
    head = {"csv": 1, "tsv": 1, "jsonl": 0, "markdown": 4}[form]
    whole = call(line).out.split("\n")[head:-1]
    some = call(["--every", str(every), *line]).out.split("\n")[head:]
    if form == "markdown":  # which has round 0, and a sentence below
        rows = [place for place in range(len(whole)) if place % every == 0 or place == len(whole) - 1]
        shown = [row for row in some if row.startswith("|")]
        squeezed = [[row.split() for row in rows] for rows in ([whole[place] for place in rows], shown)]
        assert squeezed[0] == squeezed[1]
    else:
        rows = [place for place in range(len(whole)) if place in (0, len(whole) - 1) or (place + 1) % every == 0]
        assert [whole[place] for place in rows] == some[:-1]


@generated(35)
def test_arriving(draws: Draws) -> None:
    """A script read at once gives the same output as one read bit by bit, for any rules and formats."""
    names = list(dict.fromkeys(draws.pick(list(rules())) for _ in range(1 + draws.below(2))))
    line = ["-F", draws.pick(FORMATS), "--missing", draws.pick(["skip", "skip", "hold", "rule"])]
    line += [part for name in names for part in ("--rule", name)]
    line += ["--decay", "0.9"] if draws.often() or any(find_rule(name).needs_decay for name in names) else []
    line += ["--dtype", draws.pick([*oracle.TYPES, "exact"])] if draws.often() else []
    line += [f"--initial={draws.pick(['first', '1', '2,3'])}"] if draws.below(4) == 0 else []
    more = ["--explain", "--keep", "--every 3", "--count-from 5", "--digits 4", "--plot"]
    more += ["-c action,change,gap", "-c exact,error-ulps,stalled", "-c +biased,debiased,initial-weight,weight"]
    more.append(draws.pick(["--summary", "--check b"]))
    line += [word for one in dict.fromkeys(draws.pick(more) for _ in range(draws.below(4))) for word in one.split()]

    def cell() -> str:
        return draws.pick(["", "nan", "inf"]) if draws.below(4) == 0 else draws.number()

    rows = [(step, cell(), cell()) for step, _ in script(draws, draws.often(), 1)]
    if draws.often():
        header = draws.pick(["step,a,b\n", "epoch,a,b\n", ""]) if rows[0][0] else "a,b\n"
        text = header + "".join(",".join(row[not row[0] :]) + "\n" for row in rows)
    else:
        values = {"nan": nan, "inf": inf, "": None}
        records = [{"step": step, "a": a, "b": b} for step, a, b in rows]
        found = [
            {
                name: values[cell] if cell in values else float(cell)
                for name, cell in record.items()
                if name != "step" or cell
            }
            for record in records
        ]
        text = "".join(json.dumps(record) + "\n" for record in found)
    outcome = call(line, text.encode())
    with patch.object(source, "BLOCK", 1 + draws.below(40)):
        pieces = call(line, text.encode())
    assert alike(outcome, pieces), (line, text, outcome.err, pieces.err)
