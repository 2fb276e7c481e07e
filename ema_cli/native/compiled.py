"""Load the compiled core where it is worth it, and where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

WORTH = 8192
"""Bytes of a block from which on it pays to load the compiled core; a short script never does."""

INTERFACE = 7
"""Required value of `_core.interface`; it changes with the functions."""

OFF = "EMA_CALC_PURE"
"""The variable of the environment that turns it off."""

_known: ModuleType | None = None
_tried = False


def compiled(size: int = 0) -> ModuleType | None:
    """The compiled core; None where there is none, or nothing so far was worth loading it.

    Args:
        size: The bytes that are to be read or printed.
    """
    return _known if _tried or size < WORTH else _loaded()


def _loaded() -> ModuleType | None:
    global _known, _tried
    _tried = True
    import os

    if not os.environ.get(OFF):
        try:
            from ema_cli.native import _core
        except ImportError:  # it was not built, or not for this machine
            return None
        if getattr(_core, "interface", None) == INTERFACE and _core.works():  # not a build of other sources
            _known = _core
    return _known
