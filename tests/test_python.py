"""The Python interface, as other people's code uses it."""

from __future__ import annotations

import copy
import pickle
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from math import inf, isnan
from typing import TYPE_CHECKING, Any

import pytest

import ema_cli
from ema_cli import DTYPES, Average, SettingError, decays, rules
from tests.typing import consumer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Scalar:
    """A number like numpy's: it converts itself, and computes by its own rules, not Python's."""

    def __init__(self, value: float) -> None:
        self.value = value

    def item(self) -> float:
        return self.value

    def __float__(self) -> float:
        return float(self.value)

    def __index__(self) -> int:
        return int(self.value)

    def __add__(self, other: object) -> float:
        raise OverflowError("computed in a foreign type")

    __radd__ = __mul__ = __rmul__ = __sub__ = __rsub__ = __add__


class Series:
    """A column like pandas': indexed by labels, compared value by value, and neither true nor false."""

    def __init__(self, values: list[Any]) -> None:
        self.values = values

    def tolist(self) -> list[Any]:
        return self.values

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Scalar]:
        return map(Scalar, self.values)

    def __getitem__(self, label: object) -> object:
        raise KeyError(label)

    def __eq__(self, other: object) -> Any:
        return Series([])

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise ValueError("the truth of a Series is ambiguous")


def convertible(name: str) -> Callable[[list[Any]], Any]:
    """Make a class of columns that can only be converted to a list."""
    return lambda values: type("Column", (), {name: lambda self: values})()


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16", "exact"])
@pytest.mark.parametrize(
    "make",
    [
        *(Series, tuple, iter, lambda values: [Scalar(value) for value in values]),
        *map(convertible, ("tolist", "to_list", "to_pylist")),
    ],
)
def test_columns_of_other_packages(make: Any, dtype: str) -> None:
    """A Series, an array, a tuple, an iterator or foreign scalars give the same as a list of Python's numbers."""
    params, steps = [1.0, 10.0, -2.5], [0, 100, 101]
    expected = Average(0.99, dtype=dtype).advance(params, steps)
    found = Average(0.99, dtype=dtype).advance(make(params), make(steps))
    assert list(expected) == list(found)
    assert {type(value) for value in expected.shadows} == {type(value) for value in found.shadows}


def test_a_series_twice() -> None:
    """The steps of two batches are compared as values, whatever type they came in."""
    one, two = Average(0.9), Average(0.9)
    for _ in range(2):
        one.advance(Series([1.0, 2.0]), Series([0, 1]))
        two.advance([1.0, 2.0], [0, 1])
    assert two.shadow == one.shadow


def test_scalars_as_settings() -> None:
    """A foreign scalar can be a decay, an initial value, a param and a step."""
    foreign = Average(Scalar(0.5), rule="warmup", dtype="exact", initial=Scalar(3.0))  # type: ignore[arg-type]
    assert Fraction(33, 5) == foreign.update(Scalar(7.0), 0).shadow  # type: ignore[arg-type]
    assert decays("torch-ema", Scalar(2), decay=0.9) == decays("torch-ema", 2, decay=0.9)


@pytest.mark.parametrize("dtype", ["float64", "float32", "exact"])
def test_text_is_taken_in_one_grammar(dtype: str) -> None:
    """A param may be text, as in a file; what is not a number there is not a number here, in any dtype."""
    assert [1.0, 2.5] == Average(0, rule="fixed", dtype=dtype).advance(["1", "2.5"]).shadows
    for text in ["1_000", "nan", " 1", "x"]:
        with pytest.raises(SettingError, match="is not a number"):
            Average(0.9, dtype=dtype).advance([1.0, text])


