"""`smooth`: the average of a whole column; and docs/at-scale.md, whose examples run if their packages are installed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ema_cli import Average, SettingError, check_ema, smooth
from tests.harness import run

PAGE = Path(__file__).parents[1] / "docs" / "at-scale.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)


def _command(line: str, rows: list[tuple[Any, Any]]) -> list[float]:
    out = run(f"{line} -F csv -c shadow -q -", "step,param\n" + "".join(f"{step},{param!r}\n" for step, param in rows))
    assert out.code == 0, out.err
    return [float(text) for text in out.column("shadow")]


@given(st.lists(st.floats(-9, 9), min_size=1, max_size=40))
def test_it_is_what_the_command_prints(values: list[float]) -> None:
    """The shadows are those of the command, to the last bit."""
    assert smooth(values, range(len(values)), decay=0.99) == _command("--decay 0.99", [*enumerate(values)])


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-9, 9)), max_size=30))
def test_series_are_apart(rows: list[tuple[str, int]]) -> None:
    """With `by`, each series is averaged as if it were alone."""
    keys, values = [key for key, _ in rows], [value for _, value in rows]
    found = smooth(values, by=keys, rule="torch", decay=0.9)
    for name in "abc":
        own = [value for key, value in rows if key == name]
        assert [s for key, s in zip(keys, found, strict=True) if key == name] == smooth(own, rule="torch", decay=0.9)


def test_missing_values() -> None:
    """A missing value is an error, no round, the last value again, or the rule's choice."""
    values = [1.0, None, 3.0]
    settings: dict[str, Any] = {"rule": "fixed", "decay": 0.5}
    with pytest.raises(SettingError, match="value 1 is None"):
        smooth(values, **settings)
    assert smooth(values, missing="skip", **settings) == [0.5, 0.5, 1.75]
    assert smooth(values, missing="hold", **settings) == [0.5, 0.75, 1.875]
    assert smooth([1.0, float("nan")], missing="rule", rule="tensorboard")[0] == 1.0
    assert smooth([1.0, None, 3.0], missing="rule", rule="pandas", alpha=0.5) == [1.0, 1.0, 2.6]
    assert smooth([float("nan"), 1.0], missing="skip", rule="torch", decay=0.5) == [None, 1.0]
    assert smooth([None, 3.0], missing="skip", **settings) == [None, 1.5]
    assert smooth([None, 3.0], missing="skip", initial=1, **settings) == [1.0, 2.0]
    with pytest.raises(SettingError, match="no value before it"):
        smooth([None, 1.0], missing="hold", **settings)
    with pytest.raises(SettingError, match="missing must be"):
        smooth(values, missing="drop", **settings)


def test_columns_of_other_lengths() -> None:
    """Each value needs a step and a key."""
    with pytest.raises(SettingError, match="2 steps for 1 values"):
        smooth([1.0], [0, 1], decay=0.9)
    with pytest.raises(SettingError, match="2 keys in by for 1 values"):
        smooth([1.0], by=[0, 1], decay=0.9)


def test_kinds_of_results() -> None:
    """A list gives a list, an array an array with NaN where there is no shadow; fractions stay fractions."""
    assert smooth(["1", "2"], decay="1/2", rule="fixed", dtype="exact") == [Fraction(1, 2), Fraction(5, 4)]
    assert smooth((1.0, 2.0), decay=0.5, rule="fixed") == [0.5, 1.25]
    assert smooth(map(float, "12"), decay=0.5, rule="fixed") == [0.5, 1.25]
    np = pytest.importorskip("numpy")
    found = smooth(np.array([np.nan, 2.0, 4.0]), missing="skip", rule="torch", decay=0.5)
    assert isinstance(found, np.ndarray)
    assert np.isnan(found[0])
    assert found[1:].tolist() == [2.0, 3.0]
    assert np.isnan(smooth(np.array([1.0, 2.0]), by=np.array([np.nan, np.nan]), rule="torch", decay=0.5)).sum() == 0


