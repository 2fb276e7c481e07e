"""The chart as a figure for slides, drawn by matplotlib (the extra `plot`)."""

from __future__ import annotations

import io
import os
from contextlib import suppress
from logging import ERROR, getLogger
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter

from ema_cli.charts.data import MOST_SIGNS, axis_below, legend
from ema_cli.errors import UsageError, shown
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
_LETTERS = 76  # that fit into the width of the figure
_FONT = "DejaVu Sans"  # which matplotlib brings; the font of a language is a string of its table
_NO_DATE = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}, ".png": {}}
"""Makes equal figures equal files."""


def check(path: str, language: Language) -> None:
    """Raise a UsageError if the figure cannot be drawn there, before anything is computed."""
    ending = os.path.splitext(path)[1].lower()
    if ending not in ENDINGS:
        raise UsageError(f"--plot-file {shown(path)}: unknown extension; use one of {', '.join(ENDINGS)}")
    getLogger("matplotlib").setLevel(ERROR)  # its notes on fonts and caches are of no use here
    require("--plot-file", "matplotlib", "matplotlib.backends.backend_agg")
    if ending != ".svg" and not _installed(language):  # a viewer of .svg has its own
        fonts = ", ".join(_fonts(language))
        raise UsageError(
            f"--plot-file {shown(path)} needs a font for --lang {language.name}, and finds none of {fonts};"
            " a figure in .svg needs none"
        )


def _fonts(language: Language) -> list[str]:
    """The fonts that have the characters of a language, the best first."""
    return language.say(_FONT).split(", ")


def _installed(language: Language) -> list[str]:
    from matplotlib import font_manager

    fonts = _fonts(language)
    if not {*fonts}.intersection(font_manager.get_font_names()):
        # It remembers what there was when it first ran.
        known = {font.fname for font in font_manager.fontManager.ttflist}
        for path in {*font_manager.findSystemFonts()} - known:
            with suppress(Exception):  # a font that it cannot read
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
        "svg.fonttype": "none",  # text stays text
        "text.parse_math": False,  # and a $ in a name is no formula
        "font.size": 13,
        "font.family": list(dict.fromkeys([_FONT, *_installed(language)[:1]])),
    }
    with rc_context(), catch_warnings():
        rcdefaults()  # a matplotlibrc changes nothing, and lets nothing run
        rcParams.update(settings)
        simplefilter("ignore", UserWarning)  # of characters that no font has: they become boxes, or the viewer's
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
    """Write the legend below the panels, over no curve."""
    longest = max(map(text_width, labels), default=0)
    drawn_as = [axes.get_legend_handles_labels() for axes in reversed(every)]
    signs = {label: sign for pair in drawn_as for sign, label in zip(*pair, strict=True)}
    known = [label for label in labels if label in signs]  # one that begins with _ has no place in a legend
    figure.legend(
        [signs[label] for label in known],
        known,
        loc="outside lower center",
        ncols=max(min(4, _LETTERS // (longest + 7)), 1),
        frameon=False,
        handlelength=3,
    )


def _draw(axes: Any, panel: Panel, number: int, curve: Curve, unit: float) -> None:
    """Draw a curve, or bars in a unit each; `number` is its place in the panel."""
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
    """Give a panel its scales, the ticks of all charts, and a quiet frame."""
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
