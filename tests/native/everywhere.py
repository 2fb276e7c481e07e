"""Pytest plugin (`-p tests.native.everywhere`): the compiled core for everything, however short."""

from ema_cli.core import compiled_loops


def pytest_configure() -> None:
    """Load and call the core from one row on."""
    compiled_loops.FEW = compiled_loops.WORTH = 1
    assert compiled_loops.compiled(1) is not None, "the core is not compiled here"
