"""The chart as SVG: in a page with the page's colours, in a picture with the colours of its theme."""

from __future__ import annotations

from html import escape
from json import dumps
from typing import TYPE_CHECKING

from ema_cli.charts.data import MOST_SIGNS, Curve, axis_below, legend
from ema_cli.core.numbers.literals import printable
from ema_cli.core.record import Record
from ema_cli.formats.colours import CURVES, OF_PAGE, of_theme
from ema_cli.text.cell_text import text_width

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ema_cli.charts.data import Chart, Panel
    from ema_cli.charts.scale import Scale
    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink

WIDTH = 720
_HEIGHTS = (284, 200)
"""The height of a single panel, and of each of several."""
_LIVE = 140
"""The height of each of the two panels of an interactive page, so that the whole chart fits on a screen."""
_RIGHT, _TOP, _BOTTOM, _ROW = 16, 46, 78, 28
"""The right margin, the space above each panel, the space below the last panel, and the height of a legend's line, all
with room for the large letters on a phone."""
_DASHES = ("none", "7 3", "2 3", "10 3 2 3", "14 4", "1 2")
_LEAST, _LETTER = 68, 16
"""The space on the left for the labels of scales: the least, and per character (large letters on a phone)."""
_BESIDE = ((3, 14), (2, 24), (1, 10**6))
"""Numbers of labels side by side in the legend, each with the greatest length of a label."""
_SIGNS = ("M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0", "M-3-3h6v6h-6z", "M0-4l4 7h-8z", "M0-4l4 4-4 4-4-4z")


def drawn(chart: Chart, colours: Mapping[str, str]) -> tuple[list[str], int]:
    """Draw the chart, WIDTH wide, and return its elements and its height; [] and 0 if it has no points."""
    panels = chart.panels()
    if not panels:
        return [], 0
    longest = max(len(text) for panel in panels for _, text in panel.values.named())
    base = _Base(axis_below(panels, dated=chart.dated), max(_LEAST, _LETTER * longest))
    tall = _HEIGHTS[len(panels) > 1]
    lines: list[str] = []
    for place, panel in enumerate(panels):
        lines += _panel(panel, base, place * (tall + _TOP) + _TOP, tall, colours)
    bottom = len(panels) * (tall + _TOP)
    for tick, text in base.below.named(8):
        x = base.x(tick)
        side = (x, "middle") if x + 4 * len(text) < WIDTH else (WIDTH, "end")
        lines.append(f'<text x="{side[0]}" y="{bottom + 25}" text-anchor="{side[1]}">{text}</text>')
    middle = (base.left + WIDTH - _RIGHT) // 2
    lines.append(f'<text x="{middle}" y="{bottom + 53}" text-anchor="middle">{escape(printable(chart.key))}</text>')
    below, height = _legend([*legend(panels).values()], base.left, bottom + _BOTTOM, colours)
    return [*lines, *below], bottom + _BOTTOM + height


