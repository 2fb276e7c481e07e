"""Records: named fields with types and defaults, as a NamedTuple has them, at a tenth of the cost of making the class.

A NamedTuple or a dataclass is made by running generated source; a command that ends after milliseconds notices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass_transform(frozen_default=True)
class Record:
    """A record whose fields are the annotations of its class and its bases, unchanged unless the class says so."""

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
            if not named and len(values) == len(self._fields):  # there is nothing to check
                return
        fields.update(named)
        if len(fields) < len(values) + len(named) or not self._required <= fields.keys() <= self._known:
            raise TypeError(self._mistake(values, named))

    def _mistake(self, values: tuple[Any, ...], named: dict[str, Any]) -> str:
        """Name the fields that are unknown, missing or given twice."""
        first = [str(value) for value in values[:1]]
        taken = set(self._fields[: len(values)])
        problems = {
            "has no field": sorted(named.keys() - self._known),
            "needs": sorted(self._required - taken - named.keys()),
            "has twice": sorted(taken & named.keys()),
        }
        told = [f"{problem} {', '.join(names)}" for problem, names in problems.items() if names]
        return " ".join([type(self).__name__, *first, "; ".join(told) or f"has {len(self._fields)} fields"])

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
    """From the aliases of records, or another field of words, to their names.

    >>> from ema_cli.core.numbers.dtypes import ENTRIES
    >>> aliases(ENTRIES)["half"], aliases(ENTRIES)["float"]
    ('float16', 'float64 float32')
    """
    found: dict[str, str] = {}
    for name, entry in entries.items():
        found |= {word: f"{found[word]} {name}" if word in found else name for word in getattr(entry, field)}
    return found
