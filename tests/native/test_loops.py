"""The compiled loops compute the same as Python for every rule, type and edge case, and leave errors to Python."""

from __future__ import annotations

import math
import random
import re
from array import array
from contextlib import suppress
from itertools import product
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ema_cli.core import compiled_loops, loop_list
from ema_cli.core.advance import advance
from ema_cli.core.average import Average
from ema_cli.core.catalogue import rules
from ema_cli.core.compiled_loops import compiled
from ema_cli.core.errors import SettingError
from ema_cli.core.formula import Recurrence, column
from ema_cli.core.numbers import operations
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.numbers.pow_v8 import pow_v8
from ema_cli.core.typed_columns import scatter, select
from ema_cli.native.generate import LoopKey, sources
from tests.examples import examples
from tests.native import needs_core, only

pytestmark = needs_core

FLOATS = ("float64", "float32", "float16", "bfloat16")
EDGES = [
    *(0.0, -0.0, 5e-324, -5e-324, 1e-310, 2.0**-1022, 2.0**-126, -(2.0**-127), 2.0**-149, 2.0**-133, 2.0**-24),
    *(1e-8, -1e-8, 0.1, 1 / 3, 0.5, 1.0, -1.0, 1 + 2.0**-24, 1 + 2.0**-52, 2.0**24 + 1, 65504.0, 65519.0, 65520.0),
    *(3.4e38, 3.4028235677973366e38, 3.5e38, 1.7e308, -1.7e308, math.inf, -math.inf, math.nan),
]
SYSTEMS = [
    dtype(name, by_float32=by_float32, flush=flush)
    for name, by_float32, flush in product(FLOATS, (False, True), (False, True))
]


ANY = st.one_of(st.sampled_from(EDGES), st.floats(), st.floats(-4, 4), st.floats(width=32), st.floats(width=16))
STEPS = (
    *(st.integers(0, 20), st.integers(0, 2**56), st.integers(2**53 - 30, 2**53 + 30), st.integers(0, 2**63 - 1)),
    st.none(),
)
DECAYS = (st.none(), ANY, st.floats(0, 1) | st.none())


class Updates(NamedTuple):
    """A batch for two params, in parts for two groups."""

    params: list[array[float]]
    steps: array[int] | None
    decays: list[float | None] | None
    lengths: list[int]


@st.composite
def batches(draw: st.DrawFn) -> list[Updates]:
    """Two or three batches: usual numbers, numbers at the limits of types, steps of any size and order."""
    step, decay = draw(st.sampled_from(STEPS)), draw(st.sampled_from(DECAYS))
    ordered, found = draw(st.booleans()), []
    for _ in range(draw(st.integers(2, 3))):
        rows = draw(st.lists(st.tuples(ANY, ANY, step, decay), min_size=1, max_size=20))
        first, second, steps, decays = zip(*rows, strict=True)
        part = draw(st.integers(0, len(rows)))
        found.append(
            Updates(
                [array("d", first), array("d", second)],
                None if None in steps else array("q", sorted(steps) if ordered else steps),
                [*decays] if any(one is not None for one in decays) else None,
                [part, len(rows) - part],
            )
        )
    return found


def told(average: Average, given: list[Updates]) -> list[str]:
    """The result of an average for batches: all columns to the last bit, or the error; and its state afterwards."""
    both = [average, average.beside()]
    found = []
    for one in given:
        try:
            for rounds in advance(both, one.params, one.steps, decays=one.decays, rows=(0, 1), lengths=one.lengths):
                columns = {**rounds.columns, **rounds.registers}
                found.append(repr(({name: [*column] for name, column in columns.items()}, rounds.codes)))
        except (ArithmeticError, ValueError, IndexError) as error:
            found.append(f"{type(error).__name__}: {error}")
        found += [repr(each.state(row)) for each in both for row in range(len(each.table))]
    return found


def made(rule: str, parameters: dict[str, Any], name: str, decay: str) -> Average | None:
    """An average; None if the rule refuses the settings."""
    for stated in decay, None:
        try:
            return Average(stated, rule=rule, parameters=parameters, dtype=name)
        except (ValueError, ArithmeticError):
            continue
    return None


