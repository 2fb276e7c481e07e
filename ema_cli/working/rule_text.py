"""The rule of an average in symbols, over its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.formula import said
from ema_cli.core.record import Record
from ema_cli.languages.language import ENGLISH
from ema_cli.text.number_text import Style, for_people
from ema_cli.working.decay_and_weight import constant_of, exact_text, in_seconds, stated_name, twin
from ema_cli.working.expression import plain
from ema_cli.working.footnotes import MEANINGS
from ema_cli.working.typeset import JOINTS
from ema_cli.working.unrounded import has_cases, of_family, parsed, put, taken, usual

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.debias import Readout
    from ema_cli.core.updates import Form
    from ema_cli.languages.language import Language


NAMES = tuple(name for name in (*MEANINGS, "new") if len(name) > 2)
"""Words in formulas that a language may translate."""


class Formula(Record):
    """One line of a rule in symbols."""

    label: str
    """The averages that the rule belongs to, before its first line; empty if there is only one rule."""
    text: str

    def __str__(self) -> str:
        return f"{self.label}{self.text}"


def symbols(average: Average, language: Language = ENGLISH) -> list[str]:
    """The rule in symbols: the decay from the counter, and the shadow from the decay."""
    say = language.say
    counter = average.counter.name if average.counter is not None else "step"
    family, shown = of_family(average.family), average.scalars.written
    apart = has_cases(family) and shown != "v"  # a weight with cases is shown as a weight
    form, readout = _tree(average, average.form), None
    if (
        average.readout is not None and average.readout.text != "s"
    ):  # a plain `s` only decides from when on a value is shown
        readout = _tree(average, average.readout)
    stated = average.scalars.stated
    follows = "d" in dict(average.form.registers)  # it is a register that each update moves
    named = has_cases(form) or readout is not None or stated or follows
    weight = say("weight") if named else f"1 - {say('decay')}"
    if shown == "1 - 1/v":
        weight = say("count")
    texts = {
        "s": say("shadow" if readout is None else "biased"),
        "p": say("param"),
        "d": say("decay"),
        "v": say("decay"),
        "w": weight,
        "x": say("variable"),
        **{name: say(name) for name in NAMES},
    }
    known = {
        "n": say(counter),
        "e": say("elapsed"),
        "DECAY": say(_constant_name(average)),
        "half_life": say("half_life"),
    }
    if follows:
        moves = {name: put(usual(parsed(said(text, average.dtype))), v=family) for name, text in average.form.before}
        lines = [f"{texts.get(name, name)} = {plain(move, texts | known)}" for name, move in moves.items()]
    else:
        decay = plain(family if apart else put(parsed(shown), v=family), known)
        lines = [f"{say('weight' if apart else 'decay')} = {decay}"]
    if weight == say("weight") and not follows:
        lines.append(f"{weight} = {stated or '1 - ' + say('decay')}")
    if shown == "1 - 1/v":
        lines.append(f"{weight} = 1/(1 - {say('decay')})")
    lines.append(f"{texts['s']} = {plain(form, texts)}")
    if readout is not None:
        lines.append(f"{say('shadow')} = {plain(readout, texts)}")
    for joint in JOINTS if language.strings else ():
        lines = [line.replace(joint, say(joint)) for line in lines]
    return lines


def _tree(average: Average, of: Form | Readout) -> ast.expr:
    """The formula of a form or a read-out, without the cases that merely copy or keep a value."""
    return taken(usual(parsed(said(of.said or of.text, average.dtype))), average)


def _constant_name(average: Average) -> str:
    return "DECAY" if average.scalars.written == "v" else "WEIGHT"


def _constant(average: Average, language: Language) -> list[str]:
    """Value of DECAY, WEIGHT or the half-life, if the rule in symbols has it."""
    values, name = dict(in_seconds(average)), stated_name(average)
    if name is None:
        return []
    told = exact_text(constant_of(twin(average)), average) if name == "DECAY" else None
    told = told or for_people(average.decay_dtype, Style())(values[name])
    return [f"{language.say(_constant_name(average) if name == 'DECAY' else name)} = {told}"]


def formulas(averages: Sequence[Average], labels: Sequence[str], language: Language = ENGLISH) -> list[Formula]:
    """The rules in symbols. Averages that differ in numbers alone have one rule."""
    found: dict[tuple[str, ...], list[str]] = {}
    for average, label in zip(averages, labels, strict=True):
        found.setdefault(tuple(symbols(average, language)), []).append(label)
    if len(found) == 1:
        lines = next(iter(found))
        told = _constant(averages[0], language) if len(averages) == 1 else []  # otherwise the labels show them
        if told and lines[0].endswith(f" = {told[0].partition(' ')[0]}"):
            lines, told = (lines[0].partition(" = ")[0] + told[0][told[0].index(" = ") :], *lines[1:]), []
        return [Formula("", line) for line in [*lines[:1], *told, *lines[1:]]]
    return [
        Formula(language.say("{name}: {text}", name=", ".join(own), text="") if line is lines[0] else "", line)
        for lines, own in found.items()
        for line in lines
    ]
