"""The colours of pages and pictures, each for a light and a dark theme."""

from __future__ import annotations

_PALETTE = {
    "ink": ("#1a1a1a", "#e8e8e8"),
    "paper": ("#ffffff", "#16181b"),
    "line": ("#b5b5b5", "#555b61"),
    "band": ("#f3f5f7", "#1f2327"),
    "soft": ("#555555", "#b0b0b0"),
    "c0": ("#1a1a1a", "#e8e8e8"),
    "c1": ("#0067a5", "#62b5ea"),
    "c2": ("#b34700", "#f0995b"),
    "c3": ("#00735c", "#43c6a5"),
    "c4": ("#94387f", "#dd92c8"),
    "c5": ("#7a6200", "#e0c554"),
}

CURVES = 6
"""The number of colours for curves, from `c0`."""

OF_PAGE = {name: f"var(--{name})" for name in _PALETTE}
"""The colours of a chart in a page, as CSS variables that follow the reader's theme."""


def of_theme(theme: str) -> dict[str, str]:
    """The colours of a picture, which can't follow the reader's theme: light unless `theme` is dark."""
    return {name: dark if theme == "dark" else light for name, (light, dark) in _PALETTE.items()}


def variables() -> str:
    """The colours as variables of a style sheet."""
    return " ".join(f"--{name}: light-dark({light}, {dark});" for name, (light, dark) in _PALETTE.items())