def _legend(curves: Sequence[Curve], left: int, top: int, colours: Mapping[str, str]) -> tuple[list[str], int]:
    """Draw the legend, and return its elements and its height."""
    longest = max(text_width(printable(curve.label)) for curve in curves)
    beside = next(count for count, most in _BESIDE if longest <= most)
    lines = []
    for number, curve in enumerate(curves):
        x, y = left + number % beside * (645 // beside), top + _ROW * (number // beside)
        lines += _Pen(curve, colours).key(x, y)
        lines.append(f'<text x="{x + 42}" y="{y + 4}">{escape(printable(curve.label))}</text>')
    return lines, _ROW * -(-len(curves) // beside)


class _Base(Record):
    """The horizontal axis, and the space on its left."""

    below: Scale
    left: int

    def x(self, place: float) -> float:
        """The x coordinate of a place on the axis."""
        return round(self.left + self.below.at(place) * (WIDTH - self.left - _RIGHT), 1)


class _Pen:
    """The colour, the dash and the sign of a curve."""

    def __init__(self, curve: Curve, colours: Mapping[str, str]) -> None:
        number, self.bars = curve.look, curve.bars
        self.colour = colours["soft" if curve.behind else f"c{number % CURVES}"]
        dash = _DASHES[number % len(_DASHES)]
        self.sign = _SIGNS[number % len(_SIGNS)]
        self.stroke = (
            f'fill="none" stroke="{self.colour}" stroke-width="{1 if curve.behind else 2}"'
            f' stroke-dasharray="{dash}" stroke-linejoin="round"'
        )

    def marked(self, x: float, y: float) -> str:
        """Draw the sign at a point."""
        return f'<path d="{self.sign}" transform="translate({x} {y})" fill="{self.colour}"/>'

    def key(self, x: float, y: float) -> list[str]:
        """Draw a sample of the curve for the legend."""
        if self.bars:
            return [f'<path d="M{x} {y - 6}h34v12h-34z" fill="{self.colour}"/>']
        return [f'<path d="M{x} {y}h34" {self.stroke}/>', self.marked(x + 17, y)]


def _panel(panel: Panel, base: _Base, top: int, tall: int, colours: Mapping[str, str]) -> list[str]:
    """Draw a panel with its scale on the left, its name above, and its curves or bars."""
    values = panel.values

    def y(value: float) -> float:
        return round(top + (1 - values.at(value)) * tall, 1)

    lines = [f'<text x="{base.left}" y="{top - 12}" fill="{colours["soft"]}">{escape(printable(panel.label))}</text>']
    for tick, text in values.named():
        lines.append(
            f'<path d="M{base.left} {y(tick)}H{WIDTH - _RIGHT}" stroke="{colours["line"]}" stroke-width=".6"/>'
        )
        lines.append(f'<text x="{base.left - 8}" y="{y(tick) + 4}" text-anchor="end">{text}</text>')
    lines.append(f'<path d="M{base.left} {top + tall}H{WIDTH - _RIGHT}" stroke="{colours["ink"]}"/>')
    for number, curve in enumerate(panel.curves):
        pen = _Pen(curve, colours)
        if curve.bars:
            lines += _bars(curve, number, len(panel.curves), base, y, pen.colour)
            continue
        for stroke in curve.strokes:
            path = "L".join(f"{base.x(point[0])} {y(point[1])}" for point in stroke)
            lines.append(f'<path d="M{path}" {pen.stroke}/>')
        if len(curve.points) <= MOST_SIGNS:
            lines += [pen.marked(base.x(point[0]), y(point[1])) for point in curve.points]
    return lines


def _bars(curve: Curve, number: int, count: int, base: _Base, y: Callable[[float], float], colour: str) -> list[str]:
    """Draw a bar for each point; bars of several curves are side by side."""
    wide = max((base.x(base.below.low + base.below.unit) - base.left) * 0.8 / count, 0.5)
    bars = []
    for place, value in curve.points:
        x, (top, bottom) = base.x(place) - wide * count / 2 + wide * number, sorted((y(value), y(0)))
        bars.append(f"M{x:.1f} {bottom}V{top}h{wide:.1f}V{bottom}z")
    return [f'<path d="{"".join(bars)}" fill="{colour}"/>']


def draw_live(chart: Chart, title: str, sink: Sink, look: Look) -> None:
    """Write the chart as a figure, with the data from which the page's scripts redraw it."""
    panels = chart.panels()
    if not panels:
        return
    below, places = axis_below(panels, dated=chart.dated, bars=True), chart.places()
    say, behind = chart.language.say, max(places) > MOST_SIGNS
    lines = [Curve(say("param"), [], 0, behind=behind), Curve(say("shadow"), [], 1)]
    bars = Curve(say("share"), [], 2, bars=True)
    markup, height = _legend(lines, 0, 0, OF_PAGE)
    drawing = {
        "width": WIDTH,
        "right": _RIGHT,
        "top": _TOP,
        "tall": _LIVE,
        "bottom": _BOTTOM,
        "least": _LEAST,
        "letter": _LETTER,
        "signed": not behind,
        "pens": [vars(_Pen(curve, OF_PAGE)) for curve in (*lines, bars)],
        "legend": "".join(markup),
        "height": height,
        "key": printable(chart.key),
        "places": {place: round(below.at(at), 6) for place, at in places.items()},
        "ticks": [(round(below.at(at), 6), text) for at, text in below.named(8)],
        "unit": below.unit / (below.high - below.low),
    }
    draw(chart, title, sink, look, f' data-chart="{escape(dumps(drawing, ensure_ascii=False))}"')


def draw(chart: Chart, title: str, sink: Sink, look: Look, data: str = "") -> None:
    """Write the chart as a figure of the page; `data` is a further attribute of the picture."""
    lines, height = drawn(chart, OF_PAGE)
    if not lines:
        return
    named = escape(look.language.named(printable(title), description(chart)))
    sink.write_text(
        f'<figure>\n<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{named}"{data}'
        ' preserveAspectRatio="xMinYMin" font-size="13" font-family="system-ui, sans-serif" fill="var(--ink)">\n'
        + "\n".join(lines)
        + "\n</svg>\n</figure>\n"
    )


def draw_block(chart: Chart, title: str, sink: Sink, look: Look) -> None:
    """Write the chart as a block of an SVG picture (`formats/svg.py`)."""
    from ema_cli.formats.svg import block

    lines, height = drawn(chart, of_theme(look.theme))
    if lines:
        sink.write(block(WIDTH, height, ['<g font-size="13">\n', "\n".join(lines), "\n</g>\n"]))


def description(chart: Chart) -> str:
    """The chart in words, for screen readers."""
    say = chart.language.say
    names: Sequence[str] = [printable(curve.label) for panel in chart.panels() for curve in panel.curves]
    return say("{names} by {key}", names=say(", ").join(names), key=printable(chart.key))
