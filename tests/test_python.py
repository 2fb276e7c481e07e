"""The Python interface, as someone else's code meets it."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

import ema_cli
from ema_cli import Average, SettingError, decays
from tests.typing import consumer

if TYPE_CHECKING:
    from collections.abc import Iterator


class Scalar:
    """A number as numpy has it: converts itself, and computes in its own way, which is not Python's."""

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
    """A column as pandas has it: found by labels, compared value by value, and neither true nor false."""

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


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16", "exact"])
@pytest.mark.parametrize("make", [Series, tuple, iter, lambda values: [Scalar(value) for value in values]])
def test_columns_of_other_packages(make: Any, dtype: str) -> None:
    """A Series, an array, a tuple, an iterator, or foreign scalars give what a list of Python's numbers gives."""
    params, steps = [1.0, 10.0, -2.5], [0, 100, 101]
    expected = Average(0.99, dtype=dtype).advance(params, steps)
    found = Average(0.99, dtype=dtype).advance(make(params), make(steps))
    assert list(expected) == list(found)
    assert {type(value) for value in expected.shadows} == {type(value) for value in found.shadows}


def test_a_series_twice() -> None:
    """The steps of two batches are compared as values, whatever they came in."""
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
    """A param may be text, as in a file; what is no number there is none here, in every dtype."""
    assert [1.0, 2.5] == Average(0, rule="fixed", dtype=dtype).advance(["1", "2.5"]).shadows
    for text in ["1_000", "nan", " 1", "x"]:
        with pytest.raises(SettingError, match="is not a number"):
            Average(0.9, dtype=dtype).advance([1.0, text])


@pytest.mark.parametrize("steps", [[-1], [1.5], [float("nan")], [2**63], ["3"], [[1]]])
def test_bad_steps(steps: list[Any]) -> None:
    """A step that is none is an error that says what a step is."""
    with pytest.raises(SettingError, match=r"a step is a whole number from 0 to 2\^63 - 1, not "):
        Average(0.9).advance([1.0], steps)


def test_steps_for_each_param() -> None:
    """A step too few would silently lose a param."""
    with pytest.raises(SettingError, match="there are 1 steps for 2 params"):
        Average(0.9).advance([1.0, 2.0], [0])


def test_fractional_steps() -> None:
    """MoCo v3 counts in epochs, which come in fractions; a negative one is an error there, too."""
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
    """The command starts without the whole of the interface."""
    code = "import sys, ema_cli; print(sorted(name for name in sys.modules if name.startswith('ema_cli.')))"
    assert "[]\n" == subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_a_consumer() -> None:
    """Code of others that uses the names as documented runs; its types are checked with those of the package."""
    assert [0.5, 0.75] == consumer.smooth([1, 1], 0.5)
    assert 0.9 == consumer.one_step(Average(0.99), 1, 0)
    assert [2 / 11, 0.25] == consumer.with_warm_up(2)
    assert "textbook" == consumer.sources()["fixed"]
    assert consumer.reason("nothing").startswith("no rule 'nothing'")
    assert "exact" in consumer.TYPES
    assert consumer.VERSION == ema_cli.__version__
