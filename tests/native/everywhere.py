"""Plugin of pytest (`-p tests.native.everywhere`): the compiled core for everything, however short."""

from ema_cli.core import compiled_loops


def pytest_configure() -> None:
    """Find the core worth loading and calling from one row on."""
    compiled_loops.FEW = compiled_loops.WORTH = 1
    assert compiled_loops.compiled(1) is not None, "the core is not compiled here"
