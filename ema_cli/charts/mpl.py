"""The chart as a figure for slides, drawn by matplotlib (the extra `plot`)."""

from __future__ import annotations

import io
import os
from contextlib import suppress
from logging import ERROR, getLogger
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter

from ema_cli.charts.data import MOST_SIGNS, axis_below, legend
from ema_cli.errors import UsageError, quoted
from ema_cli.extras import require
from ema_cli.formats.new_file import NewFile
from ema_cli.text.cell_text import text_width

if TYPE_CHECKING:
    from ema_cli.charts.data import Chart, Curve, Panel
    from ema_cli.charts.scale import Scale
    from ema_cli.text.language import Language

ENDINGS = (".svg", ".png", ".pdf")
# Okabe and Ito, "Color universal design", 2008; black for the param.
_COLOURS = ("#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
_DASHES = ("-", "--", ":", "-.", (0, (8, 2)), (0, (3, 1, 1, 1, 1, 1)), (0, (1, 3)))
_SIGNS = ("o", "s", "^", "D", "v", "P", "X")
_LETTERS = 76  # characters that fit into the width of the figure
_FONT = "DejaVu Sans"  # included in matplotlib; translated to the fonts of a language with another script
_NO_DATE = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}, ".png": {}}
"""Metadata without a date, so that equal figures are equal files."""


def check(path: str, language: Language) -> None:
    """Raise a UsageError, before anything is computed, if the figure can't be drawn."""
    ending = os.path.splitext(path)[1].lower()
    if ending not in ENDINGS:
        raise UsageError(f"--plot-file {quoted(path)}: unknown extension; use one of {', '.join(ENDINGS)}")
    getLogger("matplotlib").setLevel(ERROR)  # hide its messages about fonts and caches
    require("--plot-file", "matplotlib", "matplotlib.backends.backend_agg")
    if ending != ".svg" and not _installed(language):  # viewers of .svg use their own fonts
        raise UsageError(
            f"--plot-file {quoted(path)} needs a font for --lang {language.name}, but finds none of"
            f" {language.say(_FONT)}; a .svg figure needs no font"
        )


def _installed(language: Language) -> list[str]:
    """The fonts for the characters of a language that are installed, the best first."""
    from matplotlib import font_manager

    fonts = language.say(_FONT).split(", ")
    if not {*fonts}.intersection(font_manager.get_font_names()):
        # matplotlib caches the list of fonts from its first run: add fonts that were installed since.
        known = {font.fname for font in font_manager.fontManager.ttflist}
        for path in {*font_manager.findSystemFonts()} - known:
            with suppress(Exception):  # a font that matplotlib can't read
                font_manager.fontManager.addfont(path)
    names = font_manager.get_font_names()
    return [name for name in fonts if name in names]


def save(chart: Chart, title: list[str], path: str, language: Language) -> None:
    """Draw the chart into a file.

    Raises:
        DataError: The file cannot be written.
    """
    from matplotlib import rc_context, rcdefaults, rcParams
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    ending = os.path.splitext(path)[1].lower()
    settings: dict[Any, Any] = {
        "svg.hashsalt": "ema-calc",
        "svg.fonttype": "none",  # keep text as text
        "text.parse_math": False,  # a $ in a name does not begin a formula
        "font.size": 13,
        "font.family": list(dict.fromkeys([_FONT, *_installed(language)[:1]])),
    }
    with rc_context(), catch_warnings():
        rcdefaults()  # ignore the user's matplotlibrc
        rcParams.update(settings)
        simplefilter("ignore", UserWarning)  # characters missing from the font become boxes, or use the viewer's font
        panels = chart.panels()
        figure = Figure(figsize=(8, 4.5 if len(panels) < 2 else 3 * len(panels)), layout="constrained")
        FigureCanvasAgg(figure)
        every = figure.subplots(max(len(panels), 1), sharex=True, squeeze=False)[:, 0]
        below = axis_below(panels, dated=chart.dated)
        for axes, panel in zip(every, panels, strict=False):
            for number, curve in enumerate(panel.curves):
                _draw(axes, panel, number, curve, below.unit)
            _fit(axes, panel, below)
        every[-1].set_xlabel(chart.key)
        every[0].set_title("\n".join(title), fontsize=13, loc="left")
        _add_legend(figure, every, [*legend(panels)])
        drawn = io.BytesIO()
        figure.savefig(drawn, format=ending[1:], dpi=160, metadata=_NO_DATE[ending])
    with NewFile(path) as sink:
        sink.write(drawn.getvalue())


def _add_legend(figure: Any, every: Any, labels: list[str]) -> None:
    """Write the legend below the panels, where it covers no curve."""
    longest = max(map(text_width, labels), default=0)
    drawn_as = [axes.get_legend_handles_labels() for axes in reversed(every)]
    signs = {label: sign for pair in drawn_as for sign, label in zip(*pair, strict=True)}
    known = [label for label in labels if label in signs]  # matplotlib leaves out labels that begin with _
    figure.legend(
        [signs[label] for label in known],
        known,
        loc="outside lower center",
        ncols=max(min(4, _LETTERS // (longest + 7)), 1),
        frameon=False,
        handlelength=3,
    )


def _draw(axes: Any, panel: Panel, number: int, curve: Curve, unit: float) -> None:
    """Draw a curve or bars; `number` is its place in the panel, `unit` the room for all bars at one place."""
    look = curve.look % len(_COLOURS)
    colour = "#8c8c8c" if curve.behind else _COLOURS[look]
    if curve.bars:
        wide = 0.8 * unit / len(panel.curves)
        at = [point[0] - 0.4 * unit + wide * (number + 0.5) for point in curve.points]
        axes.bar(at, [point[1] for point in curve.points], width=wide, color=colour, label=curve.label)
        return
    for part, stroke in enumerate(curve.strokes):
        axes.plot(
            [point[0] for point in stroke],
            [point[1] for point in stroke],
            color=colour,
            linestyle=_DASHES[look],
            linewidth=1 if curve.behind else 2,
            marker=_SIGNS[look] if len(curve.points) <= MOST_SIGNS else None,
            markersize=5,
            label=curve.label if not part else None,
        )


def _fit(axes: Any, panel: Panel, below: Scale) -> None:
    """Set the limits, ticks and labels of a panel's axes, and a light frame."""
    values = panel.values
    beside = (below.high - below.low) * 0.02
    axes.set_xlim(below.low - beside, below.high + beside)
    axes.set_ylim(values.low, values.high)
    axes.set_xticks(*zip(*below.named(8), strict=True))
    axes.set_yticks(*zip(*values.named(), strict=True))
    axes.set_ylabel(panel.label)
    axes.grid(visible=True, color="#dddddd", linewidth=0.7)
    axes.set_axisbelow(True)
    for side in "top", "right":
        axes.spines[side].set_visible(False)
