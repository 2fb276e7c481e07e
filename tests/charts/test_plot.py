"""Charts: in the terminal, and as a figure."""

import random
import re
import sys
from xml.etree import ElementTree

import pytest

from ema_cli.charts.data import Curve, Panel, axis_below
from ema_cli.charts.downsample import Trace
from ema_cli.charts.scale import Scale, ticks
from tests.extras import needs_plot
from tests.harness import SESSION, output, run


@needs_plot
def test_the_chart_in_the_terminal():
    """Each curve has its own marker, explained in the legend, so that no colour is needed."""
    chart = output(*SESSION, "--plot").split("┘\n")[1]
    assert "o param   * shadow" in chart
    assert chart.count("o") >= 8
    assert chart.count("*") == 9 + 1  # a marker for each round, and one in the legend
    assert "\x1b" not in chart
    assert "10 ┤" in chart
    assert "round" in chart


@needs_plot
def test_several_averages_have_several_signs():
    """Each average has its own curve."""
    chart = output("--decay", "0.9", "--decay", "0.5", "0:1", "100:10x7", "--plot")
    assert "o param   * decay 0.9   + decay 0.5" in chart
    chart = output("--decay", "0.9", ":1,2x3", "--plot", "-q")
    assert "o param1   * param2   + param1, shadow   x param2, shadow" in chart


def test_a_chart_in_ascii(monkeypatch):
    """Where the terminal can't print the axis signs, ASCII signs replace them."""
    from ema_cli.charts.terminal import _fitting
    from ema_cli.formats.sink import Sink

    drawn = _fitting("│┤└┬─", Sink(None, "", "ascii"))
    assert drawn == "|+++-"


@needs_plot
def test_a_chart_in_markdown_is_a_block():
    """The chart is a code block, which any forge shows unchanged."""
    page = output(*SESSION, "--plot", "-F", "markdown")
    assert page.count("```") == 2
    assert page.index("```text") > page.index("| round |")


@needs_plot
def test_a_chart_in_svg():
    """The picture of the table includes the chart, in the colours of its theme."""
    chart = output(*SESSION, "--plot", "-F", "svg", "--theme", "dark").split(">value<")[1]
    assert ">shadow<" in chart
    assert 'stroke="#62b5ea"' in chart
    assert "var(" not in chart


@needs_plot
def test_a_worksheet_has_no_curve_of_its_answers():
    """A blank value is not drawn."""
    chart = output(*SESSION, "--plot", "--blank", "shadow").split("┘\n")[1]
    assert "*" in chart  # round 0 is given
    assert chart.split("o param")[0].count("*") == 1
    assert "to be filled in" not in chart


@needs_plot
@pytest.mark.parametrize("ending", [".svg", ".png", ".pdf"])
def test_a_figure(ending, tmp_path):
    """--plot-file draws the chart beside any format, the same each time."""
    path = tmp_path / f"figure{ending}"
    output(*SESSION, "--plot-file", str(path), "-F", "csv")
    first = path.read_bytes()
    assert first.startswith({".svg": b"<?xml", ".png": b"\x89PNG", ".pdf": b"%PDF"}[ending])
    output(*SESSION, "--plot-file", str(path), "-F", "csv")
    assert path.read_bytes() == first


