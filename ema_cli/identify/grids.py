"""The values that are tried of each parameter: those that people write, and those that the log suggests."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from ema_cli.identify.log import common
from ema_cli.identify.warmups import (
    CONSTANT,
    cosines,
    default_of,
    exponents,
    factors,
    gammas,
    half_lives,
    halved,
    linear,
    powers,
    profiles,
    taus,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ema_cli.core.rule import Rule
    from ema_cli.identify.estimates import Hints
    from ema_cli.identify.warmups import Settings, Tried

ARITHMETIC = {
    "accumulator_dtype",
    "backend",
    "ema_fp32",
    "foreach",
    "index",
    "jit",
    "numel",
    "stochastic_rounding",
    "stochastic_rounding_seed",
    "use_foreach",
    "use_lerp",
}
"""Parameters that bear on the rounding of an update alone, not on its decay."""

_NO_DIFFERENCE = "the values are the same"
_SHORT = ("float16", "bfloat16")


def _starts(name: str) -> Tried:
    """Where the average starts: as many rounds, or steps, as were copied."""

    def tried(hints: Hints, rule: Rule) -> Iterator[Settings]:
        steps = hints.evidence.steps
        rows = {hints.copied} if hints.copied > 1 else {row for row, _ in hints.updating[:1]}
        found = [0]
        for row in sorted(rows - {0, 1} if steps is None else rows - {0}):
            numbers = {row} if steps is None or row >= len(steps) or steps[row] is None else {row, int(steps[row])}
            found += [n + by for n in sorted(numbers) for by in (-2, -1, 0, 1) if n + by >= 0]
        yield {}
        yield from ({name: n} for n in dict.fromkeys(found))

    return tried


def _intervals(name: str) -> Tried:
    """The rounds from update to update."""

    def tried(hints: Hints, rule: Rule) -> Iterator[Settings]:
        yield {}
        yield {name: 1}
        if hints.period > 1:
            yield {name: hints.period * hints.stride}
            yield {name: hints.period}

    return tried


def _first_steps(hints: Hints, rule: Rule) -> Iterator[Settings]:
    """Lightning's start: no update before this step, and the first one copies."""
    yield {}
    steps, moved = hints.evidence.steps, hints.phase
    if moved > 1:
        yield {"update_starting_at_step": moved}
        if steps is not None and steps[moved] is not None:
            yield {"update_starting_at_step": int(steps[moved])}


