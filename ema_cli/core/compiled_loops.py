"""The compiled core: loaded only for large inputs. Its loops replace Python's, and are found by the texts of formulas.

A loop returns None for a formula that was unknown when the core was compiled, for numbers that doubles can't hold, and
wherever Python would raise an exception: the caller then computes in Python.
"""

from __future__ import annotations

from array import array
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

WORTH = 8192
"""The size of a block, in bytes, from which loading the compiled core pays off."""

INTERFACE = 9
"""Required value of `_core.interface`; it changes with the signatures of the core's functions."""

OFF = "EMA_CALC_PURE"
"""The environment variable that turns the compiled core off."""

LoopKey = tuple[str, str, tuple[str, ...], tuple[tuple[str, str], ...], tuple[str, ...]]
"""A loop: the text it is found by, the number system, the registers, the steps, and the registers that are copied."""

FEW = 32
"""Below this number of rows, Python is as fast as the compiled core."""

requested: set[LoopKey] | None = None
"""While the core is being compiled: the loops that the catalogue's formulas need; else None."""


_core_module: ModuleType | None = None
_tried = False


def compiled(size: int = 0) -> ModuleType | None:
    """The compiled core; None if it is not available, or no input so far was large enough to load it.

    Args:
        size: The number of bytes to read or print.
    """
    return _core_module if _tried or size < WORTH else _load()


def _load() -> ModuleType | None:
    global _core_module, _tried
    _tried = True
    import os

    if not os.environ.get(OFF):
        try:
            from ema_cli.native import _core
        except ImportError:  # not built, or built for another machine
            return None
        if getattr(_core, "interface", None) == INTERFACE and _core.works():  # else built from other sources
            _core_module = _core
    return _core_module


def worth(rows: int) -> ModuleType | None:
    """The compiled core, if it saves time for this number of rows; else None."""
    return compiled(8 * rows) if rows >= FEW else None


class Loop:
    """A loop over the rows of a batch.

    Args:
        system: The number system.
        registers: The names that keep their values from row to row.
        steps: The assignments of each row, in order. A column's formula has an empty name, a gate's is `action`.
        constants: The numbers that the formulas name.
        copied: The registers that become p in a row that copies.
    """

    def __init__(
        self,
        system: str,
        registers: tuple[str, ...],
        steps: Sequence[tuple[str, str]],
        constants: Mapping[str, Any],
        copied: tuple[str, ...] = (),
    ) -> None:
        texts = ", ".join(registers), ", ".join(copied), "; ".join(f"{name} = {text}" for name, text in steps)
        self._key = ": ".join((system, *texts))
        self._constants = constants
        self._columns = 0 if "action" in dict(steps) else len(registers) or 1
        self._found: Any = None if system == "exact" else ()  # not looked for yet
        if requested is not None and self._found is not None:
            requested.add((self._key, system, registers, tuple(steps), copied))

    def run(
        self,
        inputs: Mapping[str, Any],
        rows: int,
        states: Sequence[Sequence[float]] = (),
        lengths: Sequence[int] = (),
        codes: bytes | None = None,
    ) -> list[Any] | None:
        """The registers after each row (`formula.Recurrence.run`), the values of a column, or the actions as bytes."""
        params = len(states) // (len(lengths) or 1) or 1
        core = worth(rows * params)
        if core is None:
            return None
        if self._found == ():
            self._found = core.find(self._key)
        if self._found is None:
            return None
        number, names = self._found
        given = []
        for name in names.split():
            value = inputs[name] if name in inputs else self._constants.get(name)
            if type(value) not in (float, int, array, range):
                return None
            given.append(value)
        size = 8 * rows * params
        outputs: list[Any] = [array("d", bytes(size)) for _ in range(self._columns)] or [bytearray(rows)]
        state, parts = array("d", chain.from_iterable(states)), array("q", lengths or (rows,))
        done = core.run(number, parts, tuple(given), state, tuple(outputs), codes or b"")
        return outputs if done else None