@needs_plot
def test_the_words_of_a_figure(tmp_path):
    """The figure has a title, axes and a legend; a $ in a title is not a formula."""
    path = tmp_path / "figure.svg"
    output(*SESSION, "--plot-file", str(path), "--title", "Cost in $ and $x_")
    words = [element.text for element in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")]
    assert {"round", "value", "param", "shadow"} <= set(words)
    assert "Cost in $ and $x_" in words


@pytest.mark.parametrize(("module", "option"), [("plotille", ["--plot"]), ("matplotlib", ["--plot-file", "x.svg"])])
def test_without_the_extra(monkeypatch, module, option):
    """One sentence says what to install."""
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr("ema_cli.extras.find_spec", lambda name: name)
    code, _, message = run([*SESSION, *option])
    assert code == 2
    assert f"needs {module}: {sys.executable} -m pip install {module}" in message
    monkeypatch.setattr("ema_cli.extras.find_spec", lambda name: None)
    message = run([*SESSION, *option]).err
    assert f"needs {module}: uv pip install --python {sys.executable} {module}" in message
    assert len(message.splitlines()) == 1


@needs_plot
def test_a_figure_that_cannot_be_written(tmp_path):
    """A figure that can't be written is an error, as any output is."""
    code, _, message = run([*SESSION, "--plot-file", str(tmp_path / "none" / "x.svg")])
    assert code == 1
    assert "cannot write" in message


@pytest.mark.parametrize("count", [1, 10, 999, 5000, 70_000])
def test_thinning_keeps_the_extremes(count):
    """Of many points, the least, the greatest, the first and the last are kept, at most a few thousand in all."""
    draw = random.Random(count)
    values = [draw.gauss(0, 1) for _ in range(count)]
    trace = Trace(lambda number: False)
    for start in range(0, count, 4096):
        trace.add(start, values[start : start + 4096])
    (points,) = trace.strokes()
    kept = [value for _, value in points]
    assert len(points) <= 2 * 1000 + 2
    assert (min(kept), max(kept)) == (min(values), max(values))
    assert points[0] == (0, values[0])
    assert points[-1] == (count - 1, values[-1])
    assert all(values[number] == value for number, value in points)


def test_hidden_points_break_a_curve():
    """A line never crosses a value that is to be filled in."""
    trace = Trace(lambda number: number in (2, 3))
    trace.add(0, [0.0, 1.0, 2.0, 3.0, 4.0, None, float("nan")])
    assert trace.strokes() == [[(0, 0.0), (1, 1.0)], [(4, 4.0)]]


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(0, 10, [0, 2, 4, 6, 8, 10]), (-0.5, 0.5, [-0.4, -0.2, 0, 0.2, 0.4]), (3, 4, None)]
)
def test_ticks_are_round(low, high, expected):
    """An axis is labelled with round numbers."""
    assert ticks(low, high) == (expected or [3, 3.2, 3.4, 3.6, 3.8, 4])


@needs_plot
def test_flat_curves():
    """A chart with a single value is drawn, and so is one whose values are all hidden."""
    assert "shadow" in output("--decay", "0.9", ":0", "--plot", "-q")
    assert "<svg" in output("--decay", "0.9", ":0", "-F", "html", "-q")
    hidden = ["--decay", "0.5", ":1", "--blank", "param", "--blank", "shadow", "--plot", "-q"]
    page = output("--rule", "tensorflow", *hidden)
    assert "* shadow" in page or "o shadow" in page
    assert "The chart has no value to draw." in output("--rule", "optax", *hidden)


@needs_plot
@pytest.mark.parametrize(
    ("rule", "first"), [("fixed", "0"), ("tensorflow", "0"), ("torch", "1"), ("tensorboard", "1"), ("optax", "1")]
)
def test_where_a_curve_begins(rule, first):
    """A curve begins at the initial value, unless the first round copies, or a debiased average has no value yet."""
    page = output("--rule", rule, "--decay", "0.9", ":5", ":6", ":7", "--plot", "-q")
    *_, axis, _, _ = page.splitlines()
    assert (axis.split()[0], axis.split()[-1]) == (first, "round")


@needs_plot
@pytest.mark.parametrize("value", ["1.7e308", "1e300", "3e-20", "1e-300", "5e-324", "10000000000000004"])
@pytest.mark.parametrize("look", [["--plot"], ["-F", "html"]])
def test_values_of_any_size(value, look):
    """The largest and the smallest numbers are drawn, too, and the axis has few labels."""
    page = output("--decay", "0.5", "--rule", "fixed", "-q", *look, "--", f":{value},-{value}", f":{value},1e-320")
    assert "shadow" in page
    assert 2 <= len(re.findall(r"┤|text-anchor=\"end\"", page)) <= 12


