"""Plugin of pytest (`-p tests.native.everywhere`): the compiled core for everything, however short."""

from ema_cli.core import loops


def pytest_configure() -> None:
    """Find the core worth loading and calling from one row on."""
    loops.FEW = loops.WORTH = 1
    assert loops.compiled(1) is not None, "the core is not compiled here"