@pytest.mark.parametrize("steps", [[-1], [1.5], [float("nan")], [2**63], ["3"], [[1]]])
def test_bad_steps(steps: list[Any]) -> None:
    """An invalid step is an error that says what a step is."""
    with pytest.raises(SettingError, match=r"a step is a whole number from 0 to 2\^63 - 1, not "):
        Average(0.9).advance([1.0], steps)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Average(0.9).advance(5), "params and steps are columns, such as [1.0, 2.0], not '5'"),
        (lambda: Average(0.9).advance("12"), "params and steps are columns, such as [1.0, 2.0], not '12'"),
        (lambda: Average(0.9).advance([[1.0]]), "a param must be a number, its text or None, not '[1.0]'"),
        (lambda: Average(0.9).advance(["x"]), "param 'x' is not a number"),
        (
            lambda: Average("0.9", dtype="exact").advance(["1e5000"]),
            "param '1e5000' has more than 4300 digits, too many for exact fractions",
        ),
        (lambda: Average(0.9).update(10**400), "a param is beyond the range of float64, about 1.8e308"),
        (lambda: Average([1]), "decay '[1]' is not a number"),
        (lambda: Average(10**400), f"decay 1{'0' * 19}...{'0' * 10} is not finite"),
        (lambda: Average(0.9, initial="x"), "initial 'x' is not a number"),
        (lambda: Average(0.9, initial="mean"), "initial 'mean' is not a number"),
        (lambda: Average(0.9, initial=[1]), "initial must be a number or its text, not '[1]'"),
        (lambda: Average(0.9, count_from=1.5), "count_from must be a whole number, not '1.5'"),
        (lambda: Average(0.9, count_from=-1), "count_from must be between 0 and 9223372036854775807, not -1"),
        (lambda: Average(0.9, update_every=0), "update_every must be between 1 and 9223372036854775807, not 0"),
        (
            lambda: Average(rule="mmcv", update_every=2),
            "rule mmcv has its own interval; give mmcv:interval=2",
        ),
        *(
            (
                lambda count=count: Average(0.9, initial=f"mean:{count}"),
                f"initial mean:N takes the mean of the first N params, not of '{count}'",
            )
            for count in ("0", "x", "", "1.5", str(2**63))
        ),
        (
            lambda: Average(rule="torch", half_life="5min"),
            "rule torch counts rounds, so it can't use a half-life in time, 5min; "
            "rule elapsed can, with --time-column NAME",
        ),
        (
            lambda: Average(rule="wandb", half_life="5min"),
            "rule wandb counts the time in seconds, so its half-life takes no unit; give --half-life 300",
        ),
        (
            lambda: Average(0.9, rule="levanter-decay-sqrt", dtype="exact"),
            "rule levanter-decay-sqrt has a decay that is not a fraction, so dtype exact can't hold it; "
            "use float64, float32, float16, bfloat16",
        ),
        (lambda: Average(1, rule="pandas"), "rule pandas is not defined for decay 1: it would divide by zero"),
        (
            lambda: Average(rule="ta-lib", initial="mean:3"),
            "rule ta-lib sets the start of its shadow: it takes no mean of the first params",
        ),
        (lambda: Average(0.9, round_each="2"), "round_each must be a whole number, not '2'"),
        (lambda: Average(0.9, round_each=301), "round_each must be between 0 and 300, not 301"),
        (lambda: Average(0.9, rule=5), "a rule is given by its name, not as '5'"),
        (lambda: Average(0.9, dtype=float), "no dtype 'float'; there are float64, float32, float16, bfloat16, exact"),
        (lambda: Average(), "rule warmup needs a decay: give one of decay, half_life, span, com, alpha, leaves"),
        (lambda: decays("torch", -1), "steps must be between 0 and 9223372036854775807, not -1"),
        (lambda: decays("torch", 1.5), "steps must be a whole number, not '1.5'"),
    ],
)
def test_errors_name_the_argument(make: Callable[[], object], message: str) -> None:
    """A wrong argument is an error that names it."""
    with pytest.raises(SettingError) as caught:
        make()
    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("rule", "where"),
    [("tf-models", "zero"), ("cumulative", "the first param"), ("ta-lib", "the mean of the first params")],
)
def test_a_rule_that_starts_by_itself(rule: str, where: str) -> None:
    """A rule that starts its shadow itself takes no initial value, and says where it starts."""
    for initial in (5, "first"):
        if (rule, initial) != ("cumulative", "first"):
            with pytest.raises(SettingError, match=f"^rule {rule} starts its shadow at {where}: it takes no initial"):
                Average(rule=rule, initial=initial)
    assert None is Average(rule="cumulative", initial="first").initial


def test_settings_at_the_ends_of_their_ranges() -> None:
    """A shadow may be rounded to whole numbers, counters may begin at 0, and a mean may have one param or very many."""
    assert [2.0] == Average(0.5, rule="fixed", round_each=0).advance([3.0]).shadows
    assert 300 == Average(0.5, round_each=300).round_each
    assert [0.1] == Average(0.9, count_from=0).advance([1.0]).decays
    assert [2.0, 3.0] == Average(0.5, rule="fixed", initial="mean:1").advance([2.0, 4.0]).shadows
    assert [None] == Average(0.5, rule="fixed", initial=f"mean:{2**63 - 1}").advance([2.0]).shadows
    assert [True, False, False] == [
        Average(0.5, rule="elapsed").takes_time,
        *(Average(rule=rule).takes_time for rule in ("sma", "torch")),
    ]


