"""Texts about rules: the rows of --list-rules and the lines of --about-rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.core.average import Average
from ema_cli.core.catalogue import bare, parsed_rule, rules
from ema_cli.core.decay_list import first_decays
from ema_cli.core.decay_setting import Constant
from ema_cli.core.errors import SettingError
from ema_cli.core.rule import AREAS
from ema_cli.core.rules.karras import sigma_rel_of
from ema_cli.text.language import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.core.rule import Parameter, Rule
    from ema_cli.text.language import Language

DECAY = 0.9999
"""The decay for which the first decays are listed, unless another is given."""

JOINTS = ("; in 16 bits ", "; in bfloat16 ", "v is the weight: ", " if ", ", else ", " else ", "DECAY", "WEIGHT")
"""Words in formulas, which are translated one by one."""

STARTS = {
    "initial": "at the initial value",
    "zero": "at zero; it takes no initial value",
    "first": "at the first param",
    "mean": "at the mean of the first params",
    "none": "at the first param",
}
"""The start of the shadow, by the field of the rule."""

FIRST_CALLS = {
    "copy": "copies the param",
    "skip": "skips",
    "update": "updates",
    "first": "takes the param as the shadow, then updates",
    "none": "takes the param",
    "wait": "adds the param to the mean",
    "seed": "takes the param",
}
"""The effect of the first call, by its action or, without a gate, by the start of the shadow."""

KINDS = {
    "decay": "the decay",
    "alpha": "the weight",
    "half-life": "the half-life, in rounds",
    "span": "the span, in rounds",
    "com": "the centre of mass, in rounds",
}
"""Words for the constants, by their kinds; a kind that is missing here is used as it is."""

LETTERS = (
    (r"\bs\b", "s the shadow"),
    (r"\bp\b", "p the param"),
    (r"\bd\b", "d the decay"),
    (r"\bw\b", "w the weight"),
    (r"\bR\(", "R rounds to the dtype"),
    (r"\bO\(", "O rounds to the type that the framework computes in"),
    (r"\bf32\(", "f32 rounds to float32"),
    (r"\bfma\(", "fma(x, y, z) is x*y + z, rounded once"),
)
"""Patterns of the letters in formulas, and their meanings."""


class RuleTexts:
    """Texts about rules in one language, with the first decays for these constants, by default DECAY."""

    def __init__(self, constants: Sequence[Constant] = (), language: Language = ENGLISH) -> None:
        self.constants, self.say = constants or [Constant("decay", DECAY)], language.say

    def columns(self) -> list[str]:
        """The headings of the list."""
        say = self.say
        first = map(self._heading, self.constants)
        last = say("default decay"), say("source"), say("area")
        return [say("rule"), say("framework"), say("effective decay"), *first, *last]

    def rows(self, names: Sequence[str] = (), words: Sequence[str] = ()) -> list[list[str]]:
        """The list: a row for each rule, sorted by area, then in the order of the catalogue.

        Args:
            names: The rules, with or without parameters; by default all.
            words: Beginnings of words; a listed rule has all of them in its names, parameters, area or descriptions.

        Raises:
            SettingError: There is no such rule, or it takes no such parameter.
        """
        listed = names or sorted((*rules(), "custom"), key=lambda name: AREAS.index(parsed_rule(name)[0].area))
        return [self._row(name) for name in listed if all(mentions(parsed_rule(name)[0], word) for word in words)]

    def _row(self, text: str) -> list[str]:
        rule = parsed_rule(text)[0]
        _example(text, rule)  # checks its parameters
        first = [self._first_decays(text, constant) for constant in self.constants]
        return [
            text, self.say(rule.framework), self._formula(rule.formula), *first, default_decay(rule),
            self.say(rule.source), self.say(rule.area),
        ]  # fmt: skip

    def lines(self, text: str) -> list[tuple[str, str]]:
        """The lines about one rule, with or without parameters, each a title and a text; the items of a list repeat
        their title.

        Raises:
            SettingError: There is no such rule, or it takes no such parameter.
        """
        rule, say = parsed_rule(text)[0], self.say
        average = _example(text, rule)
        shown = say("the shadow itself")
        if average.readout is not None:
            shown = say(average.readout.meaning).rstrip(".。")
        formulas = f"{average.form.description} {average.scalars.description}"
        lines = [
            (say("rule"), text),
            (say("framework"), say(rule.framework)),
            (say("area"), say(rule.area)),
            *((say("alias"), f"{alias} = {rule.name}{':' * bool(fixed)}{fixed}") for alias, fixed in rule.aliases),
            (say("effective decay"), self._formula(rule.formula)),
            *((self._heading(constant), self._first_decays(text, constant)) for constant in self.constants),
            (say("step"), self._step(average)),
            (say("first call"), say(_first_call(rule, average))),
            *((say("note"), note) for note in notes(rule, say)),
            (say("arithmetic"), self._arithmetic(average)),
            (say("letters"), say("; ").join(say(text) for letter, text in LETTERS if re.search(letter, formulas))),
            (say("shadow starts"), say(STARTS[rule.start])),
            (say("shown value"), shown),
            (say("default dtype"), rule.dtype),
            (say("default decay"), default_decay(rule) or say("none")),
        ]
        if average.exponent is not None:
            numbers = {"exponent": f"{average.exponent:.6g}", "sigma_rel": f"{sigma_rel_of(average.exponent):.4g}"}
            lines.append((say("profile"), say("weights (n/N)^{exponent}: sigma_rel {sigma_rel}", **numbers)))
        lines += [(say("parameter"), self._constant(rule, name, kind)) for name, kind in rule.constants.items()]
        lines += [(say("parameter"), self._parameter(parameter)) for parameter in rule.parameters]
        if not rule.run:
            lines.append((say("note"), say("from its source code, not from a run")))
        lines.append((say("source"), say(rule.source)))
        return lines

    def _heading(self, constant: Constant) -> str:
        kind = "" if constant.kind == "decay" else f"{self.say(constant.kind)} "
        return self.say("first decays at {decay}", decay=f"{kind}{constant.value}")

    def _first_decays(self, text: str, constant: Constant) -> str:
        """The first three decays, with `copy` or `skip` for a round without an update; `none` if they are undefined."""
        try:
            decays = first_decays(text, constant)
        except SettingError:  # a decay of 1 would divide by zero
            return self.say("none")
        return ", ".join(f"{value:.6g}" if not isinstance(value, str) else self.say(value) for value in decays)

    def _formula(self, text: str) -> str:
        """A formula in the language: its translation if there is one, else a translation word by word."""
        whole = self.say(text)
        if whole == text:
            for joint in JOINTS:
                whole = whole.replace(joint, self.say(joint))
        return whole

    def _step(self, average: Average) -> str:
        counter, say = average.counter, self.say
        if counter is None:
            return say("not used")
        text = say("{name}: {text}", name=counter.name, text=say(counter.meaning))
        if counter.first is None:
            return text
        return say(
            "{text}; it starts at {first} and grows by {stride}", text=text, first=counter.first, stride=counter.stride
        )

    def _arithmetic(self, average: Average) -> str:
        scalars = self._formula(average.scalars.description)
        if average.take != "p":
            scalars = self.say("p is {take} of the param, {scalars}", take=average.take, scalars=scalars)
        text = self.say(
            "{form}; {scalars}; the decay v is a {type}",
            form=self._formula(average.form.description),
            scalars=scalars,
            type=average.decay_dtype.name,
        )
        return text + self.say("; subnormal numbers are flushed to zero") if average.flush else text

    def _constant(self, rule: Rule, name: str, kind: str) -> str:
        text = self.say("{name}: {text}", name=name, text=self.say(KINDS.get(kind, kind)))
        stated = rule.decay
        if stated is None or stated.default is None or name != stated.name:
            return text
        return self.say("{text}, {value} by default", text=text, value=stated.default)

    def _parameter(self, parameter: Parameter) -> str:
        default = "none" if parameter.default is None else str(parameter.default)
        return self.say(
            "{name}: {text} ({allowed}; {value} by default)",
            name=parameter.name,
            text=self.say(parameter.meaning),
            allowed=parameter.allowed_in(self.say),
            value=default.lower() if isinstance(parameter.default, bool) else default,
        )


def _example(text: str, rule: Rule) -> Average:
    """An average of the rule, with the decay DECAY if it needs one."""
    needed = rule.decay is not None and not rule.decay.optional
    return Average(DECAY if needed else None, rule=text)


def mentions(rule: Rule, word: str) -> bool:
    """True if a word in a rule's names, parameters, area or descriptions begins with `word`, ignoring case."""
    names = rule.name, *(alias for alias, _ in rule.aliases), *rule.words
    parameters = (*(parameter.name for parameter in rule.parameters), *rule.constants)
    texts = _words(" ".join((*names, *parameters, rule.area, rule.framework, rule.formula, rule.source)))
    return f" {_words(word)}" in f" {texts}" or any(bare(name).startswith(bare(word)) for name in names)


def _words(text: str) -> str:
    """The words of a text in lower case, separated by spaces; the name of a class is split at its capitals."""
    return re.sub(r"[-_./\s()]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)).lower()


def notes(rule: Rule, say: Callable[..., str] = str.format) -> list[str]:
    """The pitfalls of a rule, in the language of `say`."""
    pitfalls = [*map(say, rule.surprises)]
    if rule.decay is not None and rule.decay.kind == "alpha":
        pitfalls.insert(0, say("{name} is the weight, not the decay", name=rule.decay.name))
    return pitfalls


def default_decay(rule: Rule) -> str:
    """The rule's default decay; empty if it has none."""
    if rule.decay is None or rule.decay.default is None:
        return ""
    value = str(rule.decay.default)
    return value if rule.decay.kind == "decay" else f"{1 - float(value):.6g} ({rule.decay.name} {value})"


def _first_call(rule: Rule, average: Average) -> str:
    needs_step = average.counter is not None and average.counter.fractional
    actions = average.advance([1.0], [0.0] if needs_step else None).actions
    return FIRST_CALLS[actions[0] if actions is not None else rule.start if rule.start in FIRST_CALLS else "update"]
