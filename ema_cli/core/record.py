"""Records: classes with named, typed fields, as NamedTuple makes them, but created in a tenth of the time.

NamedTuple and dataclass compile generated source for each class, which shows in a command that runs for milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass_transform(frozen_default=True)
class Record:
    """Base class of records: the fields are the annotations of the class and its bases, and immutable by default."""

    _fields: tuple[str, ...] = ()
    _known: frozenset[str] = frozenset()
    _required: frozenset[str] = frozenset()

    def __init_subclass__(cls, **_: bool) -> None:
        own = cls.__annotations__.keys()
        cls._required = (cls._required | (own - cls._known)) - vars(cls).keys()
        cls._fields = tuple(dict.fromkeys((*cls._fields, *own)))
        cls._known = cls._known | own

    def __init__(self, *values: Any, **named: Any) -> None:
        fields = self.__dict__
        if values:
            fields.update(zip(self._fields, values, strict=False))
            if not named and len(values) == len(self._fields):  # nothing is left to check
                return
        fields.update(named)
        if len(fields) < len(values) + len(named) or not self._required <= fields.keys() <= self._known:
            raise TypeError(self._mistake(values, named))

    def _mistake(self, values: tuple[Any, ...], named: dict[str, Any]) -> str:
        """The message about fields that are unknown, missing or given twice."""
        first = [str(value) for value in values[:1]]
        taken = set(self._fields[: len(values)])
        problems = {
            "has no field": sorted(named.keys() - self._known),
            "needs": sorted(self._required - taken - named.keys()),
            "has twice": sorted(taken & named.keys()),
        }
        parts = [f"{problem} {', '.join(names)}" for problem, names in problems.items() if names]
        return " ".join([type(self).__name__, *first, "; ".join(parts) or f"has {len(self._fields)} fields"])

    def but(self, **named: Any) -> Self:
        """Copy the record with other values for some fields."""
        return type(self)(**(self.__dict__ | named))

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        fields = (self.__dict__.get(name) for name in self._fields)
        return hash(tuple(frozenset(field.items()) if isinstance(field, dict) else field for field in fields))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._fields)
        return f"{type(self).__name__}({fields})"


def aliases(entries: Mapping[str, Any], field: str = "aliases") -> dict[str, str]:
    """Map the aliases of records, or the words in another field, to the records' names, space-separated.

    >>> from ema_cli.core.numbers.dtypes import ENTRIES
    >>> aliases(ENTRIES)["half"], aliases(ENTRIES)["float"]
    ('float16', 'float64 float32')
    """
    found: dict[str, str] = {}
    for name, entry in entries.items():
        found |= {word: f"{found[word]} {name}" if word in found else name for word in getattr(entry, field)}
    return found
