"""The chart in the terminal, drawn by plotille (the extra `plot`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.charts.data import axis_below, legend
from ema_cli.core.numbers.literals import printable

if TYPE_CHECKING:
    from ema_cli.charts.data import Chart, Curve, Panel
    from ema_cli.charts.downsample import Point
    from ema_cli.charts.scale import Scale
    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink

_MARKERS = "o*+x#@%&"
_HEIGHTS = (18, 10)
"""The lines of a single panel, and of each of several."""
_AXES = str.maketrans({"│": "|", "┤": "+", "┬": "+", "└": "+", "─": "-"})


def text(chart: Chart, width: int) -> str:
    """Draw the panels one below another; each curve has its own sign."""
    say, panels = chart.language.say, chart.panels()
    if not panels:
        return f"{say('The chart has no value to draw.')}\n"
    below, tall = axis_below(panels, dated=chart.dated), _HEIGHTS[len(panels) > 1]
    labels = [text for panel in panels for _, text in panel.values.named()]
    left, lines = max(map(len, labels)), list[str]()
    for place, panel in enumerate(panels):
        if len(panels) > 1 or panel.label != say("value"):
            lines += [""] * (place > 0) + [f"{' ' * left} {panel.label}"]
        lines += _drawn(panel, below, (width, tall, left))
    numbers, axis = [" "] * (width + 12), ["─"] * width
    for tick, label in below.named(max(width // 10, 2)):
        column = round(below.at(tick) * (width - 1))
        axis[column] = "┬"
        numbers[column : column + len(label)] = label
    pad = " " * (left + 1)
    names = "   ".join(f"{_marker(curve)} {label}" for label, curve in legend(panels).items())
    lines += [
        f"{pad}└{''.join(axis)}",
        f"{pad} {''.join(numbers).rstrip()}  {printable(chart.key)}",
        "",
        f"{pad} {names}",
    ]
    return "\n".join([*lines, ""])


def _marker(curve: Curve) -> str:
    return _MARKERS[curve.look % len(_MARKERS)]


def _drawn(panel: Panel, below: Scale, size: tuple[int, int, int]) -> list[str]:
    """The lines of a panel, with the labels of its scale on the left; `size` is width, height and width of labels."""
    import plotille

    (width, tall, left), values = size, panel.values
    figure = plotille.Figure()
    figure.with_colors = figure.origin = figure.with_x_axis = figure.with_y_axis = False
    figure.width, figure.height = width, tall
    # plotille gets cells, not values: it treats very small values as 0, and omits points on its upper limits.
    figure.set_x_limits(0, width)
    figure.set_y_limits(0, tall)

    def height(value: float) -> int:
        return min(int(values.at(value) * tall), tall - 1)

    for curve in panel.curves:
        cells = [(round(below.at(place) * (width - 1)), height(value)) for place, value in _few(curve, below, width)]
        if curve.bars:
            ground = height(0)
            cells = [(column, row) for column, top in cells for row in range(min(top, ground), max(top, ground) + 1)]
        figure.plot(*map(list, zip(*cells, strict=True)), interp=None, marker=_marker(curve))
    labels = {tall - 1 - height(tick): text for tick, text in values.named()}
    return [
        f"{labels.get(row, ''):>{left}} {'┤' if row in labels else '│'}{line.replace(chr(0x2800), ' ')}".rstrip()
        for row, line in enumerate(figure.show().splitlines())
    ]


def _few(curve: Curve, below: Scale, width: int) -> list[Point]:
    """The lowest and highest point in each column of the terminal; others would be hidden anyway."""
    columns: dict[int, list[Point]] = {}
    for point in curve.points:
        columns.setdefault(int(below.at(point[0]) * (width - 1)), []).append(point)
    kept = []
    for points in columns.values():
        low, high = min(points, key=lambda point: point[1]), max(points, key=lambda point: point[1])
        kept += [low, high] if low != high else [low]
    return kept


def _width(sink: Sink, look: Look) -> int:
    from ema_cli.formats.table import new_console

    whole = look.width or (new_console(sink, look).width if sink.terminal else 80)
    return max(min(whole, 120) - 16, 20)


def _fitting(drawn: str, sink: Sink) -> str:
    """Replace the lines of the axes by ASCII if the sink can't encode them."""
    try:
        drawn.encode(sink.encoding)
    except UnicodeEncodeError:
        return drawn.translate(_AXES)
    return drawn


def draw(chart: Chart, title: str, sink: Sink, look: Look) -> None:
    """Write the chart below a table."""
    sink.write_text(_fitting("\n" + text(chart, _width(sink, look)), sink))


def draw_fenced(chart: Chart, title: str, sink: Sink, look: Look) -> None:
    """Write the chart as a block of Markdown."""
    sink.write_text(_fitting(f"\n```text\n{text(chart, _width(sink, look))}```\n", sink))
