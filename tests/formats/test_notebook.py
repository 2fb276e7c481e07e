"""Tables in notebooks: rounds, averages side by side, and checks."""

from __future__ import annotations

import re

import pytest

from ema_cli import Average, SettingError, check_ema, side_by_side


def test_rounds_in_a_notebook() -> None:
    """A table with round 0, whose styles affect no other table; rows for a data frame."""
    rounds = Average(0.99).advance([1.0, 10.0], steps=[0, 100])
    page = rounds._repr_html_()
    assert page.count("<tr>") == 4
    assert "<td>1.6445455</td>" in page
    [styles] = re.findall("<style>(.*)</style>", page)
    selectors = [selector for rule in re.findall(r"([^{}]+)\{", styles) for selector in rule.split(",")]
    assert all(selector.startswith(".ema-rounds") for selector in selectors)
    assert [row["round"] for row in rounds.rows()] == [0, 1, 2]
    assert [row["shadow"] for row in rounds.rows()] == [0.0, 0.9, 1.6445454545454543]


def test_averages_side_by_side_in_a_notebook() -> None:
    """A table with a decay and a shadow for each average, named as in CSV, and round 0; other params are refused."""
    params, averages = [1.0, 10.0], {label: Average(float(label), rule="fixed") for label in ("0.9", "0.5")}
    both = side_by_side({label: average.advance(params) for label, average in averages.items()})
    assert list(both.rows()[0]) == ["round", "step", "param", "decay[0.9]", "shadow[0.9]", "decay[0.5]", "shadow[0.5]"]
    assert [row["shadow[0.5]"] for row in both.rows()] == [0.0, 0.5, 5.25]
    assert '<th scope="row">2</th><td>10</td><td>0.9</td><td>1.09</td><td>0.5</td><td>5.25</td>' in both._repr_html_()
    with pytest.raises(SettingError, match="same params"):
        side_by_side({"a": Average(0.5).advance([1.0]), "b": Average(0.5).advance([2.0])})
    with pytest.raises(SettingError, match="needs an average"):
        side_by_side({})


def test_a_check_in_a_notebook() -> None:
    """The verdict stands above the rounds that differ; if all agree, it stands alone."""
    page = check_ema([1.0, 2.0], [0.5, 1.5], decay=0.5, rule="fixed")._repr_html_()
    assert "<p>1 of 2 rounds differ from round 2 on, by up to 0.25" in page
    assert '<th scope="row">2</th><td>2</td><td>1.5</td><td>1.25</td>' in page
    agreed = check_ema([1.0, 2.0], [0.5, 1.25], decay=0.5, rule="fixed")._repr_html_()
    assert agreed == "<p>all 2 rounds agree (decay 0.5, rule fixed, float64)</p>"
