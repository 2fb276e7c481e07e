"""What an exponential moving average does, round by round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ema_cli.core.engine import Average, Round, Rounds
    from ema_cli.core.errors import SettingError

__all__ = ["Average", "Round", "Rounds", "SettingError", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """The public names, imported when they are asked for: the command needs them later, or not at all."""
    if name in __all__:
        from ema_cli.core import engine

        return getattr(engine, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
