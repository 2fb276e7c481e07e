"""The constants that people write, and how they write others: a span, a half-life, the weight itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.decay_setting import Constant
from ema_cli.identify.estimates import half_life_of
from ema_cli.identify.log import Between, shortest_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ema_cli.core.rule import Rule
    from ema_cli.identify.estimates import Hints

WRITTEN = (
    *("0.9", "0.99", "0.999", "0.9999", "0.95", "0.995", "0.9995", "0.99995"),
    *("0.996", "0.998", "0.9998", "0.98", "0.97", "0.96", "0.99999", "0.999999"),
    *("0.8", "0.75", "0.7", "0.6", "0.5", "0.997", "0.994", "0.992", "0.85", "0.975", "0.9975", "0.9999999", "1", "0"),
)
"""The decays that people write, those they write most first."""

_FEW = 3
"""A span, a half-life or a centre of mass of more digits than these is none that anyone wrote."""


def constants(rule: Rule, hints: Hints, given: list[Constant], obeys: bool) -> list[Constant | None]:
    """The constant decays that are tried of a rule: the given ones, or those that people write before an estimate.

    Args:
        rule: The rule.
        hints: What the log suggests.
        given: Those that the options give.
        obeys: Whether the decays of the log would be the rule's own, which no debiasing has changed.
    """
    if rule.decay is None:
        return [None]
    if given:
        return [*given]
    found: list[Constant | None] = []
    if rule.decay.default is not None:
        found.append(Constant(rule.decay.kind, str(rule.decay.default)))
    if rule.decay.optional:
        found.append(None)
    lasting = hints.lasting
    debiased = None if obeys else _debiased(hints)
    near = None if debiased is None else shortest_in(debiased)
    decays = [*WRITTEN, *map(repr, hints.constants()), *([] if near is None else [repr(near)])]
    if obeys:
        if rule.counter is None:
            if lasting is None and hints.known:
                return []
            decays = [text for text in decays if lasting is None or float(text) in lasting]
        else:
            inside = [text for text in WRITTEN if lasting is not None and float(text) in lasting]
            decays = inside or hints.plausible(decays)
    decays = list(dict.fromkeys(decays))
    found += [Constant("decay", text) for text in decays]
    for interval in (lasting, debiased):
        found += _otherwise(interval) if interval is not None else ()
    if "alpha" in rule.constants.values():
        for text in decays:
            weight = 1 - float(text)
            found += [Constant("alpha", one) for one in (f"{weight:.12g}", repr(weight))]
    once: dict[Any, Constant | None] = {}
    for one in found:
        once.setdefault(None if one is None else (one.kind, one.number), one)  # 1 and 1.0 are the same
    return list(once.values())


def roughness(rule: Rule, stated: Constant | None) -> int:
    """How far a constant is from what people write: 0 if they do, 1 if it is a round span or half-life, else 2."""
    if stated is None or (rule.decay is not None and str(stated.value) == str(rule.decay.default)):
        return 0
    if stated.kind == "alpha":
        return 0 if f"{1 - stated.number:.12g}" in WRITTEN else 2
    return 1 if stated.kind != "decay" else 0 if str(stated.value) in WRITTEN else 2


def _otherwise(lasting: Between) -> Iterator[Constant]:
    """Spans, half-lives and centres of mass that give a decay of this interval."""
    low, high = lasting.low, lasting.high
    if not 0 < low <= high < 1:
        return
    ways = {
        "span": Between(2 / (1 - low) - 1, 2 / (1 - high) - 1),
        "half-life": Between(half_life_of(low), half_life_of(high)),
        "com": Between(1 / (1 - low) - 1, 1 / (1 - high) - 1),
    }
    for kind, interval in ways.items():
        near = shortest_in(interval)
        if near is not None and near == float(f"{near:.{_FEW}g}"):
            yield Constant(kind, f"{near:g}")


def _debiased(hints: Hints) -> Between | None:
    """Between what a constant decay d must be that debiasing has changed to d (1 - d^(k-1)) / (1 - d^k) in round k."""
    found = hints.between(lambda k, x: _of_debiased(x / 64, k), count=lambda row: row + 1.0)
    return None if found is None else Between(found.low / 64, found.high / 64)


def _of_debiased(d: float, k: float) -> float:
    return d * (1 - d ** (k - 1)) / (1 - d**k) if 0 < d < 1 else d