@needs_plot
def test_small_values_have_their_places():
    """Points and labels of tiny values do not fall onto zero."""
    chart = output("--decay", "0.5", "--rule", "fixed", "-q", "--plot", ":1e-20", ":3e-20").split("┘\n")[1]
    expected = ["3e-20", "2.5e-20", "2e-20", "1.5e-20", "1e-20", "5e-21", "0"]
    assert expected == re.findall(r"^ *(\S+) ┤", chart, re.MULTILINE)
    assert {"o"} == {line.rstrip()[-1] for line in chart.splitlines() if line.lstrip().startswith(("3e-20", "1e-20"))}


@needs_plot
def test_last_round_is_drawn():
    """The chart ends with the last round, at the right edge."""
    chart = output("--decay", "0", "--rule", "fixed", "-q", "--plot", ":1", ":3").split("┘\n")[1]
    marked = {line.rindex("*") for line in chart.splitlines() if "*" in line and "shadow" not in line}
    axis = next(line for line in chart.splitlines() if "┬" in line)
    assert {place for place, sign in enumerate(axis) if sign == "┬"} == marked


@needs_plot
@pytest.mark.parametrize("other", ["x.svg", "./x.svg", "link.svg"])
def test_a_figure_in_the_place_of_the_output(other, tmp_path, monkeypatch):
    """One file can't hold both the table and the figure, whatever it is called."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.svg").symlink_to("x.svg")
    message = "ema-calc: error: --output and --plot-file name the same file, which can hold only one of them\n"
    assert run([*SESSION, "-o", "x.svg", "--plot-file", other]) == (2, "", message)
    assert not (tmp_path / "x.svg").exists()


@needs_plot
def test_a_chart_draws_the_columns_that_were_asked_for():
    """Columns on different scales get panels of their own, stacked, each titled with its column."""
    chart = output(*SESSION, "--plot", "-c", "round,decay,shadow").split("┘\n")[1]
    assert chart.index("effective decay") < chart.index("shadow")
    assert "o decay   * shadow" in chart
    assert "param" not in chart
    assert "o param   * shadow   + decay" in output(*SESSION, "--plot", "-c", "+decay").split("┘\n")[1]
    assert "o param   * shadow" in output(*SESSION, "--plot", "-c", "round,step")


def test_an_average_looks_alike_in_each_panel():
    """Curves with the same label share a colour, a marker and an entry in the legend."""
    page = output("--decay", "0.9", "--decay", "0.5", ":1x3", "-c", "round,decay,shadow", "-F", "html", "-q")
    assert [page.count(f">decay {decay}</text>") for decay in ("0.9", "0.5")] == [1, 1]
    assert "var(--c1)" in page.split("</style>")[1]
    assert "var(--c2)" not in page.split("</style>")[1]


def test_an_axis_has_the_name_of_its_param():
    """The axis is labelled with the name in the file."""
    page = output("--decay", "0.9", "-F", "html", "-q", stdin="step,temp\n1,20\n2,25\n")
    assert ">temp</text>" in page
    assert ">value</text>" not in page


@needs_plot
def test_figures_of_several_kinds(tmp_path):
    """One run draws all the files that are named; the same name twice is an error."""
    paths = [str(tmp_path / name) for name in ("figure.svg", "figure.png")]
    output(*SESSION, "--plot-file", paths[0], "--plot-file", paths[1], "-F", "csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["figure.png", "figure.svg"]
    code, _, message = run([*SESSION, "--plot-file", paths[0], "--plot-file", paths[0]])
    assert (code, "two --plot-file name the same file" in message) == (2, True)


@needs_plot
def test_bars_stand_on_zero(tmp_path):
    """A column drawn as bars has one bar for each round in every chart."""
    from ema_cli.charts.svg import _bars, _Base
    from ema_cli.charts.terminal import _drawn

    curve = Curve("share", [[(1, 0.25), (2, 0.5), (3, 0.25)]], 0, bars=True)
    panel = Panel("share", [curve])
    rounds = axis_below([panel])
    assert (rounds.low, rounds.high, panel.values.low) == (0.5, 3.5, 0)
    assert _bars(curve, 0, 1, _Base(rounds, 68), lambda value: 100 * (1 - value), "c")[0].count("z") == 3
    lines = _drawn(panel, rounds, (30, 10, 4))
    assert [line.count("o") for line in (lines[0], lines[-1])] == [1, 3]


def test_a_picture_is_light_unless_it_is_asked_to_be_dark():
    """Pictures for slides are light unless --theme says otherwise; a page follows the reader's theme."""
    light, dark = (output(*SESSION, "-F", "svg", "--theme", theme) for theme in ("auto", "dark"))
    assert 'height="100%" fill="#ffffff"' in light
    assert 'height="100%" fill="#16181b"' in dark
    assert "ema-page ema-dark" in output(*SESSION, "-F", "html", "--theme", "dark")


