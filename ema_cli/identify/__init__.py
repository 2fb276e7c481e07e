"""--identify: which average a log was made by."""

from ema_cli.identify.evidence import Evidence
from ema_cli.identify.narrowed import Narrowed
from ema_cli.identify.search import Fit, search

__all__ = ["Evidence", "Fit", "Narrowed", "search"]
