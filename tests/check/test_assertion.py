"""check_ema, assert_ema and identify_ema: tests of the user's code, from Python."""

from __future__ import annotations

import re
from array import array
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ema_cli import Average, SettingError, assert_ema, check_ema, identify_ema
from ema_cli.errors import UsageError

PAGE = Path(__file__).parent.parent.parent / "docs" / "testing.md"
VALUES = [1.0, 10.0, 4.0, -3.0, 0.5, 2.0]
FIXED: dict[str, Any] = {"decay": 0.9, "rule": "fixed"}
SHADOWS: list[float] = Average(**FIXED).advance(VALUES).shadows


class Tensor:
    """A tensor that requires a gradient, as far as a conversion can see."""

    def __init__(self, values: Any, dtype: str = "torch.float64", *, plain: bool = False) -> None:
        self.values, self.dtype, self.is_plain = values, dtype, plain

    def detach(self) -> Tensor:
        """Detach it from the gradient."""
        return Tensor(self.values, self.dtype, plain=True)

    def cpu(self) -> Tensor:
        """Move it to the CPU."""
        return self

    def float(self) -> Tensor:
        """Convert it to float32."""
        return Tensor(self.values, "torch.float32", plain=self.is_plain)

    def tolist(self) -> Any:
        """Convert it to lists."""
        assert self.is_plain
        assert not self.dtype.endswith("bfloat16")
        return self.values


def test_the_examples_of_the_page() -> None:
    """The tests on the page pass, and its mistake gives the message that it shows."""
    codes = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(codes) == 2
    for code in codes:
        names: dict[str, Any] = {}
        exec(code, names)
        tests = [name for name in names if name.startswith("test_")]
        assert tests
        for name in tests:
            names[name]()
    wrong: dict[str, Any] = {}
    exec(codes[0].replace("EMA(0.99, 0.0)", "EMA(0.9, 0.0)"), wrong)
    with pytest.raises(AssertionError) as raised:
        wrong["test_ema_class"]()
    assert f"```text\n{raised.value}\n```" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", [list, tuple, lambda x: array("d", x), Tensor, lambda x: [Tensor([y]) for y in x]])
def test_columns_of_any_kind(kind: Any) -> None:
    """Lists, arrays, tensors, and a tensor for each round give the same result."""
    checked = check_ema(kind(VALUES), kind(SHADOWS), **FIXED)
    assert checked
    assert (6, 6, 0.0) == (checked.compared, checked.agree, checked.worst_ulps)


def test_the_type_of_a_tensor() -> None:
    """The average has the dtype of the tensor, unless another is given."""
    shadows = Average(**FIXED, dtype="bfloat16").advance(VALUES).shadows
    assert_ema(Tensor(VALUES, "torch.bfloat16"), Tensor(shadows, "torch.bfloat16"), **FIXED)
    assert not check_ema(Tensor(VALUES, "torch.bfloat16"), Tensor(shadows), **FIXED, dtype="float64")


def test_a_param_for_each_column() -> None:
    """Two-dimensional values have one param in each column, and each may start at its own initial value."""
    other = Average(**FIXED, initial=7).advance(VALUES).shadows
    rows = [list(pair) for pair in zip(SHADOWS, other, strict=True)]
    assert_ema([[x, x] for x in VALUES], rows, initial=[0, 7], **FIXED)
    checked = check_ema([[x, x] for x in VALUES], rows, **FIXED)
    assert {"[1]"} == {one.name for one in checked.differences}


def test_what_differs_is_a_table() -> None:
    """The message says how many rounds differ, from which one on, and by how much, and lists the first ones."""
    wrong = [*SHADOWS[:3], *(x + 0.5 for x in SHADOWS[3:])]
    with pytest.raises(AssertionError) as raised:
        assert_ema(VALUES, wrong, steps=range(6), **FIXED)
    first, headings, *rows = str(raised.value).splitlines()
    assert first == "3 of 6 rounds differ from round 4 on, by up to 0.5 (decay 0.9, rule fixed, float64)"
    assert ["round", "step", "param", "logged", "computed", "difference", "ulps"] == headings.split()
    assert ["4", "5", "6"] == [row.split()[0] for row in rows]
    assert_ema(VALUES, wrong, tolerance="abs:0.51", **FIXED)
    with pytest.raises(UsageError, match="did you mean abs:0"):
        assert_ema(VALUES, wrong, tolerance=0.51, **FIXED)  # type: ignore[arg-type]