@needs_plot
def test_the_axis_below_is_the_step_that_was_asked_for(tmp_path):
    """The axis is the step if -c names it first, or the file's own step column if it rises; otherwise the round."""
    path = tmp_path / "log.csv"
    path.write_text("day,temp\n10,3\n20,5\n40,4\n")
    log = ("--decay", "0.9", str(path), "--step-column", "day", "--plot", "-q")

    def below(*line):
        return output(*line).rstrip().splitlines()[-3].split()

    assert below(*SESSION, "--plot", "-c", "step,decay") == ["0", "20", "40", "60", "80", "100", "step"]
    assert below(*SESSION, "--plot", "-c", "round,step,decay")[-1] == "round"
    assert below(*SESSION, "--plot")[-1] == "round"
    assert below(*log) == ["10", "15", "20", "25", "30", "35", "40", "day"]
    assert below(*log, "-c", "round,shadow") == ["0", "1", "2", "3", "round"]
    path.write_text("day,temp\n10,3\n10,5\n40,4\n")
    assert below(*log) == ["0", "1", "2", "3", "round"]


@needs_plot
def test_bars_by_step_are_as_wide_as_the_least_gap(tmp_path):
    """Where steps are far apart, a bar is wider than a hairline."""
    path = tmp_path / "chart.svg"
    output("--decay", "0.9", "100:1", "200:2", "400:3", "-c", "step,share", "--plot", "-o", str(path))
    widths = set(re.findall(r"h([0-9.]+)V", path.read_text()))
    assert widths == {"127.2"}


def test_ticks_close_together_have_digits_of_their_own():
    """No two ticks of an axis have the same label, however close their values are."""
    named = Scale(6.999998, 7.0).named()
    assert len({text for _, text in named}) == len(named) > 3
    assert [text for _, text in Scale(0.0, 1.0).named()] == ["0", "0.2", "0.4", "0.6", "0.8", "1"]


def test_bars_that_are_all_zero() -> None:
    """Bars that are all zero still have an axis."""
    for chart in ("--plot",), ("-F", "html"):
        assert "share" in output("--decay", "1", "--rule", "fixed", ":1x3", "-c", "round,share", *chart)


@needs_plot
def test_a_figure_without_a_value(tmp_path):
    """The figure is empty if no shadow is finite."""
    path = tmp_path / "a.svg"
    line = ("--decay", "0.9", "--rule", "torch", ":1e308x3", "-c", "round,shadow")
    output(*line, "--plot-file", str(path))
    assert path.stat().st_size
    assert "The chart has no value to draw." in output(*line, "--plot")
