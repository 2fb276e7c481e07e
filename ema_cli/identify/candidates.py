"""The averages that could have made a log: the rules of the catalogue, with the settings that people write and those
that the log suggests.
"""

from __future__ import annotations

from itertools import pairwise, product
from math import acos, gcd, log, log2, pi
from typing import TYPE_CHECKING, Any

from ema_cli.core.catalogue import rules
from ema_cli.core.decay import Constant
from ema_cli.core.engine import Average
from ema_cli.core.records import Record
from ema_cli.identify.evidence import Between, common, shortest_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ema_cli.core.entry import Parameter, Rule
    from ema_cli.identify.evidence import Evidence

WRITTEN = (
    *(
        "0.9",
        "0.99",
        "0.999",
        "0.9999",
        "0.95",
        "0.995",
        "0.9995",
        "0.99995",
        "0.996",
        "0.998",
        "0.9998",
        "0.98",
        "0.97",
        "0.96",
        "0.99999",
        "0.999999",
    ),
    *("0.8", "0.75", "0.7", "0.6", "0.5", "0.997", "0.994", "0.992", "0.85", "0.975", "0.9975", "0.9999999", "1", "0"),
)
"""The decays that people write, those they write most first."""

_LEAST = 0.2
"""An estimated decay below this is no decay that anyone wants: it looks like a weight in the place of one."""


class Candidate(Record):
    """One average with all its settings."""

    rule: str
    parameters: dict[str, str]
    constant: Constant | None
    dtype: str
    initial: str | None
    """As for `Average`; None where the rule takes none."""
    offset: int | None
    """What is added to the script's steps, or what the rule's own counter starts from beyond its first value; None if
    the steps of the script are not the counter."""
    continued: bool = False
    """Whether it starts from the first logged shadow, as nothing is known of what was before."""

    def average(self, start: Any = None) -> Average:
        """The average, before its first round."""
        return Average(
            self.constant,
            rule=self.rule,
            parameters=self.parameters,
            dtype=self.dtype,
            initial=self.initial if start is None else start,
        )

    def counters(self, evidence: Evidence, average: Average | None = None) -> list[Any] | None:
        """The steps that it is given; `average` saves the making of one."""
        if self.offset is None:
            return None
        if evidence.steps is not None:
            return [None if step is None else step + self.offset for step in evidence.steps]
        if not self.offset:
            return None
        counter = (average or self.average()).counter
        if counter is None:
            return None
        first = (counter.first or 0) + self.offset
        return [first + counter.stride * row for row in range(len(evidence))]

    @property
    def simplicity(self) -> tuple[int, ...]:
        """Less is simpler: what is told of several that fit equally starts with the simplest."""
        written = self.constant is None or str(self.constant.value) in WRITTEN or self.constant.kind == "alpha"
        offset = abs(self.offset or 0) if self.offset is not None else 0
        return (self.continued, not written, len(self.parameters), offset)


