"""The rule of an average in symbols, as shown above its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.formula import text_in
from ema_cli.core.record import Record
from ema_cli.text.language import ENGLISH
from ema_cli.text.number_text import Style, for_people
from ema_cli.working.decay_and_weight import constant_of, exact_text, in_seconds, stated_name, twin
from ema_cli.working.expression import plain
from ema_cli.working.footnotes import MEANINGS
from ema_cli.working.readable_formulas import has_cases, of_family, parsed, printed, put, usual
from ema_cli.working.typeset import JOINTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ema_cli.core.average import Average
    from ema_cli.text.language import Language, Say


NAMES = tuple(name for name in (*MEANINGS, "new") if len(name) > 2)
"""Words in formulas that a language may translate."""


class Formula(Record):
    """One line of a rule in symbols."""

    label: str
    """The labels of the averages with this rule, in its first line; empty if there is only one rule."""
    text: str

    def __str__(self) -> str:
        return f"{self.label}{self.text}"


def symbols(average: Average, language: Language = ENGLISH) -> list[str]:
    """The rule in symbols: the decay from the counter, and the shadow from the decay."""
    say, form, readout = language.say, printed(average.form, average, cases=False), None
    if average.readout is not None and average.readout.text != "s":  # a plain `s` only decides when a value is shown
        readout = printed(average.readout, average, cases=False)
    named = has_cases(form) or readout is not None or average.scalars.stated or _follows(average)
    weight = say("weight") if named else f"1 - {say('decay')}"
    if average.scalars.written == "1 - 1/v":
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
    lines = [*_decay(average, texts, say), f"{texts['s']} = {plain(form, texts)}"]
    if readout is not None:
        lines.append(f"{say('shadow')} = {plain(readout, texts)}")
    for joint in JOINTS if language.strings else ():
        lines = [line.replace(joint, say(joint)) for line in lines]
    return lines


def _decay(average: Average, texts: Mapping[str, str], say: Say) -> list[str]:
    """Lines for the decay, and for the weight or the count if it has a name."""
    family, shown, weight = of_family(average.family), average.scalars.written, texts["w"]
    known = {
        "n": say(average.counter.name if average.counter is not None else "step"),
        "e": say("elapsed"),
        "DECAY": say(_constant_name(average)),
        "half_life": say("half_life"),
    }
    if _follows(average):
        moves = {name: put(usual(parsed(text_in(text, average.dtype))), v=family) for name, text in average.form.before}
        return [f"{texts.get(name, name)} = {plain(move, {**texts, **known})}" for name, move in moves.items()]
    if average.by_row:
        lines = []  # the decays come from a column
    elif has_cases(family) and shown != "v":  # a weight with cases is shown as a weight
        lines = [f"{say('weight')} = {plain(family, known)}"]
    else:
        lines = [f"{say('decay')} = {plain(put(parsed(shown), v=family), known)}"]
    if weight == say("weight"):
        lines.append(f"{weight} = {average.scalars.stated or '1 - ' + say('decay')}")
    if shown == "1 - 1/v":
        lines.append(f"{weight} = 1/(1 - {say('decay')})")
    return lines


def _follows(average: Average) -> bool:
    """True if the decay is a register, computed by recurrence."""
    return "d" in dict(average.form.registers)


def _constant_name(average: Average) -> str:
    return "DECAY" if average.scalars.written == "v" else "WEIGHT"


def _constant(average: Average, language: Language) -> list[str]:
    """A line with the value of DECAY, WEIGHT or the half-life, if the rule in symbols contains it."""
    values, name = dict(in_seconds(average)), stated_name(average)
    if name is None:
        return []
    text = exact_text(constant_of(twin(average)), average) if name == "DECAY" else None
    text = text or for_people(average.decay_dtype, Style())(values[name])
    return [f"{language.say(_constant_name(average) if name == 'DECAY' else name)} = {text}"]


def formulas(averages: Sequence[Average], labels: Sequence[str], language: Language = ENGLISH) -> list[Formula]:
    """The rules in symbols. Averages that differ only in numbers share one rule."""
    rules: dict[tuple[str, ...], list[str]] = {}
    for average, label in zip(averages, labels, strict=True):
        rules.setdefault(tuple(symbols(average, language)), []).append(label)
    if len(rules) == 1:
        lines = next(iter(rules))
        value = _constant(averages[0], language) if len(averages) == 1 else []  # several values are in the labels
        if value and lines[0].endswith(f" = {value[0].partition(' ')[0]}"):
            lines, value = (lines[0].partition(" = ")[0] + value[0][value[0].index(" = ") :], *lines[1:]), []
        return [Formula("", line) for line in [*lines[:1], *value, *lines[1:]]]
    return [
        Formula(language.say("{name}: {text}", name=", ".join(of), text="") if line is lines[0] else "", line)
        for lines, of in rules.items()
        for line in lines
    ]