def test_a_start_from_the_first_shadow() -> None:
    """With initial="logged", the first shadow is taken as it is, and the counters go on."""
    average = Average(0.9, rule="torch-ema", initial=3)
    shadows = average.advance(VALUES).shadows
    settings: dict[str, Any] = {"decay": 0.9, "rule": "torch-ema", "dtype": "float32", "initial": "logged"}
    checked = check_ema(VALUES, shadows, **settings)
    assert (True, 5) == (bool(checked), checked.compared)
    assert check_ema(VALUES, [None, None, *shadows[2:]], **settings).compared == 3
    with pytest.raises(SettingError, match="debiases"):
        check_ema(VALUES, SHADOWS, decay=0.9, rule="optax", initial="logged")


def test_values_that_do_not_go_together() -> None:
    """Different numbers of shadows and params are an error."""
    with pytest.raises(SettingError, match="a shadow for each param"):
        check_ema(VALUES, SHADOWS[:-1], **FIXED)
    with pytest.raises(SettingError, match="a column"):
        check_ema(1.0, 1.0, **FIXED)
    with pytest.raises(SettingError, match="the same number of values"):
        check_ema([[1.0], [1.0, 2.0]], [[1.0], [1.0, 2.0]], **FIXED)
    with pytest.raises(SettingError, match="2 initial values for 1 params"):
        check_ema(VALUES, SHADOWS, initial=[1, 2], **FIXED)
    with pytest.raises(SettingError, match="shadow '2024-01-02' is not a number"):
        check_ema([1, 2], ["0.1", "2024-01-02"], **FIXED)


def test_identify_from_python() -> None:
    """identify_ema finds the same average from numbers as --identify."""
    found = identify_ema(VALUES, SHADOWS, rules=["fixed"])
    assert found
    assert ("fixed", "0.9") == (found.candidates[0]["rule"], found.candidates[0]["decay"])
    assert "schedule: constant decay 0.9" in str(found)
    with pytest.raises(SettingError, match="one param"):
        identify_ema([[1.0, 2.0]], [[1.0, 2.0]])


def test_a_shadow_that_is_no_number_differs() -> None:
    """A shadow that became NaN is a difference; it is not left out."""
    checked = check_ema(VALUES, [*SHADOWS[:-1], float("nan")], **FIXED)
    assert (5, [6]) == (checked.agree, [one.round for one in checked.differences])
    assert "by up to nan" in str(checked)


def test_a_start_at_a_mean() -> None:
    """Before there is a shadow, None and NaN are right, and a number is wrong."""
    settings: dict[str, Any] = {**FIXED, "initial": "mean:3"}
    seeded = list(Average(**settings).advance(VALUES))
    logged = [one.shadow for one in seeded]
    assert check_ema(VALUES, logged, **settings).compared == 4
    assert check_ema(VALUES, [float("nan")] * 2 + logged[2:], **settings).compared == 4
    checked = check_ema(VALUES, [5.0, *logged[1:]], **settings)
    assert ([1], "1 of 5 rounds differ") == ([one.round for one in checked.differences], str(checked)[:20])


def test_blanks_of_frames_are_not_compared() -> None:
    """NA, which a nullable column of a frame has for None, is not compared."""

    class Missing:
        def __repr__(self) -> str:
            return "<NA>"

    assert check_ema(Tensor(VALUES), Tensor([Missing(), *SHADOWS[1:]]), **FIXED).compared == 5


@pytest.mark.parametrize(
    ("shadows", "message"),
    [(["a", *SHADOWS[1:]], "takes numbers, not 'a'"), ([None] * 4 + SHADOWS[4:], "needs at least 3 rounds")],
)
def test_what_nothing_follows_from(shadows: list[Any], message: str) -> None:
    """Words and too few shadows are errors that say so."""
    with pytest.raises(SettingError, match=message):
        identify_ema(VALUES, shadows)


def test_nothing_to_compare_is_an_error() -> None:
    """A check that compares nothing does not pass."""
    for params, shadows in (([], []), (VALUES, [None] * len(VALUES))):
        with pytest.raises(SettingError, match="there is no shadow to compare with"):
            assert_ema(params, shadows, **FIXED)


def test_steps_and_times_of_any_kind() -> None:
    """Steps may be a tensor, and times dates."""
    assert "step" in str(check_ema(VALUES, SHADOWS, Tensor([*range(6)]), rule="warmup", decay=0.9))
    seconds = [0, 5, 15, 20, 60, 61, 80, 90, 95, 130, 131, 150]
    params = [float(value * value % 7) for value in range(12)]
    shadows = Average(half_life=5, rule="elapsed").advance(params, times=seconds).shadows
    dates = [datetime.fromtimestamp(second, tz=UTC) for second in seconds]
    for times in dates, [date.replace(tzinfo=None) for date in dates]:
        assert "a half-life of 5," in str(identify_ema(params, shadows, times=times, rules=["fixed"]))
