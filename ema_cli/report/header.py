"""Title, settings and labels of an output: the settings that its averages share, and the settings that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.catalogue import split_rule
from ema_cli.core.decay_setting import LeftDecay, TimedHalfLife
from ema_cli.core.numbers.literals import printable
from ema_cli.core.numbers.values import is_arithmetic
from ema_cli.errors import UsageError
from ema_cli.text.language import ENGLISH, Language
from ema_cli.text.number_text import Style, for_people, to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.numbers.dtypes import Dtype


class Headline:
    """The title, the settings and the labels of an output.

    Args:
        averages: For each average, the average of each param.
        rules: The rule of each average, as typed, with its parameters.
        names: The names of the params; empty if they have none.
        given: The title that the user gave, or None.
        start: "first", "mean:N" or "logged", if the initial values come from the rows.
        by: True if each group has its own.
        style: The rounding of numbers, and the language.

    Attributes:
        labels: The label of each average in the names of columns; empty for a single average.
        translated: The labels in the language of the output.
        legend: The labels for a chart, with "decay" before a decay.
    """

    def __init__(
        self,
        averages: Sequence[Sequence[Average]],
        rules: Sequence[str],
        names: list[str],
        given: str | None,
        style: Style,
        *,
        start: str | None = None,
        by: bool = False,
    ) -> None:
        self.averages, self.names, self._given, self.say = averages, names, given, style.language.say
        self._varies = start == "logged" or (by and (start or "").partition(":")[0] in ("first", "mean"))
        firsts = [each[0] for each in averages]
        aspects = _aspects(firsts, rules, ENGLISH)
        differing = [name for name, texts in aspects.items() if len(set(texts)) > 1]
        own = [
            not average.rule.constants.keys().isdisjoint(split_rule(rule)[1])
            for average, rule in zip(firsts, rules, strict=True)
        ]
        self.labels = _labels(aspects, differing, own)
        self.translated = _labels(_aspects(firsts, rules, style.language), differing, own)
        self.legend = _labels(_aspects(firsts, rules, style.language, bare=False), differing, own)
        if len(set(self.labels)) < len(firsts):
            twice = next(label for label in self.labels if self.labels.count(label) > 1)
            same = f"two of the averages are the same{': ' if twice else ''}{twice}"
            raise UsageError(f"{same}; give each --rule, --decay and --dtype once")
        common = {
            "decay": _decay(firsts[0], style),
            "rule": self.say("rule {name}", name=rules[0]) + _parameters(firsts[0], rules[0], style),
            "dtype": self.say(firsts[0].dtype.name),
        }
        starts = list(dict.fromkeys(_start(each, style, start) for each in averages))
        self._common = [text for name, text in common.items() if text and name not in differing]
        self._common += starts if len(starts) == 1 else []

    def title(self) -> list[str]:
        """The lines above a table: the user's title, and the settings that the averages share."""
        line = printable(self.say(", ").join(self._common))
        if len(self.names) == 1 and self.names[0] != "param":
            line = self.say("{name}: {text}", name=self.names[0], text=line)
        return [line] if self._given is None else [printable(self._given), line]

    def settings(self) -> dict[str, Any]:
        """The settings for JSON; `averages` has those that differ."""
        each = [_settings(averages, self._varies) for averages in self.averages]
        settings = {key: value for key, value in each[0].items() if all(other.get(key) == value for other in each)}
        common = set(settings)
        if self.averages[0][0].count_from is not None:
            settings["count-from"] = self.averages[0][0].count_from
        if self.names:
            settings["params"] = self.names
        if len(each) > 1:
            settings["averages"] = [
                {"label": label, **{key: value for key, value in own.items() if key not in common}}
                for label, own in zip(self.labels, each, strict=True)
            ]
        return settings


