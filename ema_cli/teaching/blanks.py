"""Worksheets: which cells are blank, and which others would give them away."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Hidden = Callable[[str, int], bool]
