"""The chart in the terminal, drawn by plotille (the extra `plot`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli import extras as extra
from ema_cli.charts.svg import ticks

if TYPE_CHECKING:
    from ema_cli.charts.curves import Curves
    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink
    from ema_cli.languages.language import Language

_MARKERS = "o*+x#@%&"
_HEIGHT = 18
_AXES = str.maketrans({"│": "|", "┤": "+", "┬": "+", "└": "+", "─": "-"})


def require() -> None:
    """Raise a UsageError if there is no plotille."""
    extra.require("--plot", "plotille", "plotille")


def text(curves: Curves, width: int, language: Language) -> str:
    """The chart: each curve drawn with a sign of its own."""
    import plotille

    figure = plotille.Figure()
    figure.with_colors = figure.origin = figure.with_x_axis = figure.with_y_axis = False
    figure.width, figure.height = width, _HEIGHT
    values = [point[1] for curve in curves for point in curve.points]
    rounds = [point[0] for curve in curves for point in curve.points]
    if not rounds:
        return f"{language.say('Every value of the chart is to be filled in.')}\n"
    margin = (max(values) - min(values)) * 0.05 or abs(values[0]) * 0.5 or 1.0
    low, high = min(values) - margin, max(values) + margin
    first, last = min(rounds), max(max(rounds), min(rounds) + 1)
    # plotille is told the cells: it takes what is very small for nothing, and draws nothing on its upper limits.
    figure.set_x_limits(0, width)
    figure.set_y_limits(0, _HEIGHT)

    def column(number: float) -> int:
        return round((number - first) / (last - first) * (width - 1))

    def height(value: float) -> int:
        return min(int((value - low) / (high - low) * _HEIGHT), _HEIGHT - 1)

    legend = []
    for place, curve in enumerate(curves):
        marker = _MARKERS[place % len(_MARKERS)]
        points = _one_a_column(curve.points, width, first, last)
        figure.plot(
            [column(point[0]) for point in points], [height(point[1]) for point in points], interp=None, marker=marker
        )
        legend.append(f"{marker} {curve.label}")
    labels = {_HEIGHT - 1 - height(tick): f"{tick:.6g}" for tick in ticks(low, high)}
    left = max(map(len, labels.values()))
    lines = [
        f"{labels.get(row, ''):>{left}} {'┤' if row in labels else '│'}{line.replace(chr(0x2800), ' ')}".rstrip()
        for row, line in enumerate(figure.show().splitlines())
    ]
    below, axis = [" "] * (width + 12), ["─"] * width
    for tick in ticks(first, last, max(width // 10, 2)):
        if tick == int(tick):
            axis[column(tick)] = "┬"
            below[column(tick) : column(tick) + len(f"{tick:.6g}")] = f"{tick:.6g}"
    pad = " " * (left + 1)
    lines += [
        f"{pad}└{''.join(axis)}",
        f"{pad} {''.join(below).rstrip()}  {language.say('round')}",
        "",
        f"{pad} {'   '.join(legend)}",
    ]
    return "\n".join([*lines, ""])


def _one_a_column(points: list[tuple[int, float]], width: int, first: int, last: int) -> list[tuple[int, float]]:
    """The least and the greatest of each column of the terminal: more would hide each other."""
    columns: dict[int, list[tuple[int, float]]] = {}
    for point in points:
        columns.setdefault((point[0] - first) * (width - 1) // max(last - first, 1), []).append(point)
    kept = []
    for some in columns.values():
        low, high = min(some, key=lambda point: point[1]), max(some, key=lambda point: point[1])
        kept += [low, high] if low != high else [low]
    return kept


def _width(sink: Sink, look: Look) -> int:
    from ema_cli.formats.table import new_console

    whole = look.width or (new_console(sink, look).width if sink.terminal else 80)
    return max(min(whole, 120) - 16, 20)


def _fitting(drawn: str, sink: Sink) -> str:
    """The chart in the signs that the sink has."""
    try:
        drawn.encode(sink.encoding)
    except UnicodeEncodeError:
        return drawn.translate(_AXES)
    return drawn


def draw(curves: Curves, title: str, sink: Sink, look: Look) -> None:
    """The chart below a table."""
    sink.write_text(_fitting("\n" + text(curves, _width(sink, look), look.language), sink))


def draw_fenced(curves: Curves, title: str, sink: Sink, look: Look) -> None:
    """The same as a block of Markdown."""
    sink.write_text(_fitting(f"\n```text\n{text(curves, _width(sink, look), look.language)}```\n", sink))