class Hints:
    """What the log suggests for the parameters.

    Args:
        evidence: The log.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        intervals = evidence.decays
        self.copied = 0
        for param, value in zip(evidence.params, evidence.values, strict=True):
            if value is None or not _near(param, value, evidence):
                break
            self.copied += 1
        moved = [
            row
            for row in range(1, len(evidence))
            if evidence.values[row] is not None and evidence.values[row] != evidence.values[row - 1]
        ]
        self.period = 0
        for a, b in pairwise(moved):
            self.period = gcd(self.period, b - a)
        self.known = [(row, interval) for row, interval in enumerate(intervals) if interval is not None]
        updating = [(row, i) for row, i in self.known if not (0.0 in i and i.high < 1e-3) and 1.0 not in i]
        self.updating = updating or self.known
        self.stride = 1
        steps = evidence.steps
        if steps is not None and len(steps) > 1 and None not in steps:
            self.stride = max(int(steps[1] - steps[0]), 1)

    def constants(self) -> list[float]:
        """Decays that are suggested where none that people write fits."""
        found = []
        all_of_them = [interval for _, interval in self.updating]
        for some in (all_of_them, all_of_them[-3:], all_of_them[:2]):
            interval = common(some)
            if interval is not None and interval.low > _LEAST:
                near = shortest_in(interval)
                if near is not None and 0 < near <= 1:
                    found.append(near)
        return found

    def plausible(self, decays: list[str]) -> list[str]:
        """Of these constants those that a round shows, and the likeliest of those that no round has reached yet, from
        below or, as a cosine comes, from above.
        """
        intervals = [interval for _, interval in self.updating]
        if not intervals:
            return decays
        highest, lowest = max(one.low for one in intervals), min(one.high for one in intervals)
        shown = [text for text in decays if any(one.low - 1e-6 <= float(text) <= one.high + 1e-6 for one in intervals)]
        above = [text for text in decays if float(text) > highest and text not in shown]
        below = [text for text in decays if float(text) < lowest and text not in shown]
        return [*shown[:12], *above[:3], *below[:2]]

    def first_decays(self) -> list[tuple[int, float]]:
        """Round and effective decay of the first two that are known."""
        return [(row, (interval.low + interval.high) / 2) for row, interval in self.updating[:2]]


def _near(param: float, value: float, evidence: Evidence) -> bool:
    scale = max(abs(param), abs(value))
    return (
        abs(param - value) <= 2.0 ** -{"bfloat16": 8, "float16": 11, "float32": 23}.get(evidence.dtypes[0], 30) * scale
    )


def _starts(hints: Hints, default: Any) -> list[Any]:
    k = hints.copied
    return [default, *(n for n in (k - 2, k - 1, k, k + 1) if k > 1 and n >= 0)]


def _intervals(hints: Hints, default: Any) -> list[Any]:
    return [default, 1, *([hints.period] if hints.period > 1 else [])]


def _least_decays(hints: Hints, default: Any) -> list[Any]:
    interval = common([one for _, one in hints.updating[:2]])
    least = shortest_in(interval) if interval is not None else None
    return [default, *([least] if least is not None and 0 < least < 1 else [])]


def _counts(hints: Hints) -> Iterator[tuple[float, float]]:
    """The counter of each of the first known rounds, as steps or as calls from 1, and its decay."""
    steps = hints.evidence.steps
    for row, decay in hints.first_decays():
        if steps is not None and steps[row] is not None:
            yield float(steps[row]), decay
        else:
            yield row + 1.0, decay


def _taus(hints: Hints, default: Any) -> list[Any]:
    found = [default]
    for n, decay in _counts(hints):
        tops = [top for top in (0.9999, 0.999, 0.99) if 0 < decay < top]
        found += [float(f"{-n / log(1 - decay / top):.3g}") for top in tops]
    return found


def _gammas(hints: Hints, default: Any) -> list[Any]:
    found = [default, 6.94, 16.97] if default == 6.94 else [default]
    for n, decay in _counts(hints):
        weight = 1 - decay
        if 0 < weight < 1:
            found.append(max(round(weight * (n - 1) / (1 - weight)), 1))
    return found


def _half_lives(scale: float) -> Callable[[Hints, Any], list[Any]]:
    def found(hints: Hints, default: Any) -> list[Any]:
        values = [default]
        for _, interval in hints.known[-2:]:
            decay = (interval.low + interval.high) / 2
            if 0 < decay < 1:
                values += [float(f"{-stride / log2(decay) / scale:.2g}") for stride in {hints.stride, 1, 32, 512, 2048}]
        return values

    return found


def _cosine_lengths(hints: Hints, default: Any) -> list[Any]:
    found = [default]
    for n, decay in _counts(hints):
        for base in (0.99, 0.996, 0.999, 0.9995):
            ratio = 2 * (1 - decay) / (1 - base) - 1
            if -1 < ratio < 1:
                found += [round(pi * m / acos(ratio)) for m in (n, n - 1) if m > 0]
    return [value for value in found if value >= 1]


def _first_weights(hints: Hints, default: Any) -> list[Any]:
    found = [default]
    for row, interval in hints.known[:2]:
        near = shortest_in(Between(1 - interval.high, 1 - interval.low))
        found += [near] if near is not None and 0 < near <= 1 and row < 3 else []
    first = [decay for _, decay in hints.first_decays()]
    if len(first) == 2:
        rise = first[1] - first[0]
        found.append(float(f"{1 - first[0] + rise * (hints.updating[0][0]):.3g}"))
    return found


def _warmup_lengths(hints: Hints, default: Any) -> list[Any]:
    steady = [row for row, interval in hints.known if interval.meets(hints.known[-1][1])]
    first = steady[0] if steady else 0
    return [default, *(n for n in (first, first + 1, first + 2) if n >= 2)]


GRID: dict[str, Callable[[Hints, Any], list[Any]]] = {
    **dict.fromkeys(
        (
            "update_after_step",
            "ema_start_update",
            "ema_start_step",
            "start_step",
            "update_starting_at_step",
            "warmup_length",
            "start_at",
        ),
        _starts,
    ),
    **dict.fromkeys(
        ("update_every", "interval", "every_n_steps", "update_every_n_steps", "update_interval", "ema_update_freq"),
        _intervals,
    ),
    **dict.fromkeys(("min_decay", "min_value"), _least_decays),
    "power": lambda hints, default: [default, 2 / 3, 0.75, 1],
    "warmup_power": lambda hints, default: [default, 0.75, 1],
    "inv_gamma": lambda hints, default: [default, 2],
    "tau": _taus,
    "gamma": _gammas,
    "decay_warm_up_factor": lambda hints, default: [default, 10],
    "batch_size": lambda hints, default: [default, hints.stride],
    "half_life": _half_lives(1),
    "ema_halflife_kimg": _half_lives(1000),
    "ema_kimg": _half_lives(1000),
    "halflife_Mimg": _half_lives(1_000_000),
    "ema_rampup_ratio": lambda hints, default: [default, None],
    "ema_rampup": lambda hints, default: [default, None],
    "rampup_ratio": lambda hints, default: [default, None],
    "std": lambda hints, default: [default, 0.1],
    "momentum_warmup": _first_weights,
    "warmup_iters": _warmup_lengths,
    "niter_per_ep": _cosine_lengths,
    "ema_overwrite_frequency": lambda hints, default: [1, 2, 3, 4, 5, 10],
    "numel": lambda hints, default: [default, 32] if hints.evidence.dtypes[0] in ("float16", "bfloat16") else [default],
}
"""The values that are tried of each parameter which is neither true or false nor one of a few words."""

_NO_DIFFERENCE = "the values are the same"

_NEEDS = {
    "inv_gamma": "use_ema_warmup",
    "power": "use_ema_warmup",
    "warmup_gamma": "use_warmup",
    "warmup_power": "use_warmup",
    "warmup_iters": "momentum_warmup",
    "momentum_warmup": "warmup_iters",
}
"""Parameters that make no difference unless another one is given, where the rule has it."""


def _idle(parameters: dict[str, str], rule: Rule) -> bool:
    names = {parameter.name for parameter in rule.parameters}
    return any(name in _NEEDS and _NEEDS[name] in names - set(parameters) for name in parameters)


def settings(rule: Rule, hints: Hints) -> Iterator[dict[str, str]]:
    """The parameters that are tried of a rule: those that differ from the defaults."""
    choices: list[list[tuple[Parameter, Any]]] = []
    for parameter in rule.parameters:
        values: Iterable[Any] = [parameter.default]
        if parameter.choices:
            values = [parameter.default, *parameter.choices]
        elif isinstance(parameter.default, bool):
            values = [parameter.default, not parameter.default]
        elif parameter.name in GRID:
            values = GRID[parameter.name](hints, parameter.default)
        elif parameter.name == "epochs":  # DINO's and MoCo v3's: with one iteration in an epoch, the length
            alone = "niter_per_ep" not in {other.name for other in rule.parameters}
            values = _cosine_lengths(hints, parameter.default) if alone else [parameter.default, 1]
        if _NO_DIFFERENCE in parameter.meaning:
            values = [parameter.default]
        choices.append([(parameter, value) for value in dict.fromkeys(values)])
    for chosen in product(*choices):
        parameters = {
            parameter.name: "none" if value is None else str(value).lower()
            for parameter, value in chosen
            if value != parameter.default
        }
        if not _idle(parameters, rule):
            yield parameters


def constants(rule: Rule, hints: Hints, given: list[Constant]) -> list[Constant | None]:
    """The constant decays that are tried of a rule."""
    if rule.decay is None:
        return [None]
    if given:
        return [*given]
    decays = [*WRITTEN, *(repr(value) for value in hints.constants())]
    if rule.debias is None and rule.start != "none":
        decays = hints.plausible(decays)
    found: list[Constant | None] = [Constant("decay", text) for text in dict.fromkeys(decays)]
    if rule.decay.default is not None:
        found.insert(0, Constant(rule.decay.kind, str(rule.decay.default)))
    if "alpha" in rule.constants.values():
        found += [Constant("alpha", f"{1 - float(text):.12g}") for text in dict.fromkeys(decays)]
    if rule.decay.optional:
        found.append(None)
    return found


def all_rules(names: list[str] | None) -> list[Rule]:
    """The rules that are tried: those of these names, or all."""
    known = rules()
    return [known[name] for name in names] if names else list(known.values())
