"""The compiled core reads and prints the same as Python, and leaves odd input alone."""

from __future__ import annotations

import random
import struct
from array import array
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ema_cli.core.compiled_loops import compiled
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.text.number_text import column, shortest
from tests.harness import run
from tests.native import needs_core, only

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = needs_core

SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 100))]
"""Seeds for a hundred thousand random numbers each: ten million in the long run."""

FIRST = "step,param\n"
"""A header: the columns it decides on are read in the next block."""


def texts(values: Iterable[float], name: str = "float64") -> list[str]:
    """The texts of a column, as printed by the compiled core."""
    with only(compiled=True):
        return column(shortest(dtype(name)), [*values])


def read(*cells: str) -> list[float] | None:
    """The values that the compiled core reads from a column of cells; None if it reads nothing."""
    values = array("d", bytes(8 * len(cells)))
    data = "".join(f"{cell}\n" for cell in cells).encode()
    rows = compiled(10**6).parse(data, (b"", b"\n"), (values,), array("i", bytes(8 * len(cells))))
    return None if rows is None else list(values)


def never(lines: bytes) -> None:
    """Take no lines."""
    raise AssertionError(lines)


def any_doubles(count: int, seed: int) -> list[float]:
    """Doubles of every size, from random bits."""
    return list(struct.unpack(f"{count}d", random.Random(seed).randbytes(8 * count)))


NEAR = [sign * 10.0**power * (1 + k * 2.0**-52) for sign, power, k in product((1, -1), range(-30, 30), (-1, 0, 1))]
POWERS = [2.0**power for power in range(-1074, 1024)]


@given(st.lists(st.floats(), min_size=1))
def test_any_doubles_are_printed_as_repr_prints_them(values: list[float]) -> None:
    """The texts are those of repr."""
    assert list(map(repr, values)) == texts(values)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_doubles_are_printed_and_read_back(seed: int) -> None:
    """Random bits, and numbers near powers of ten and of two, have Python's texts, and read back."""
    values = any_doubles(100_000, seed) + NEAR + POWERS
    assert list(map(repr, values)) == texts(values)
    finite = [value for value in values if value - value == 0]
    assert finite == read(*map(repr, finite))


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_as_people_write_them_are_read_as_python_reads_them(seed: int) -> None:
    """A text of any length gives the nearest double, even if it lies between two of them."""
    draw = random.Random(seed)

    def number() -> str:
        whole, rest = draw.randrange(10 ** draw.choice((9, 25))), draw.randrange(10 ** draw.randrange(1, 30))
        return f"{draw.choice(('', '-'))}{whole}.{rest}{draw.choice(('', f'e{draw.randrange(-250, 250)}'))}"

    halfway = [f"{2**53 + k}.5e{power}" for k in range(9) for power in range(-5, 20)]
    cells = [number() for _ in range(50_000)] + halfway
    assert list(map(float, cells)) == read(*cells)


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
def test_every_value_of_16_bits(name: str) -> None:
    """All 65 536 values are printed as in Python."""
    words = struct.pack("65536H", *range(65536))
    if name == "float16":
        values = struct.unpack("65536e", words)
    else:
        values = struct.unpack("65536f", struct.pack("65536I", *(word << 16 for word in range(65536))))
    assert list(map(shortest(dtype(name)), values)) == texts(values, name)


@pytest.mark.parametrize("seed", SEEDS[1:])
def test_floats_of_32_bits(seed: int) -> None:
    """They are printed as in Python, and read back."""
    values = list(struct.unpack("50000f", random.Random(seed).randbytes(200_000)))
    values += [2.0**power * (1 + k * 2.0**-23) for power in range(-126, 128) for k in (0, 1, 2, 2**23 - 1)]
    values += [2.0**-149 * k for k in range(1, 2000)]
    num = dtype("float32")
    found = texts(values, "float32")
    assert list(map(shortest(num), values)) == found
    assert [(x, text) for x, text in zip(values, found, strict=True) if x == x and num.round(float(text)) != x] == []


@pytest.mark.parametrize("value", [0.1, 5e-324, 1e300])
def test_numbers_that_a_type_does_not_have(value: float) -> None:
    """They are left to Python, which prints them by its own rules."""
    for name in ("float32", "float16", "bfloat16"):
        assert compiled(10**6).texts(array("d", [1.0, value]), name) is None
        assert compiled(10**6).lines(1, ((array("d", [value]), name, None, b"", 0),), never) is False
        assert [shortest(dtype(name))(value)] == texts([value], name)
    assert compiled(10**6).texts(array("d", [1.0]), "of another type") is None
    assert compiled(10**6).lines(1, ((array("d", [1.0]), "of another type", None, b"", 0),), never) is False


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "+1",
        ".5",
        "1.",
        "007",
        "00",
        "-",
        "1e",
        "1e+",
        "1 ",
        " 1",
        "1_0",
        "0x1",
        "inf",
        "nan",
        "NA",
        "1e400",
        "1e-400",
        "٣",
    ],
)
def test_what_is_odd_is_left_alone(cell: str) -> None:
    """A number that JSON or doubles don't have is left to Python."""
    assert read("1", cell, "2") is None


@pytest.mark.parametrize("cell", ["-0", "-0.0", "0", "0.0", "5e-324", "1.7976931348623157e308", "9223372036854775808"])
def test_what_lies_at_the_limits(cell: str) -> None:
    """The sign of zero and the least and the largest double are read as in Python."""
    assert [repr(float(cell))] == [repr(value) for value in read(cell) or ()]


