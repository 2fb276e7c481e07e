"""The chart as a figure for slides, drawn by matplotlib (the extra `plot`)."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from ema_cli.errors import UsageError, shown
from ema_cli.output.sink import open_sink
from ema_cli.teaching.extra import require

if TYPE_CHECKING:
    from ema_cli.teaching.curves import Curves

ENDINGS = (".svg", ".png", ".pdf")
# Okabe and Ito, "Color universal design", 2008; black for the param.
_COLOURS = ("#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
_DASHES = ("-", "--", ":", "-.", (0, (8, 2)), (0, (3, 1, 1, 1, 1, 1)), (0, (1, 3)))
_SIGNS = ("o", "s", "^", "D", "v", "P", "X")
_MOST_SIGNS = 40
_NO_DATE = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}, ".png": {}}
"""The same figure is the same file."""


def check(path: str) -> None:
    """Raise a UsageError if the figure cannot be drawn there, before anything is computed."""
    ending = os.path.splitext(path)[1].lower()
    if ending not in ENDINGS:
        raise UsageError(f"--plot-file {shown(path)} has none of the endings {', '.join(ENDINGS)}")
    require("--plot-file", "matplotlib", "matplotlib.backends.backend_agg")


def save(curves: Curves, title: list[str], path: str) -> None:
    """Draw the curves into a file.

    Raises:
        DataError: The file cannot be written.
    """
    from logging import ERROR, getLogger

    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    getLogger("matplotlib").setLevel(ERROR)  # that it looks for fonts is of no interest
    ending = os.path.splitext(path)[1].lower()
    # Text stays text, and a $ in a name is no formula.
    with rc_context({"svg.hashsalt": "ema-calc", "svg.fonttype": "none", "text.parse_math": False, "font.size": 13}):
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        for place, curve in enumerate(curves):
            look = place % len(_COLOURS)
            behind = curve in curves.params and len(curve.points) > _MOST_SIGNS  # what is averaged, under the averages
            for number, stroke in enumerate(curve.strokes()):
                axes.plot(
                    [point[0] for point in stroke],
                    [point[1] for point in stroke],
                    color="#8c8c8c" if behind else _COLOURS[look],
                    linestyle=_DASHES[look],
                    linewidth=1 if behind else 2,
                    marker=_SIGNS[look] if len(curve.points) <= _MOST_SIGNS else None,
                    markersize=5,
                    label=curve.label if not number else None,
                )
        axes.set_xlabel("round")
        axes.set_ylabel("value")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_title("\n".join(title), fontsize=13, loc="left")
        axes.grid(visible=True, color="#dddddd", linewidth=0.7)
        axes.set_axisbelow(True)
        for side in "top", "right":
            axes.spines[side].set_visible(False)
        figure.legend(loc="outside lower center", ncols=4, frameon=False, handlelength=3)  # over no curve
        drawn = io.BytesIO()
        figure.savefig(drawn, format=ending[1:], dpi=160, metadata=_NO_DATE[ending])
    with open_sink(path) as sink:
        sink.write(drawn.getvalue())
