"""The compiled core beside the Python that defines it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from ema_cli.core import loops
from ema_cli.native import compiled as native

if TYPE_CHECKING:
    from collections.abc import Iterator

needs_core = pytest.mark.skipif(native.compiled(native.WORTH) is None, reason="the core is not compiled here")
_CORE = native.compiled()


HAS_CORE = _CORE is not None


@contextmanager
def only(*, compiled: bool) -> Iterator[None]:
    """The compiled core for everything, however short; or Python alone."""
    with patch.multiple(native, _known=_CORE if compiled else None, _tried=True), patch.object(loops, "FEW", 1):
        yield
