"""The compiled core, compared with the Python that defines it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from ema_cli.core import compiled_loops

if TYPE_CHECKING:
    from collections.abc import Iterator

needs_core = pytest.mark.skipif(
    compiled_loops.compiled(compiled_loops.WORTH) is None, reason="the core is not compiled here"
)
_CORE = compiled_loops.compiled()


HAS_CORE = _CORE is not None


@contextmanager
def only(*, compiled: bool) -> Iterator[None]:
    """Use the compiled core for everything, however short, or Python alone."""
    with patch.multiple(compiled_loops, _core_module=_CORE if compiled else None, _tried=True, FEW=1):
        yield
