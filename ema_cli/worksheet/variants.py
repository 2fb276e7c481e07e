"""--variant N: the same exercise with other numbers that are as easy to compute with."""

from __future__ import annotations

import re
from functools import partial
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

from ema_cli.errors import UsageError
from ema_cli.reading.inline import is_piece
from ema_cli.text.language import find_language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PARAMS = re.compile(r"^([^:]*:)([^x]*)(x.*)?$")
_NUMBER = re.compile(r"(-?)(\d+)(?:\.(\d+))?")


def varied(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options with other params.

    Raises:
        UsageError: The params come from a file.
    """
    number, script = options["variant"], []
    draw = partial(_drawn, number, count(1))
    for operand in options["script"]:
        match = _PARAMS.match(operand) if is_piece(operand) else None
        if match is None:
            raise UsageError("--variant draws new params for updates such as 0:1 100:10x7, not for a file")
        script.append(f"{match[1]}{','.join(map(draw, match[2].split(',')))}{match[3] or ''}")
    param = None if options["param"] is None else ",".join(map(draw, options["param"].split(",")))
    title = options["title"]
    title = f"{title} ({number})" if title else find_language(options["lang"]).say("No. {number}", number=number)
    return {**options, "script": tuple(script), "param": param, "title": title}


def _drawn(number: int, places: Iterator[int], text: str) -> str:
    """Another number with as many digits and decimals; in consecutive variants all numbers differ. Text that is not a
    number stays.
    """
    place, match = next(places), _NUMBER.fullmatch(text.strip())
    if match is None or not (match[2] + (match[3] or "")).strip("0"):
        return text
    sign, whole, decimals = match[1], match[2], match[3] or ""
    digits = (whole + decimals).lstrip("0")
    zeros = len(digits) - len(digits.rstrip("0")) if not decimals else 0
    most = min(len(digits) - zeros, 6)
    low, high = 10 ** (most - 1), 10**most
    others = [other for other in range(low, min(high, low + 2000)) if other % 10 and str(other) != digits[:most]]
    Random(f"{place} {digits}").shuffle(others)
    drawn = str(others[(number - 1) % len(others)]) + digits[most : len(digits) - zeros] + "0" * zeros
    drawn = drawn.rjust(len(decimals) + 1, "0")
    return sign + (f"{drawn[: -len(decimals)]}.{drawn[-len(decimals) :]}" if decimals else drawn)