CELLS = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["", "NA", "inf", " 1", '"1"', "1,5", "007", "+1", ".5", "1e999", "x", "é", "a\tb", "a\\b"]),
)
ROWS = st.lists(st.tuples(st.integers(-1, 2**63).map(str) | CELLS, CELLS, CELLS), min_size=1, max_size=8)


def both(line: str, script: str, block: int) -> tuple[object, object]:
    """The outcomes of a call with and without the compiled core."""
    from unittest.mock import patch

    found = []
    for is_compiled in (True, False):
        with only(compiled=is_compiled), patch("ema_cli.reading.source.BLOCK", block):
            found.append(run(line, script))
    return found[0], found[1]


def agree(line: str, script: str, block: int) -> None:
    """Check that a call has the same outcome with and without the compiled core; an error may stop it elsewhere."""
    native, plain = both(line, script, block)
    if plain.code in (0, 3):  # type: ignore[attr-defined]
        assert plain == native
    else:
        ends = [one.err.splitlines()[-1].removesuffix("; the output is incomplete") for one in (native, plain)]  # type: ignore[attr-defined]
        assert ends[0] == ends[1]


@example([("0", "0", "1,5")], 8, ",", "csv")  # a cell too many
@given(
    ROWS,
    st.integers(8, 80),
    st.sampled_from([",", "\t", ";"]),
    st.sampled_from(["csv", "tsv", "jsonl", "json", "table"]),
)
def test_any_table_is_read_alike(rows: list[tuple[str, str, str]], block: int, mark: str, form: str) -> None:
    """Whatever the cells are, and wherever a file is cut, both give the same bytes in every format."""
    plain = [f"{step}{mark}{1.5 * step}{mark}tag\n" for step in range(8)]
    script = f"step{mark}param{mark}kept\n{''.join(plain)}{''.join(mark.join(row) + chr(10) for row in rows)}{plain[0]}"
    agree(f"--decay 0.9 --keep --missing skip -F {form}", script, block)


@example([("0", "0", "1e999")], 8, "jsonl")
@given(ROWS, st.integers(8, 200), st.sampled_from(["csv", "jsonl"]))
def test_any_records_are_read_alike(rows: list[tuple[str, str, str]], block: int, form: str) -> None:
    """Both give the same for JSON records."""
    odd = [f'{{"step": {step}, "param": {param}, "kept": "{kept}"}}\n' for step, param, kept in rows]
    plain = [f'{{"step": {step}, "param": {1.5 * step}, "kept": "tag {step}"}}\n' for step in range(8)]
    agree(f"--decay 0.9 --keep --missing skip -F {form}", "".join([*plain, *odd, *plain]), block)


@pytest.mark.parametrize("name", ["float64", "float32", "float16", "bfloat16", "exact"])
@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl", "json"])
@pytest.mark.parametrize(
    "more", ["", "-c +round,weight,change,biased,debiased,initial-weight,action,stalled", "--digits 5"]
)
def test_every_type_and_format(name: str, form: str, more: str) -> None:
    """Both print the same bytes."""
    script = FIRST + "".join(f"{step},{(step * 7 % 13 - 6) / 8}\n" for step in range(200))
    agree(f"--decay 0.9 --dtype {name} -F {form} {more}", script, 300)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize(
    "counts",
    [
        "--rule edm2",
        "--rule optax --decay 0.9",
        "--decay 0.9 --count-from 9223372036854775608",
        "--decay 0.9 --count-from 0 --missing skip",
        "--decay 0.9 --by tag --count-from 5",
    ],
)
def test_steps_that_a_rule_counts(counts: str, form: str) -> None:
    """Both print the same steps, up to the largest and beside empty cells, and the same numbers of rounds."""
    rows = [f"{row % 3},{'' if 'missing' in counts and row % 7 == 3 else row / 8}\n" for row in range(200)]
    agree(f"{counts} --param-column param -c +round -F {form}", "tag,param\n" + "".join(rows), 300)


def test_infinities_are_texts_in_json() -> None:
    """JSON has no numbers for them."""
    script = FIRST + "0,1.7e308\n" * 30
    with only(compiled=True):
        out = run("--decay 0 --rule fixed --dtype float32 -F jsonl", script).out
    assert '"shadow": "inf"}' in out


@pytest.mark.parametrize(
    "parts",
    [
        ([],),
        (["a"],),
        (array("d", [1.0]),),
        ((array("d", [1.0]), "float64", None, b"", 0),),
        ((array("d", [1.0, 2.0]), "float64", b"\1", b"", 0),),
        ((b"1\n", array("i", [0, 1]), 0, 1, 0),),
        ((b"1\n", array("i", [0, 1, 0, 9]), 0, 1, 0),),
        ((b"1\n", array("i", [0, 1, 0, 1]), 1, 1, 0),),
        (1,),
        (range(1),),
        (range(2**70, 2**71),),
        (array("q", [1]),),
    ],
)
def test_wrong_parts_are_refused(parts: tuple[object, ...]) -> None:
    """Columns that are too short, or point outside of their block, raise an exception and are never read."""
    with pytest.raises((ValueError, TypeError, SystemError)):
        compiled(10**6).lines(2, parts, never)