def _num_updates(hints: Hints, rule: Rule) -> Iterator[Settings]:
    """What lowers the decay for good: (1 + n) / (10 + n)."""
    yield {}
    end = common([interval for _, interval in hints.updating[-3:]])
    if default_of(rule, "num_updates") is None and end is not None and end.low > 0.1 and end.high < 1:
        low, high = ((10 * d - 1) / (1 - d) for d in (end.low, end.high))
        if high - low < 8:
            yield from ({"num_updates": n} for n in range(int(-(-low // 1)), int(high // 1) + 1) if n >= 0)


def _frequencies(hints: Hints, rule: Rule) -> Iterator[Settings]:
    yield from ({"ema_overwrite_frequency": n} for n in (*range(1, 13), 16, 20, 25, 50, 100))


def _lengths(hints: Hints, rule: Rule) -> Iterator[Settings]:
    """Haiku's warm-up: so many updates copy."""
    yield {}
    yield from ({"warmup_length": n} for n in (hints.copied - 1, hints.copied, hints.copied + 1) if n >= 1)


def _pairs(*tried: Tried) -> Tried:
    def pairs(hints: Hints, rule: Rule) -> Iterator[Settings]:
        for settings in product(*(list(one(hints, rule)) for one in tried)):
            yield {key: value for setting in settings for key, value in setting.items()}

    return pairs


GROUPS: tuple[tuple[tuple[str, ...], Tried], ...] = (
    *(
        ((name,), _starts(name))
        for name in ("update_after_step", "ema_start_update", "ema_start_step", "start_step", "start_at")
    ),
    (("update_starting_at_step",), _first_steps),
    (("warmup_length",), _lengths),
    (
        ("use_ema_warmup", "inv_gamma", "power", "min_decay"),
        powers("use_ema_warmup", "inv_gamma", "power", "min_decay"),
    ),
    (
        ("use_warmup", "warmup_gamma", "warmup_power", "min_decay"),
        powers("use_warmup", "warmup_gamma", "warmup_power", "min_decay"),
    ),
    (("inv_gamma", "power", "min_value"), powers(None, "inv_gamma", "power", "min_value")),
    (("tau",), taus),
    (("update_every", "gamma"), _pairs(_intervals("update_every"), exponents("gamma", (6.94, 16.97), 1.0))),
    (("gamma",), gammas),
    (("decay_warm_up_factor",), factors),
    (("half_life", "update_interval"), halved),
    (
        ("ema_halflife_kimg", "ema_rampup_ratio", "batch_size"),
        half_lives("ema_halflife_kimg", 1000, "ema_rampup_ratio"),
    ),
    (("ema_kimg", "ema_rampup", "batch_size"), half_lives("ema_kimg", 1000, "ema_rampup")),
    (("halflife_Mimg", "rampup_ratio", "batch_size"), half_lives("halflife_Mimg", 1_000_000, "rampup_ratio")),
    (("std", "exp", "batch_size"), profiles),
    (("momentum_warmup", "warmup_iters"), linear),
    (("epochs", "niter_per_ep"), cosines("niter_per_ep", {"epochs": 1})),
    (("epochs",), cosines("epochs", {})),
    (("num_updates",), _num_updates),
    (("ema_overwrite_frequency",), _frequencies),
    *(
        ((name,), _intervals(name))
        for name in ("update_every", "interval", "every_n_steps", "update_every_n_steps", "ema_update_freq")
    ),
)
"""Parameters that belong together, and the settings of them that are tried. A rule has a group if it has all of it."""


def _written(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else repr(value).removesuffix(".0")


def settings(rule: Rule, hints: Hints, given: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The parameters of a rule's decay that are tried: those that are given, and that differ from defaults."""
    left = [parameter for parameter in rule.parameters if parameter.name not in ARITHMETIC]
    choices: list[list[Settings]] = []
    for names, tried in GROUPS:
        if set(names) <= {parameter.name for parameter in left}:
            choices.append(list(tried(hints, rule)))
            left = [parameter for parameter in left if parameter.name not in names]
    choices += ([{}, {p.name: not p.default}] for p in left if isinstance(p.default, bool))
    yield from _distinct(rule, choices, given)


def arithmetics(rule: Rule, hints: Hints, given: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The parameters of a rule's rounding that are tried: those that are not given, and differ from defaults."""
    choices: list[list[Settings]] = []
    for parameter in rule.parameters:
        name = parameter.name
        if name not in ARITHMETIC or name in given or _NO_DIFFERENCE in parameter.meaning:
            continue
        if parameter.choices:
            choices.append([{}, *({name: choice} for choice in parameter.choices)])
        elif isinstance(parameter.default, bool):
            choices.append([{}, {name: not parameter.default}])
        elif name == "numel" and any(one in _SHORT for one in hints.evidence.dtypes):
            choices.append([{}, {name: 32}])
    yield from _distinct(rule, choices, {})


def plainest(rule: Rule) -> dict[str, str]:
    """The parameters of the plainest arithmetic, which is enough where the decay alone counts."""
    return {p.name: "false" for p in rule.parameters if p.name in ARITHMETIC and p.default is True}


def _distinct(rule: Rule, choices: list[list[Settings]], given: Mapping[str, str]) -> Iterator[dict[str, str]]:
    defaults = {parameter.name: parameter.default for parameter in rule.parameters}
    seen = set()
    for chosen in product(*choices):
        items = [item for setting in chosen for item in setting.items()]
        others = {name: _written(value) for name, value in items if name == CONSTANT or value != defaults[name]}
        others |= given
        key = tuple(sorted(others.items()))
        if key not in seen:
            seen.add(key)
            yield others