def test_rounds_are_a_sequence() -> None:
    """The rounds of a batch have a length, an order, indexes from both ends, and a description."""
    average = Average(0.5, rule="fixed")
    average.update(2.0)
    rounds = average.advance([3.0, 4.0], [7, 8])
    assert [2, 3] == [each.round for each in rounds]
    assert list(rounds) == [rounds[0], rounds[1]] == [rounds[-2], rounds[-1]]
    with pytest.raises(IndexError):
        rounds[2]
    assert "<Rounds 2..3: shadow 1.0 -> 3.0>" == repr(rounds)
    assert "<Rounds: none>" == repr(average.advance([]))
    assert "copy" == Average(rule="torch").advance([1.0])[0].action


def test_an_average_shows_where_it_stands() -> None:
    """Printing an average shows its settings and its shadow; printing a rule, its name."""
    average = Average(half_life=3, rule="optax")
    assert "<Average: half-life 3, rule optax, float32: no round yet>" == repr(average)
    average = Average(0.99)
    average.update(1.0, 0)
    assert "<Average: decay 0.99, rule warmup, float64: 1 round, shadow 0.9>" == repr(average)
    assert "<Average: rule torch-swa, float32: no round yet>" == repr(Average(rule="torch-swa"))
    assert "<Rule optax: optax.ema>" == repr(rules()["optax"])


def forked(average: Average) -> list[Average]:
    """The copies that Python makes of an average."""
    return [copy.copy(average), copy.deepcopy(average), pickle.loads(pickle.dumps(average))]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", rules())
def test_a_fork_goes_on_as_the_original(name: str, dtype: str) -> None:
    """A copied or stored average continues like the original, and leaves it unchanged."""
    rule = rules()[name]
    for settings in ({}, {"initial": "first"}, {"round_each": 3}):
        try:
            average = Average(0.9 if rule.needs_decay else None, rule=name, dtype=dtype, **settings)
        except SettingError:  # the rule has no such dtype, or takes no initial value
            continue
        counted = average.counter is not None and average.counter.first is None
        average.advance([1.0, 2.5, -3.0, 0.1], range(4) if counted else None)
        rounds = [
            each.advance([7.0, 0.3, 2.0], range(4, 7) if counted else None) for each in [*forked(average), average]
        ]
        assert [list(rounds[-1])] * 4 == [list(each) for each in rounds]


@pytest.mark.parametrize(
    "settings",
    [
        *({"decay": 0.9, name: value} for name, value in [("count_from", 5), ("update_every", 3), ("round_each", 2)]),
        *({"decay": 0.9, name: value} for name, value in [("initial", "first"), ("dtype", "bfloat16")]),
        {"rule": "torch", "by_row": True},
        {"rule": "torch-ema", "decay": 0.9, "parameters": {"use_num_updates": "False"}},
    ],
)
def test_a_fork_has_the_same_settings(settings: dict[str, Any]) -> None:
    """The arguments of an average make another one with the same settings, even where a default was left out."""
    average = Average(**settings)
    for each in (copy.copy(average), Average(**average.arguments())):
        assert {name: each.arguments()[name] for name in settings if name not in ("decay", "by_row")} == {
            name: value for name, value in settings.items() if name not in ("decay", "by_row")
        }
        assert (each.by_row, str(each.stated)) == (settings.get("by_row", False), str(average.stated))
        assert (each.stated is None) == average.by_row


@pytest.mark.parametrize("rule", ["batchnorm:momentum=None", "composer", "sma:window=3"])
def test_a_fork_of_a_rule_without_a_constant(rule: str) -> None:
    """A copy of an average without a constant decay has none, either, whatever the default is."""
    average = Average(rule=rule)
    average.advance([1.0, 2.0])
    assert (average.stated, copy.copy(average).stated) == (None, None)
    assert copy.copy(average).update(4.0) == average.update(4.0)


def test_steps_for_each_param() -> None:
    """A missing step would silently lose a param."""
    with pytest.raises(SettingError, match="there are 1 steps for 2 params"):
        Average(0.9).advance([1.0, 2.0], [0])
    with pytest.raises(SettingError, match="there are 1 decays for 2 params"):
        Average(0.9).advance([1.0, 2.0], decays=[0.5])


