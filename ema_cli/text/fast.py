"""Numbers read and printed by orjson, if it is installed: the same values and text in a fraction of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

_Text = TypeVar("_Text", str, bytes)

_FEW = 8
"""Where one value in so many may be small, all are looked at; fewer are looked for in the text."""

_KNOWN = [7.0, -1 / 3, 1e-5, 1e16, 5e-324, 1.7976931348623157e308]
"""What an orjson must print rightly to be of use: another one could change the digits."""

_orjson: ModuleType | None = None
_tried = False


def _module() -> ModuleType | None:
    global _orjson, _tried
    if not _tried:
        _tried = True
        try:
            import orjson

            if _texts(orjson, _KNOWN) == list(map(repr, _KNOWN)) and repr(orjson.loads(b"[7,1e23]")) == "[7, 1e+23]":
                _orjson = orjson
        except Exception:  # a broken one may raise anything, and is as good as none
            return None
    return _orjson


def parsed(data: bytes, delimiter: str) -> list[Any] | None:
    """The numbers of plain lines, in order; None where orjson is missing, or reads something else.

    JSON has no `+1`, `.5`, `1.` or `007`, which orjson refuses; and no integer -0, which it reads as 0.
    """
    if (orjson := _module()) is None:
        return None
    if delimiter != ",":
        data = data.replace(delimiter.encode(), b",")
    try:
        numbers: list[Any] = orjson.loads(b"[%b]" % data[:-1].replace(b"\n", b","))
    except ValueError:
        return None
    return numbers


def printed(values: list[float]) -> list[str] | None:
    """The shortest text of each number in the layout of repr; None where orjson is missing.

    The digits are the same; the layout differs below 1e-4 and from 1e16 on, and for what is not finite.
    """
    return None if (orjson := _module()) is None else _texts(orjson, values)


def coded(values: list[float]) -> list[bytes] | None:
    """The same in ASCII."""
    if (orjson := _module()) is None:
        return None
    data: bytes = orjson.dumps(values)[1:-1]
    return _repaired(data, data.split(b","), values, lambda value: repr(value).encode())


def _texts(orjson: ModuleType, values: list[float]) -> list[str]:
    data: bytes = orjson.dumps(values)[1:-1]
    return _repaired(data, data.decode("ascii").split(","), values, repr)


def _repaired(data: bytes, texts: list[_Text], values: list[float], write: Callable[[float], _Text]) -> list[_Text]:
    """The texts, those in another layout written again."""
    odd = b"e" in data  # a single byte is found at once
    small = 0 if odd else data.count(b"0.0000")
    if small * _FEW < len(values):
        place = start = 0
        for _ in range(small):
            found = data.index(b"0.0000", start)
            place += data.count(b",", start, found)
            texts[place] = write(values[place])
            start = found + 6
    if odd or small * _FEW >= len(values):
        for place in [place for place, value in enumerate(values) if -1e-4 < value < 1e-4]:
            texts[place] = write(values[place])
    if odd or b"n" in data:  # of null
        for place in [place for place, value in enumerate(values) if not -1e16 < value < 1e16]:
            texts[place] = write(values[place])
    return texts