def _aspects(
    averages: Sequence[Average], rules: Sequence[str], language: Language, *, bare: bool = True
) -> dict[str, Sequence[str]]:
    """The aspects in which averages may differ, each with a text for each average."""
    return {
        "rule": rules,
        "decay": [_stated(average, language, bare=bare) for average in averages],
        "dtype": [language.say(average.dtype.name) for average in averages],
    }


def _labels(aspects: dict[str, Sequence[str]], differing: Sequence[str], own: Sequence[bool]) -> list[str]:
    """The label of each average: the aspects that differ, without the decay if its rule's text states one (`own`)."""
    named = [[name for name in differing if not (name == "decay" and states)] for states in own]
    return [" ".join(filter(None, (aspects[name][place] for name in names))) for place, names in enumerate(named)]


def _stated(average: Average, language: Language, *, bare: bool = False) -> str:
    """The constant as it was stated; if `bare`, without the word "decay"."""
    if average.stated is None:
        return ""
    kind, value = average.stated.kind, str(average.stated.value)
    return value if bare and kind == "decay" else f"{language.say(kind)} {value}"


def _decay(average: Average, style: Style) -> str:
    """The constant as it was stated, and as a decay."""
    stated = _stated(average, style.language)
    if average.stated is None or isinstance(average.stated, TimedHalfLife):
        return stated
    if is_arithmetic(str(average.stated.value)):
        from ema_cli.report.equations import equation

        stated = f"{style.language.say(average.stated.kind)} {equation(average.stated.value, style)}"
    if average.stated.kind == "decay":
        return stated
    decay = for_people(average.decay_dtype, style)(average.constant)
    return style.language.say("{stated} (decay {decay})", stated=stated, decay=decay)


def _parameters(average: Average, rule: str, style: Style) -> str:
    """The rule's parameters that are written as arithmetic, with their values, in brackets."""
    if not is_arithmetic(rule.partition(":")[2]):
        return ""
    from ema_cli.report.equations import rule_equations

    equations = rule_equations(rule, style, but=average.rule.constants)
    return f" ({style.language.say(', ').join(equations)})" if equations else ""


def _start(averages: Sequence[Average], style: Style, start: str | None) -> str:
    """The start of the shadows, in words."""
    say = style.language.say
    if averages[0].begins_blank:
        return say("no shadow until there are enough params")
    if averages[0].rule.start == "zero":
        return say("starts at zero")
    if averages[0].seed is not None:
        return say("starts at the mean of the first params")
    if averages[0].rule.start != "initial":
        return say("starts at the first param")
    if start == "first":
        return say("initial value first param")
    if start == "logged":
        return say("initial value first logged shadow")
    texts = [for_people(average.input_dtype, style)(average.initial) for average in averages]
    return say("initial value {values}", values=", ".join(texts if len(set(texts)) > 1 else texts[:1]))


def _settings(averages: Sequence[Average], varies: bool) -> dict[str, Any]:
    average = averages[0]
    settings: dict[str, Any] = {"rule": average.rule.name, "dtype": average.dtype.name}
    if average.parameters:
        settings["parameters"] = average.parameters
    if average.stated is not None:
        if not isinstance(average.stated, TimedHalfLife):  # a decay per nanosecond would not help anyone
            settings["decay"] = _number(average.constant, average.decay_dtype)
        if average.stated.kind != "decay":
            stated = average.stated
            timed = isinstance(stated, LeftDecay | TimedHalfLife)
            settings[stated.kind] = str(stated.value) if timed else stated.number
    if average.rule.start == "initial":
        initials = [None if varies else _number(each.initial, each.input_dtype) for each in averages]
        settings["initial"] = initials[0] if len(initials) == 1 else initials
    return settings


def _number(value: Any, dtype: Dtype) -> float | str | None:
    """A value for JSON: the number with the shortest text, or a string if it is a fraction or not finite."""
    if value is None:  # the first param will be the initial value
        return None
    text = to_text(dtype, Style())(value)
    return text if dtype.digits is None or value - value != 0 else float(text)
