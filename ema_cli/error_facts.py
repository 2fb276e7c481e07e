"""Facts that errors carry, from which `suggest` derives what to type instead."""

from __future__ import annotations

from ema_cli.core.record import Record


class BadPiece(Record):
    """A mistake in a piece, or in --step or --param."""

    text: str
    option: str = ""
    """The option with the mistake; empty for an operand."""


class NoFile(Record):
    """A file that does not exist."""

    path: str


class CutOff(Record):
    """A row or a record that ends too early."""


class NoValue(Record):
    """A missing value in a row."""


class NoScript(Record):
    """A script without an update."""


class NoColumn(Record):
    """A column that a file does not have."""

    name: str
    names: tuple[str, ...]
    option: str
    """The option that names it."""


class NoParam(Record):
    """A file without a column that can be the param."""

    source: str
    cells: tuple[tuple[str, str], ...]
    """The name and the first cell of each candidate column."""


class NoChoice(Record):
    """A value that is not among an option's choices."""

    option: str
    value: str
    choices: tuple[str, ...]
    multiple: bool
    """True if the option may be repeated."""


class ListOfColumns(Record):
    """An unknown name in --columns."""

    name: str
    text: str
    """The whole list as it was typed."""
    names: tuple[str, ...]


class NoBlank(Record):
    """A --blank whose column is not in the table."""

    text: str
    names: tuple[str, ...]


class NoOperandTaken(Record):
    """Operands together with an option that takes none."""

    operands: tuple[str, ...]