@pytest.mark.long
def test_every_loop_of_the_catalogue_is_compiled() -> None:
    """The core has a loop for every formula, except those that call functions of Python's."""
    core = compiled(10**6)
    assert core is not None
    missing = [key for key, *_ in loop_list.all_loops() if core.find(key) is None]
    assert [key for key in missing if not re.search(r"\b(truncate|up|down)\(", key)] == []


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("rule", rules())
@examples(3)
@given(st.data())
def test_every_rule_in_every_type(rule: str, name: str, data: st.DataObject) -> None:
    """Whatever the parameters, the decay, the params and the steps are, both give the same bits or the same error."""
    parameters = data.draw(st.sampled_from([*loop_list.settings(rules()[rule])]))
    decay, given_ = data.draw(st.sampled_from(["0.9", "0.9999", "0", "1", "0.5"])), data.draw(batches())
    found = []
    for is_compiled in False, True:
        average = made(rule, parameters, name, decay)
        if average is not None:
            with only(compiled=is_compiled):
                found.append(told(average, given_))
    assert found[:1] == found[1:]


LEFT_TO_PYTHON = {"torchao": "it draws random numbers"}
"""Rules with a formula that has no compiled loop, and the reason."""


@pytest.mark.parametrize("rule", sorted(set(rules()) - set(LEFT_TO_PYTHON)))
def test_every_rule_is_compiled(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its defaults, and a decay, a half-life or neither, no formula of a rule is left to Python."""
    left: list[str] = []
    run = compiled_loops.Loop.run

    def watch(self: compiled_loops.Loop, *arguments: Any) -> Any:
        found = run(self, *arguments)
        if found is None:
            left.append(self._key)
        return found

    monkeypatch.setattr(compiled_loops.Loop, "run", watch)
    averages = []
    for constant in loop_list.CONSTANTS:
        with suppress(SettingError):  # the rule takes no such constant, or needs one
            averages.append(Average(rule=rule, **constant))
    for average in averages:
        with only(compiled=True):
            average.advance_plain(array("d", [0.5] * 50), array("q", range(10**6, 10**6 + 50)))
    assert averages
    assert left == []


@pytest.mark.parametrize("num", SYSTEMS, ids=lambda num: num.system)
@pytest.mark.parametrize("text", ["R(p)", "fma(w, p, R(d*s))", "R(s + R(R(p - s)/w))", "R(p + R(R(s - p)*d))"])
@given(values=st.lists(st.tuples(ANY, ANY, ANY, ANY), min_size=1, max_size=20))
def test_operations_of_every_type(text: str, num: Any, values: list[tuple[float, ...]]) -> None:
    """Roundings, fused sums and products are Python's, for any arguments."""
    columns = [array("d", map(num.compute, one)) for one in zip(*values, strict=True)]
    names = ["s", "p", "d", "w"]
    given_ = [one for one, name in zip(columns, names, strict=True) if name in text]
    function = column(text, [name for name in names if name in text], num, {})
    found = []
    for is_compiled in False, True:
        with only(compiled=is_compiled):
            try:
                found.append([float.hex(x) for x in function(*given_)])
            except ZeroDivisionError:
                found.append(["divides by zero"])
    assert found[0] == found[1]


@examples(50)
@given(st.lists(st.tuples(ANY, ANY | st.integers(-300, 300).map(float)), min_size=1, max_size=20))
def test_powers(pairs: list[tuple[float, float]]) -> None:
    """Each power is that of the library in its name."""
    xs, ys = (array("d", one) for one in zip(*pairs, strict=True))
    for num in SYSTEMS:
        powers = {"P": num.power, "pow_v8": pow_v8}
        for name in ("P",) if num.digits != 53 else ("P", "pow_v8"):
            short = [num.compute(x) for x in xs], [num.compute(y) for y in ys]
            text = f"R({name}(s, p))"
            loop = compiled_loops.Loop(num.system, (), [("", text)], {})
            with only(compiled=True):
                found = loop.run({"s": array("d", short[0]), "p": array("d", short[1])}, len(pairs))
            if found is not None:
                expected = [num.round(powers[name](x, y)) for x, y in zip(*short, strict=True)]
                assert [*map(float.hex, expected)] == [*map(float.hex, found[0])]


def test_what_python_would_refuse_changes_nothing() -> None:
    """A division by zero in mid-batch is Python's error; the average is unchanged and continues."""
    for is_compiled in False, True:
        average = Average(rule="edm2")
        with only(compiled=is_compiled):
            average.advance_plain(array("d", [1.0]), array("q", [4096]))
            before = average.state()
            with pytest.raises(ValueError, match="no decay at step 0"):
                average.advance_plain(array("d", [1.0] * 3), array("q", [6144, 0, 8192]))
            assert before == average.state()


@pytest.mark.parametrize("step", [2**53 - 12, 2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1])
def test_whole_numbers_that_doubles_do_not_hold(step: int) -> None:
    """Python divides whole numbers exactly: if doubles can't, the batch is left to Python."""
    found = []
    for is_compiled in False, True:
        with only(compiled=is_compiled):
            average = Average("0.9999999999999999", rule="warmup")
            found.append(average.advance_plain(array("d", [1.0] * 4), array("q", [step] * 4)).decays)
    assert found[0] == found[1]


def test_a_formula_that_is_unknown_is_pythons() -> None:
    """A text that the core was not compiled with is computed in Python, even if only a space differs."""
    recurrence = Recurrence(["s"], [("s", "R(s*0.25 + p  )")], dtype("float64"), {})
    assert compiled(10**6).find("no such loop") is None
    with only(compiled=True):
        assert [[1.25, 2.3125]] == [list(one) for one in recurrence.run([[1.0]], {"p": array("d", [1.0, 2.0])})]


def test_a_formula_without_a_counterpart_has_no_loop() -> None:
    """Formulas that call functions of Python are left out of the source."""
    [text] = sources(
        [
            LoopKey("a", "float64", ("s",), (("s", "settle(s)"),)),
            LoopKey("b", "float64", ("s",), (("s", "s if p == 1 else [s]"),)),
            LoopKey("c", "float32 flush", ("s",), (("s", "R(s + p)"),)),
        ]
    )
    assert '"a"' not in text
    assert '"b"' not in text
    assert '{"c", "p", 1, false, loop_0}' in text
    assert "Float32<true>" in text


@given(st.lists(st.tuples(st.floats(allow_nan=False), st.booleans()), min_size=1))
def test_columns_with_gaps(pairs: list[tuple[float, bool]]) -> None:
    """Values are taken from and put into the rows of a mask."""
    values, mask = array("d", [x for x, _ in pairs]), bytes(there for _, there in pairs)
    kept = [x for x, there in pairs if there]
    for native in (True, False):
        with only(compiled=native):
            some = array("d", select(values, mask))
            assert kept == list(some)
            assert [x if there else 0.0 for x, there in pairs] == list(scatter(some, mask))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("gather", (array("d", [1.0]), b"\1\1", array("d", [0.0, 0.0]))),
        ("gather", (array("d", [1.0, 2.0]), b"\1\1", array("d", [0.0]))),
        ("scatter", (array("d", [1.0]), b"\1\1", array("d", [0.0, 0.0]))),
        ("scatter", (array("d", [1.0]), b"\1\1", array("d", [0.0]))),
        ("run", (10**6, 1, (), array("d"), ())),
        ("run", (0, -1, (), array("d"), ())),
        ("run", (0, 1, (1.0,) * 30, array("d"), ())),
        ("rise", (b"abc",)),
        ("strides", (array("q", [1, 2]), 0, array("d", [0.0]))),
    ],
)
def test_wrong_arguments_are_refused(name: str, arguments: tuple[Any, ...]) -> None:
    """Arrays that are too short raise an exception, and nothing is written past their end."""
    with pytest.raises((ValueError, TypeError)):
        getattr(compiled(10**6), name)(*arguments)


def test_the_fused_sum_is_exact() -> None:
    """On a Python without fma, the replacement gives the same."""
    draw = random.Random(3)
    triples = [[draw.choice(EDGES[:-3]) * draw.uniform(0.5, 2) for _ in range(3)] for _ in range(2000)]
    columns = [array("d", one) for one in zip(*triples, strict=True)]
    function = column("fma(w, p, R(d*s))", ["w", "p", "d", "s"], dtype("float64"), {})
    with only(compiled=True):
        found = function(columns[0], columns[1], array("d", [1.0] * 2000), columns[2])
    assert [float.hex(operations.fma64_in_parts(*one)) for one in triples] == [*map(float.hex, found)]
