"""Compiled loops that replace Python's, found by the texts of their formulas.

A formula that was not known when the core was compiled, numbers that doubles don't hold, and whatever Python would
raise an exception for give None: the caller then computes in Python.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from ema_cli.native.compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

Asked = tuple[str, str, tuple[str, ...], tuple[tuple[str, str], ...]]
"""A loop: what it is found by, the number system, the registers and the steps."""

FEW = 32
"""Rows that Python computes as soon by itself."""

asked: set[Asked] | None = None
"""While the core is being compiled: the loops that the catalogue's formulas ask for."""


def worth(rows: int) -> ModuleType | None:
    """The compiled core, where it saves time."""
    return compiled(8 * rows) if rows >= FEW else None


class Loop:
    """A loop over the rows of a batch.

    Args:
        system: The number system.
        registers: What lasts from row to row.
        steps: What is assigned in each row, in order. A column's formula has an empty name, a gate's is `action`.
        constants: The numbers that the formulas name.
    """

    __slots__ = ("_constants", "_found", "_key", "_registers")

    def __init__(
        self, system: str, registers: Sequence[str], steps: Sequence[tuple[str, str]], constants: Mapping[str, Any]
    ) -> None:
        self._key = f"{system}: {', '.join(registers)}: {'; '.join(f'{name} = {text}' for name, text in steps)}"
        self._registers, self._constants = tuple(registers), constants
        self._found: Any = None if system == "exact" else ()  # not looked for yet
        if asked is not None and self._found is not None:
            asked.add((self._key, system, self._registers, tuple(steps)))

    def column(self, inputs: Mapping[str, Any], rows: int) -> array[float] | None:
        """The value of a column's formula in each row."""
        found = self._run(inputs, rows, (), 1)
        return None if found is None else found[0]

    def registers(self, states: Sequence[float], inputs: Mapping[str, Any], rows: int) -> list[array[float]] | None:
        """The value of each register after each row, for one state after the other.

        An input that is as long as the rows of all states has rows of its own for each.
        """
        return self._run(inputs, rows, states, len(self._registers))

    def actions(self, state: Sequence[float], inputs: Mapping[str, Any], rows: int) -> bytes | None:
        """The action of a gate in each row, or the byte of a mask."""
        found = self._run(inputs, rows, state, 0)
        return None if found is None else bytes(found[0])

    def _run(self, inputs: Mapping[str, Any], rows: int, state: Sequence[float], columns: int) -> list[Any] | None:
        length = rows * max(len(state) // max(len(self._registers), 1), 1)
        core = worth(length)
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
        outputs: list[Any] = [array("d", bytes(8 * length)) for _ in range(columns)] or [bytearray(rows)]
        return outputs if core.run(number, rows, tuple(given), array("d", state), tuple(outputs)) else None
