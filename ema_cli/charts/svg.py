"""The chart as SVG inside a page: it takes the page's colours, and each curve has a dash and a sign of its own."""

from __future__ import annotations

from html import escape
from math import floor, log10
from typing import TYPE_CHECKING

from ema_cli.core.literals import printable
from ema_cli.text.cells import text_width

if TYPE_CHECKING:
    from ema_cli.charts.curves import Curves
    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink

_WIDTH, _HEIGHT = 720, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 14, 46
_DASHES = ("none", "7 3", "2 3", "10 3 2 3", "14 4", "1 2")
_MOST_SIGNS = 40  # points; beyond that the signs would hide the curve
_BESIDE = ((3, 14), (2, 24), (1, 10**6))
"""How many labels stand beside each other in the legend, up to which length: on a phone letters are large."""
_SHAPES = ("M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0", "M-3-3h6v6h-6z", "M0-4l4 7h-8z", "M0-4l4 4-4 4-4-4z")


def ticks(low: float, high: float, count: int = 6) -> list[float]:
    """Round numbers between two."""
    rough = (high - low) / count
    unit = 10.0 ** floor(log10(rough))
    step = unit * next(times for times in (1, 2, 5, 10) if unit * times >= rough * 0.999)
    first = -floor(-low / step)
    return [float(f"{step * number:.12g}") for number in range(first, floor(high / step + 1e-9) + 1)]


def draw(curves: Curves, title: str, sink: Sink, look: Look) -> None:
    """The figure."""
    every = list(curves)
    xs = [point[0] for curve in every for point in curve.points]
    ys = [point[1] for curve in every for point in curve.points]
    if not xs:
        return
    left, right = min(xs), max(max(xs), min(xs) + 1)
    margin = (max(ys) - min(ys)) * 0.05 or abs(ys[0]) * 0.5 or 1.0
    low, high = min(ys) - margin, max(ys) + margin

    def x(value: float) -> float:
        return round(_LEFT + (value - left) / (right - left) * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(value: float) -> float:
        return round(_HEIGHT - _BOTTOM - (value - low) / (high - low) * (_HEIGHT - _TOP - _BOTTOM), 1)

    longest = max(text_width(printable(curve.label)) for curve in every)
    beside = next(count for count, most in _BESIDE if longest <= most)
    rows = -(-len(every) // beside)
    height = _HEIGHT + 22 * rows
    about, say = escape(printable(title)), look.language.say
    named = say("{name}: {text}", name=about, text=say("param and shadow over the rounds"))
    lines = [
        f'<figure>\n<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{named}"'
        ' font-size="13" font-family="system-ui, sans-serif" fill="var(--ink)">'
    ]
    for tick in ticks(low, high):
        lines.append(f'<path d="M{_LEFT} {y(tick)}H{_WIDTH - _RIGHT}" stroke="var(--line)" stroke-width=".6"/>')
        lines.append(f'<text x="{_LEFT - 8}" y="{y(tick) + 4}" text-anchor="end">{tick:.6g}</text>')
    base = _HEIGHT - _BOTTOM
    lines += [
        f'<text x="{x(tick)}" y="{base + 18}" text-anchor="middle">{tick:.6g}</text>'
        for tick in ticks(left, right, 8)
        if tick == int(tick)
    ]
    lines.append(f'<path d="M{_LEFT} {base}H{_WIDTH - _RIGHT}" stroke="var(--ink)"/>')
    middle = (_LEFT + _WIDTH - _RIGHT) // 2
    lines.append(f'<text x="{middle}" y="{_HEIGHT - 8}" text-anchor="middle">{say("round")}</text>')
    for number, curve in enumerate(every):
        behind = curve in curves.params and len(curve.points) > _MOST_SIGNS  # what is averaged, under the averages
        colour, dash = "var(--soft)" if behind else f"var(--c{number % 6})", _DASHES[number % len(_DASHES)]
        sign = _SHAPES[number % len(_SHAPES)]
        look_of_it = f'fill="none" stroke="{colour}" stroke-width="{1 if behind else 2}" stroke-dasharray="{dash}"'
        for stroke in curve.strokes():
            path = "L".join(f"{x(point[0])} {y(point[1])}" for point in stroke)
            lines.append(f'<path d="M{path}" {look_of_it} stroke-linejoin="round"/>')
        if len(curve.points) <= _MOST_SIGNS:
            for point in curve.points:
                at = f"{x(point[0])} {y(point[1])}"
                lines.append(f'<path d="{sign}" transform="translate({at})" fill="{colour}"/>')
        column, row = number % beside, number // beside
        at_x, at_y = _LEFT + column * (645 // beside), _HEIGHT + 8 + 22 * row
        lines.append(f'<path d="M{at_x} {at_y}h34" {look_of_it}/>')
        lines.append(f'<path d="{sign}" transform="translate({at_x + 17} {at_y})" fill="{colour}"/>')
        lines.append(f'<text x="{at_x + 42}" y="{at_y + 4}">{escape(printable(curve.label))}</text>')
    lines.append(f"</svg>\n<figcaption>{about}</figcaption>\n</figure>\n")
    sink.write_text("\n".join(lines))
