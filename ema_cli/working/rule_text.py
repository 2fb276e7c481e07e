"""The rule of an average in symbols, over its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.record import Record
from ema_cli.languages.language import ENGLISH
from ema_cli.text.numbers import Style, for_people
from ema_cli.working.expression import parsed, plain
from ema_cli.working.notation import JOINTS
from ema_cli.working.operands import constant_of, exact_text, twin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average
    from ema_cli.languages.language import Language


class Formula(Record):
    """One line of a rule in symbols."""

    label: str
    """Words before it: which average it is the rule of, on the first line of its rule; none if there is one rule."""
    text: str

    def __str__(self) -> str:
        return f"{self.label}{self.text}"


def symbols(average: Average, language: Language = ENGLISH) -> list[str]:
    """The rule in symbols: how the decay follows from the counter, and the shadow from the decay."""
    say = language.say
    counter = average.counter.name if average.counter is not None else "step"
    constant = _constant_name(average)
    family = average.family.text.replace("{n}", counter).replace("DECAY", constant)
    decay = average.scalars.written.replace("v", f"({family})") if "if" not in family else family
    what = "decay" if decay != family or average.scalars.written == "v" else "weight"
    debias = average.readout.written if average.readout is not None else None
    form = average.form.written.over(average.dtype)
    weight = "1 - decay"
    if " if " in form or debias:
        weight = "weight"
    if average.scalars.written == "1 - 1/v":
        weight = "count"
    texts = {
        "s": say("biased" if debias else "shadow"),
        "p": say("param"),
        "d": say("decay"),
        "w": f"1 - {say('decay')}" if weight == "1 - decay" else say(weight),
        "x": say("variable"),
        **{name: say(name) for name in ("product", "old", "new")},
    }
    lines = [f"{say(what)} = {plain(parsed(decay), {name: say(name) for name in (counter, constant)})}"]
    if weight == "weight":
        lines.append(f"{say('weight')} = 1 - {say('decay')}")
    if weight == "count":
        lines.append(f"{say('count')} = 1/(1 - {say('decay')})")
    lines.append(f"{texts['s']} = {plain(parsed(form), texts)}")
    if debias:
        lines.append(f"{say('shadow')} = {plain(parsed(debias.over(average.dtype)), texts)}")
    for joint in JOINTS if language.strings else ():
        lines = [line.replace(joint, say(joint)) for line in lines]
    return lines


def _constant_name(average: Average) -> str:
    return "DECAY" if average.scalars.written == "v" else "WEIGHT"


def _constant(average: Average, language: Language) -> list[str]:
    """What DECAY is, or WEIGHT, where the rule in symbols has it."""
    value = dict(average.family.names).get("DECAY")
    if average.stated is None or value is None:
        return []
    told = exact_text(constant_of(twin(average)), average)
    told = told or for_people(average.decay_dtype, Style())(value)
    return [f"{language.say(_constant_name(average))} = {told}"]


def formulas(averages: Sequence[Average], labels: Sequence[str], language: Language = ENGLISH) -> list[Formula]:
    """The rules in symbols. Averages that differ in numbers alone have one rule."""
    found: dict[tuple[str, ...], list[str]] = {}
    for average, label in zip(averages, labels, strict=True):
        found.setdefault(tuple(symbols(average, language)), []).append(label)
    if len(found) == 1:
        lines = next(iter(found))
        told = _constant(averages[0], language) if len(averages) == 1 else []  # else the labels tell them
        if told and lines[0].endswith(f" = {told[0].partition(' ')[0]}"):
            lines, told = (lines[0].partition(" = ")[0] + told[0][told[0].index(" = ") :], *lines[1:]), []
        return [Formula("", line) for line in [*lines[:1], *told, *lines[1:]]]
    return [
        Formula(language.say("{name}: {text}", name=", ".join(own), text="") if line is lines[0] else "", line)
        for lines, own in found.items()
        for line in lines
    ]