def test_fractional_steps() -> None:
    """MoCo v3 counts fractional epochs; a negative one is an error, too."""
    assert 1 == len(Average(rule="moco-v3").advance([1.0], [0.5]))
    with pytest.raises(SettingError, match="a step is a number from 0"):
        Average(rule="moco-v3").advance([1.0], [-0.5])


def test_public_names() -> None:
    """Every public name can be imported, and nothing else is offered."""
    assert sorted(ema_cli.__all__) == sorted(dir(ema_cli))
    assert [] == [name for name in ema_cli.__all__ if not hasattr(ema_cli, name)]
    with pytest.raises(AttributeError, match="no attribute 'median'"):
        ema_cli.median  # noqa: B018


def test_public_names_are_imported_late() -> None:
    """The command starts without importing the whole interface."""
    code = "import sys, ema_cli; print(sorted(name for name in sys.modules if name.startswith('ema_cli.')))"
    assert "[]\n" == subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_a_consumer() -> None:
    """Code that uses the names as documented runs; its types are checked with those of the package."""
    assert [0.5, 0.75] == consumer.smooth([1, 1], 0.5)
    assert [2, 3] == [each.round for each in consumer.last_two([1, 2.5, Fraction(1, 3)])]
    average = Average(0.5, rule="fixed")
    assert (0.0, 2.0) == (average.shadow, consumer.fork(average, Fraction(4)).shadow)
    assert 0.9 == consumer.one_step(Average(0.99), 1, 0)
    assert [2 / 11, 0.25] == consumer.with_warm_up(2)
    assert "textbook" == consumer.sources()["fixed"]
    assert consumer.reason("nothing").startswith("no rule 'nothing'")
    assert "exact" in consumer.TYPES
    assert consumer.VERSION == ema_cli.__version__


@pytest.mark.parametrize("value", [65_520, 2**64, -(10**30), Fraction(70_000)])
def test_whole_numbers_past_the_range_of_a_short_type(value: Any) -> None:
    """A number that float16 can't hold is an infinity, whatever its type."""
    infinity = inf if value > 0 else -inf
    assert infinity == Average(0.9, dtype="float16").update(value).shadow
    assert [infinity] * 2 == Average(0.9, dtype="float16").advance([value, 1.0]).shadows


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
@pytest.mark.parametrize("value", [10**400, Fraction(-(10**400))])
def test_whole_numbers_past_every_range(value: Any, dtype: str) -> None:
    """A number out of float64 range is refused in every floating-point type."""
    with pytest.raises(SettingError, match=re.escape("a param is beyond the range of float64, about 1.8e308")):
        Average(0.9, dtype=dtype).update(value)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
@pytest.mark.parametrize("rule", ["fixed", "haiku", "flax", "tensorflow"])
def test_decimals(rule: str, dtype: str) -> None:
    """Params may be Decimals, even where a framework flushes subnormal numbers."""
    texts = ["0.1", "-2.5", "1e-310", "7"]
    expected = Average(0.9, rule=rule, dtype=dtype).advance([float(text) for text in texts]).shadows
    assert expected == Average(0.9, rule=rule, dtype=dtype).advance([Decimal(text) for text in texts]).shadows
    assert isnan(Average(0.9, rule=rule, dtype=dtype).update(Decimal("NaN")).shadow)
    with pytest.raises(SettingError, match="beyond the range of float64"):
        Average(0.9, rule=rule, dtype=dtype).advance([Decimal("NaN"), 10**400])


class Pair:
    """An array of two numbers, which raises an error if asked for a single one."""

    def item(self) -> float:
        raise ValueError("can only convert an array of size 1 to a Python scalar")

    def __str__(self) -> str:
        return "[1. 1.]"


def test_an_array_in_the_place_of_a_number() -> None:
    """An array is not a param: the error says so and shows it."""
    with pytest.raises(SettingError, match=re.escape("a param or a step is one number, not '[1. 1.]'")):
        Average(decay=0.9).update(Pair())  # type: ignore[arg-type]


def test_a_fork_draws_the_same_random_numbers() -> None:
    """If an average rounds at random, a copy continues with the same draws, not with the first one."""
    average = Average(0.9, rule="timm-v3", dtype="bfloat16")
    average.advance([i / 7 for i in range(20)])
    later = [i / 3 for i in range(60)]
    shadows = [each.advance(later).shadows for each in [*forked(average), average]]
    assert [shadows[-1]] * 4 == shadows