@pytest.mark.filterwarnings("ignore")  # that packages give about each other
@pytest.mark.parametrize("example", EXAMPLES[1:], ids=lambda text: re.search(r"(?:import|from) (\w+)", text)[1])
def test_examples(example: str) -> None:
    """The examples on the page give what the command prints, if their packages are installed."""
    for package in re.findall(r"^(?:import|from) ([\w.]+)", example, flags=re.MULTILINE):
        pytest.importorskip(package)
    names: dict[str, Any] = {"smooth": smooth}
    exec(example, names)
    if "result" in names:
        frame = names["result"].sort_values(["run", "step"])
        expected = _command("--decay 0.99", [(0, 1.0), (1, 3.0)]) + _command("--decay 0.99", [(0, 9.0), (1, 2.0)])
        assert frame["shadow"].tolist() == expected
        return
    table = names.get("table", names.get("frame"))
    shadow = table["shadow"]
    found = shadow.to_pylist() if hasattr(shadow, "to_pylist") else shadow.to_list()
    if "run" in example:
        assert found == [1.0, 10.0, 2.0, 15.0]
    else:
        assert found == _command("--decay 0.99", [*enumerate([2.5, 2.4, 2.6, 1.9, 1.8])])


def test_the_first_example() -> None:
    """The comment of the first example is true."""
    code, comment = EXAMPLES[0].strip().split("\n")[-1].split("  # ")
    assert repr(eval(code, {"smooth": smooth})) == comment


def test_dates_in_seconds() -> None:
    """A rule with its time in seconds converts dates to seconds."""
    average = Average(rule="clickhouse-decayed")
    assert average.advance([1.0, 2.0], times=["2026-01-01", "2026-01-02T00:00:10"]).elapsed == [None, 86410.0]


def test_dates() -> None:
    """Times are numbers or dates of any kind; the default rule is then elapsed."""
    np, texts = pytest.importorskip("numpy"), ["2024-01-01", "2024-01-02", "2024-01-02", "2024-01-05"]
    dates = [date.fromisoformat(text) for text in texts]
    zoned = [datetime(2024, 1, day, tzinfo=UTC) for day in (1, 2, 2, 5)]
    columns: list[Any] = [texts, dates, zoned, *(np.array(texts, dtype=f"datetime64[{unit}]") for unit in ("s", "ns"))]
    for times in columns:
        assert [1.0, 1.5, 1.5, 2.8125] == smooth([1, 2, 4, 3], times=times, half_life="1d")
    assert [1.0, 1.5, 1.5] == smooth([1, 2, 4], times=[0, 1, 1], decay=0.5)
    with pytest.raises(SettingError, match="give the half-life in time, such as half_life='5min'"):
        smooth([1, 2], times=columns[-1][:2], decay=0.5)


def test_numbers_that_are_none() -> None:
    """A missing number of pandas is blank; a list, or anything else that is not a number, is an error that names it."""
    missing = type("NAType", (), {"__repr__": lambda self: "<NA>"})()
    assert [0.5, 0.5, 1.75] == smooth([1, missing, 3], missing="skip", decay=0.5, rule="fixed")
    with pytest.raises(SettingError, match=r"a param must be a number, its text or None, not '\[1, 2\]'"):
        smooth([[1, 2]], decay=0.5, rule="fixed")
    with pytest.raises(SettingError, match="a param must be a number, its text or None, not '<object"):
        smooth([object()], decay=0.5, rule="fixed")


def test_the_span_of_the_column() -> None:
    """W&B's chart spans the whole column, like the whole script on the command line, also in a check."""
    settings: dict[str, Any] = {"decay": 0.9, "rule": "wandb"}
    for values, steps, text in ([1, 5, 2], [0, 2, 9], "0:1 2:5 9:2"), ([1, None, 5, 2], None, ":1 :5 :2"):
        shadows = [*map(float, run(f"--decay 0.9 --rule wandb {text} -F csv").column("shadow"))]
        smoothed = smooth(values, steps, missing="skip", **settings)
        assert [smoothed[row] for row, value in enumerate(values) if value] == shadows
        assert check_ema([value for value in values if value], shadows, steps, **settings)


def test_texts_that_are_no_numbers() -> None:
    """A date among the params is not read as arithmetic."""
    for text in "2024-01-01", "1+1":
        with pytest.raises(SettingError, match="is not a number"):
            smooth([text], decay=0.5)
    assert smooth(["1/2", "0.5"], decay=0.5, rule="fixed") == [0.25, 0.375]
