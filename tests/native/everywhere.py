"""Plugin of pytest (`-p tests.native.everywhere`): the compiled core for everything, however short."""

from ema_cli.core import loops
from ema_cli.native import compiled

loops.FEW = compiled.WORTH = 1
assert compiled.compiled(1) is not None, "the core is not compiled here"
