"""A schedule as people write it, and as --rule custom takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.identify.interval import told_as

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.identify.shapes import Shape

    Say = Callable[..., str]


def short(number: float) -> str:
    """A number with the digits that it needs.

    >>> short(20.0), short(0.98765), short(2 / 3)
    ('20', '0.98765', '0.666666666667')
    """
    return f"{number:.12g}"


def moved(counter: str, by: float) -> str:
    """A counter, and what is added to it.

    >>> moved("step", 0), moved("step", 3), moved("n", -2)
    ('step', '(3 + step)', '(n - 2)')
    """
    if not by:
        return counter
    return f"({short(by)} + {counter})" if by > 0 else f"({counter} - {short(-by)})"


def expression(shape: Shape, counter: str, *, cap: str | None = None) -> str:
    """The decay as a formula of the counter.

    Args:
        shape: The schedule.
        counter: What the counter is called.
        cap: The decay that ends it; None for the one that the log shows, if it shows any.
    """
    text = _curve(shape, counter)
    if cap is None and shape.cap is not None:
        cap = shape.cap[0].text if shape.cap[0].kind == "decay" else short(shape.cap[0].value)
    return text if cap is None else f"min({cap}, {text})"


def _curve(shape: Shape, counter: str) -> str:
    name, fit = shape.curve.name, shape.fit
    first = short(fit.first.value) if fit.first is not None else ""
    second = fit.second.text if fit.second.kind == "decay" else short(fit.second.value)
    x = moved(counter, -shape.origin)
    if name == "ratio" and fit.first is not None:
        above = moved(counter, fit.first.value - fit.second.value)
        return f"{above}/{moved(counter, fit.first.value)}"
    if name == "power":
        over = f"1 + {x}" if first == "1" else f"1 + {x}/{first}"
        if first == "1" and shape.origin < 0:
            over = f"{short(1 - shape.origin)} + {counter}"
        return f"1 - ({over})^-{second if '/' not in second else f'({second})'}"
    return {
        "constant": second,
        "ramp": f"{second}*(1 - exp(-{x}/{first}))",
        "cosine": f"1 - {second}*(1 + cos(pi*min({x}, {first})/{first}))/2",
        "linear": f"{short(1 - fit.first.value) if fit.first is not None else ''} + {second}*{x}",
        "half-life": f"0.5^(1/({second}*{x}))",
        "profile": f"(1 - 1/{x})^{second}",
        "debiased": second,
    }.get(name, "")


def described(shape: Shape, say: Say) -> str:
    """A schedule in words."""
    counter = "n" if shape.counter in ("round", "update") else "step"
    name, fit = shape.curve.name, shape.fit
    if name == "constant":
        return constant(fit.second.value, fit.second.kind, fit.second.text, say)
    if name == "debiased":
        return say("a debiased average, decay {decay}", decay=short(fit.second.value))
    if name == "linear" and shape.cap is not None and fit.first is not None:
        return say(
            "a decay that rises linearly from {first} to {last} in {count} rounds",
            first=short(1 - fit.first.value),
            last=shape.cap[0].text,
            count=round((fit.first.value - 1 + shape.cap[0].value) / fit.second.value),
        )
    if name == "linear":
        return say("a linear decay, {formula}", formula=expression(shape, counter))
    if is_running_mean(shape):
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


def is_running_mean(shape: Shape) -> bool:
    """True if each round weighs all params so far alike."""
    first, second = shape.fit.first, shape.fit.second.value
    if shape.curve.name == "ratio" and first is not None:
        return second == 1 and first.value == 1
    if shape.curve.name == "power" and first is not None:
        return second == 1 and first.value == 1 and shape.origin == 0
    return shape.curve.name == "profile" and second == 1 and shape.origin == -1
