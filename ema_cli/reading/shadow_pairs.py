"""Pair logged shadows with their params by name: `ema_weight` is the average of `weight`.

The words are those of training logs; to support another word, add it to a table below.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ema_cli.reading.file_columns import Logged

OF_SHADOWS = frozenset(
    [
        *("ema", "ewma", "ewm", "avg", "average", "averaged", "averaging", "shadow", "polyak", "swa"),
        *("smooth", "smoothed", "smoothing", "moving", "running", "exponential", "exp"),
        *("target", "teacher", "slow", "momentum", "影子值", "影子", "滑动平均", "移动平均"),
    ]
)
"""Words that the name of a shadow adds to that of its param."""

OF_PARAMS = frozenset(
    [
        *("param", "parameter", "raw", "value", "current", "source", "original", "model", "net", "network"),
        *("online", "student", "fast", "live", "batch", "参数"),
    ]
)
"""Words that the name of a param may add to that of its shadow, or lack."""

SHORT = {"w": "weight", "b": "bias"}
"""Abbreviations in logs: `avg_w` may be the average of `weight`."""

# In reverse order, so that a word is tried before its prefixes.
_CHINESE = "|".join(sorted((word for word in OF_SHADOWS | OF_PARAMS if not word.isascii()), reverse=True))
_WORD = re.compile(
    rf"{_CHINESE}|0?\.\d+|\d+"
    r"|[A-Z]+(?![a-z])|[A-Z]?[a-z]+"  # of camelCase: emaWeight, EMAWeight
    rf"|(?:(?!{_CHINESE})[^\W\d_a-zA-Z])+"
)


def words(name: str) -> list[str]:
    """The words of a name, in lower case and in the singular.

    >>> words("model.layer1/emaWeights"), words("w_ema_0.999")
    (['model', 'layer', '1', 'ema', 'weight'], ['w', 'ema', '0.999'])
    """
    found = [word.lower() for word in _WORD.findall(name)]
    return [
        word.removesuffix("s") if len(word) > 3 and not word.endswith(("ss", "as", "is", "us")) else word
        for word in found
    ]


def _decays(name: list[str]) -> set[str]:
    """The numbers after a word for shadows, probably its decay: `ema_0.999`, `ema_0_999`."""
    found = set()
    behind = False
    for word in name:
        if behind and word[-1].isdigit():
            found.add(word)
        else:
            behind = word in OF_SHADOWS
    return found


def param_of(shadow: str, names: Sequence[str]) -> str | None:
    """The name of the param of a shadow, by the shadow's name; None if no name or more than one matches best.

    >>> param_of("ema_weight", ["loss", "weight"]), param_of("model/w.shadow[0.9]", ["model/b", "model/w"])
    ('weight', 'model/w')
    >>> param_of("ema", ["loss", "param"]), param_of("ema", ["loss", "weight"])
    ('param', None)
    """
    unlabelled = shadow.rpartition("[")[0] if shadow.endswith("]") else ""  # ema-calc's output: shadow[0.9 float32]
    for text in (shadow, unlabelled):
        for short in ({}, SHORT):
            found = _paired(text, names, short)
            if found is not None:
                return found
    return None


def _paired(shadow: str, names: Sequence[str], short: Mapping[str, str]) -> str | None:
    its = [short.get(word, word) for word in words(shadow)]
    known = OF_SHADOWS | OF_PARAMS | _decays(its)
    found: dict[tuple[int, int], list[str]] = {}
    for name in names:
        own = Counter(short.get(word, word) for word in words(name))
        lacking, added = Counter(its) - own, own - Counter(its)
        if own and lacking.keys() & OF_SHADOWS and lacking.keys() <= known and added.keys() <= OF_PARAMS:
            found.setdefault((added.total(), lacking.total()), []).append(name)
    best = found[min(found)] if found else []
    return best[0] if len(best) == 1 else None


def paired(
    logged: Sequence[Logged], pool: Mapping[str, int], params: tuple[int, ...], *, chosen: bool
) -> tuple[tuple[int, ...], tuple[Logged, ...]]:
    """Pair logged columns with params; the places of the params, and the logged columns with their params.

    Args:
        logged: The logged columns.
        pool: The columns that could be their params, with their places.
        params: The places of the params so far; the names may add to them or replace them.
        chosen: True if --param-column chose the params, which are then the pool.
    """
    paired_with = [
        (one.param if one.param in pool else None) if one.param else param_of(one.column, [*pool]) for one in logged
    ]
    order = list(pool)
    if not chosen:
        found = [pool[name] for name in paired_with if name is not None]
        inferred = not any(one.param for one in logged)
        # With PARAM=, the other params are averaged as well, as they are if several are named.
        alone = len(found) == len(logged) and (inferred or not set(found) <= set(params))
        params = tuple(dict.fromkeys(found if alone else (*params, *found)))
        order = [next((name for name in pool if pool[name] == place), "") for place in params]
    return params, tuple(
        one if name is None else one.but(place=order.index(name)) for one, name in zip(logged, paired_with, strict=True)
    )
