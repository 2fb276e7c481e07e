"""The average that a call asks for, and a check that the printed rounds are those of that average."""

from __future__ import annotations

import csv
import io
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

from ema_cli.reading import source
from tests.fuzz import oracle
from tests.fuzz.oracle import NUMBER, call, missing_of, step_of, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fuzz.draws import Draws
    from tests.harness import Outcome

DECAYS = ["0.9", "0", "1", "0.999", "0.5", "1e-3", "0.9999999999999999", "1e-320", "0.1", "0.99", "1.0", "2/3", "1/7"]
MISSING = ["error", "skip", "hold", "rule"]


class Call(NamedTuple):
    """The average that a call asks for."""

    decay: str = "0.9"
    rule: str = "warmup"
    dtype: str = "float64"
    initial: str = "0"
    missing: str = "error"

    def options(self) -> list[str]:
        """The options that ask for it."""
        return [
            *("--decay", self.decay, "--rule", self.rule, "--dtype", self.dtype, "--initial", self.initial),
            *("--missing", self.missing, "-F", "csv"),
        ]


def drawn_call(draws: Draws) -> Call:
    """A random average."""
    decay, rule = draws.pick(DECAYS), draws.pick(["warmup", "fixed"])
    dtype, initial = (
        draws.pick([*oracle.TYPES, "exact"]),
        draws.pick(["0", "-0", "1", "-2.5", "1e300", "5e-324", "-7/9"]),
    )
    return Call(decay, rule, dtype, initial, draws.pick(MISSING))


def double(text: str) -> float:
    """The float64 nearest to a number or a fraction."""
    return float(Fraction(text)) if "/" in text else float(text)


def records(text: str) -> list[dict[str, str]]:
    """The records of CSV."""
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def holds(made: Call, outcome: Outcome, written: bytes | None = None) -> None:
    """Check that the printed rounds are those of the steps and params beside them, with `written` also as they were
    written.
    """
    rows = records(outcome.out)
    header = list(rows[0])
    steps = (
        [None if not row["step"] else step_of(row["step"]) for row in rows] if "step" in header else [None] * len(rows)
    )
    shadows = [name for name in header if name == "shadow" or name.endswith(".shadow")]
    for shadow in shadows:
        prefix = shadow.removesuffix("shadow")
        param = prefix[:-1] if prefix else "param"
        decay = f"{prefix}decay" if f"{prefix}decay" in header else "decay"
        values = [params_of(made, row[param]) for row in rows]
        if written is not None:
            assert all(row[param].encode() in written and row["step"].encode() in written for row in rows)
        agree(made, list(zip(steps, values, strict=True)), [(row[decay], row[shadow]) for row in rows])


def params_of(made: Call, text: str) -> float | Fraction | None:
    """The value of a printed cell."""
    if made.missing == "rule" and not NUMBER.fullmatch(text):
        return missing_of(text)
    if made.missing == "skip" and not NUMBER.fullmatch(text):
        return None
    return Fraction(text) if made.dtype == "exact" else value_of(text)


def agree(made: Call, rows: Sequence[tuple[int | None, Any]], printed: Sequence[tuple[str, str]]) -> None:
    """The printed decays and shadows are right: bit for bit, and close to the exact ones."""
    warms = made.rule == "warmup"
    finite = [(step, None if value is None or value - value != 0 else Fraction(value)) for step, value in rows]
    exact = oracle.exactly(Fraction(made.decay), Fraction(made.initial), warms, finite)
    if made.dtype == "exact":
        assert [(f"{row.decay if row.decay is not None else ''}", f"{row.shadow}") for row in exact] == list(printed)
        return
    expected = oracle.floating(made.dtype, double(made.decay), double(made.initial), warms, rows)
    for row, (decay, shadow) in zip(expected, printed, strict=True):
        assert ("" if row.decay is None else repr(row.decay)) == decay, (row, decay)
        held = float(shadow)
        rounded = oracle.to(made.dtype, held)
        assert repr(row.shadow) == repr(rounded), (row, shadow)
    if all(value is None or value - value == 0 for _, value in rows):
        bits, least, _ = oracle.TYPES[made.dtype]
        largest = max([abs(Fraction(made.initial)), *(abs(value) for _, value in finite if value is not None)])
        doubles = [(step, None if value is None else Fraction(float(value))) for step, value in finite]
        truth = oracle.exactly(Fraction(double(made.decay)), Fraction(double(made.initial)), warms, doubles)
        assert oracle.close(expected, truth, largest, bits, Fraction(2) ** (least - bits + 1))


REMARKS = re.compile(
    "has several values|counts up|runs backwards|reverses the file|resumed there|several series|in the first rows"
    "|may stand for|with marks"
)
ROLES = re.compile("step from|param from|no step|is taken for")


def alike(whole: Outcome, pieces: Outcome) -> bool:
    """True if input in one piece and in several had the same result.

    Of several mistakes the first one is reported; the kind of a file and of its columns is judged by the first rows, of
    which a piece may have few.
    """
    if {whole.code, pieces.code} <= {1, 2}:  # a mistake of the file, or of the options beside it
        return True
    if pieces.code != whole.code:
        return False
    first, other = _told(whole), _told(pieces)
    if [*filter(ROLES.search, first)] != [*filter(ROLES.search, other)]:
        return True
    return (whole.out, first) == (pieces.out, other)


def _told(outcome: Outcome) -> list[str]:
    """The sentences on stderr, except remarks on the values of a column, which depend on the rows read so far."""
    return sorted(text for text in re.split("; |\n", outcome.err) if not REMARKS.search(text))


def broken(draws: Draws, average: Call, options: Sequence[str], data: bytes) -> None:
    """Arbitrary input: no traceback, the same result however it arrives, and right if it is accepted."""
    outcome = call(options, data)
    with patch.object(source, "BLOCK", 2 + draws.below(8)):  # a byte order mark arrives as a whole
        pieces = call(options, data)
    assert alike(outcome, pieces), (outcome, pieces, data)
    if outcome.code == 0:  # an escape or a held value may stand for what is written, and a point for a decimal comma
        other = average.missing == "hold" or b"{" in data or b"\x00" in data
        holds(average, outcome, None if other else data.replace(b'""', b'"') + data.replace(b",", b"."))
