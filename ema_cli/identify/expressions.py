"""A schedule as people write it, and as --rule custom takes it; sentences with the formula that proves them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ema_cli.core.record import Record
from ema_cli.identify.interval import told_as

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

    from ema_cli.identify.measured import Measured
    from ema_cli.identify.shapes import Shape

    Say = Callable[..., str]


def short(number: float) -> str:
    """A number with the digits that it needs.

    >>> short(20.0), short(0.98765), short(2 / 3)
    ('20', '0.98765', '0.666666666667')
    """
    return f"{number:.12g}"


class Place(Record):
    """The zero and the stride of a counter in terms of another."""

    zero: float = 0.0
    stride: float = 1.0


def moved(counter: str, by: float, over: float = 1.0) -> str:
    """A counter, what is added to it, and what the sum is divided by.

    >>> moved("step", 0), moved("step", 3), moved("n", -2), moved("step", -1, 4)
    ('step', '(3 + step)', '(n - 2)', '(step - 1)/4')
    """
    text = counter if not by else f"({short(by)} + {counter})" if by > 0 else f"({counter} - {short(-by)})"
    return text if over == 1 else f"{text}/{short(over)}"


def expression(shape: Shape, counter: str, place: Place = Place()) -> str:  # noqa: B008
    """The decay as a formula.

    Args:
        shape: The schedule.
        counter: What the formula counts by.
        place: Where in that the counter of the schedule is 0, and how far it moves.
    """
    text = _curve(shape, counter, place)
    for limit, function in ((shape.floor, "max"), (shape.cap, "min")):
        if limit is not None:
            text = f"{function}({limit[0].text if limit[0].kind == 'decay' else short(limit[0].value)}, {text})"
    return text


def _curve(shape: Shape, counter: str, place: Place) -> str:
    fit, stride = shape.fit, place.stride
    first, second = fit.first.value if fit.first is not None else 0.0, fit.second
    zero = place.zero + shape.origin * stride
    if shape.curve.name == "power" and second.value == 1:  # a ratio, as people write it
        return f"{moved(counter, -zero)}/{moved(counter, first * stride - zero)}"
    if shape.curve.name == "ratio":
        offset = first * stride - zero
        return f"{moved(counter, offset - second.value * stride)}/{moved(counter, offset)}"
    if shape.curve.name == "power" and first == 1:
        return f"1 - {moved(counter, stride - zero, stride)}^-{_bracketed(second.text)}"
    written = second.text if second.kind == "decay" else short(second.value)
    start = short(1 - first) if shape.curve.name == "linear" else ""
    x = moved(counter, -zero, stride)
    return shape.curve.text.format(first=short(first), second=_bracketed(written), x=x, start=start)


def _bracketed(text: str) -> str:
    return f"({text})" if "/" in text else text


def described(shape: Shape, say: Say) -> str:
    """A schedule in words."""
    counter = "n" if shape.counter in ("round", "update") else "step"
    name, fit = shape.curve.name, shape.fit
    if name == "constant":
        return constant(fit.second.value, fit.second.kind, fit.second.text, say)
    if name == "debiased" and shape.origin == -1:
        return say("a debiased average, decay {decay}", decay=short(fit.second.value))
    if name == "debiased":
        return say(
            "a debiased average, decay {decay}, with the exponent off by one: round t divides by 1 - decay^{exponent}",
            decay=short(fit.second.value),
            exponent="(t + 1)" if shape.origin < -1 else "(t - 1)",
        )
    if name == "linear" and shape.cap is not None and fit.first is not None:
        return say(
            "a decay that rises linearly from {first} to {last} in {count} rounds",
            first=short(1 - fit.first.value),
            last=shape.cap[0].text,
            count=shape.rise(),
        )
    if name == "linear":
        return say("a linear decay, {formula}", formula=expression(shape, counter))
    if shape.is_running_mean:
        return say("the running mean of all params so far: the weight is 1/n in round n")
    if name == "cosine":
        return say("a cosine of the decay, {formula}", formula=expression(shape, counter))
    return say("a warm-up, {formula}", formula=expression(shape, counter))


def constant(value: float, kind: str, text: str, say: Say) -> str:
    """A constant decay in words."""
    other = told_as(value)
    if kind in ("span", "half-life", "com"):
        return say("constant decay {decay} ({other})", decay=f"{value:.10g}", other=f"{say(kind)} {text}")
    if other:
        return say("constant decay {decay} ({other})", decay=f"{value:.10g}", other=other)
    return say("constant decay {decay}", decay=text)


class Finding(str):
    """A sentence on a log, and the decay that it states, as --rule custom takes it; empty if it states none."""

    decay: str

    def __new__(cls, sentence: str, decay: str = "") -> Self:
        """The sentence with its formula."""
        found = super().__new__(cls, sentence)
        found.decay = decay
        return found


def by_step(measured: Measured, parts: Sequence[tuple[int, str]]) -> str:
    """Decays that each begin at a row, as a formula of the step."""
    steps, text = measured.log.steps, parts[-1][1]
    for (_, before), (row, _) in reversed([*pairwise(parts)]):
        text = f"{before} if step < {row if steps is None else steps[row]} else {text}"
    return text
