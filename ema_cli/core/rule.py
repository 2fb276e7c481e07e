"""Entries of the catalogue, and the parameters of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import NotNumber, SettingError, Unknown
from ema_cli.core.numbers.literals import LAST_STEP, shown
from ema_cli.core.numbers.values import value_of, whole_value
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Literal

    from ema_cli.core.coefficients import Scalars
    from ema_cli.core.debias import Readout
    from ema_cli.core.formula import Step, Text
    from ema_cli.core.gates import Gate
    from ema_cli.core.schedules import Family
    from ema_cli.core.updates import Form

    Role = (
        Literal["", "switch", "arithmetic", "interval", "start", "count", "batch", "exponent", "period"]
        | Literal["gamma", "power", "offset", "floor", "tau", "length", "first weight", "unit"]
    )


class Counter(Record):
    """The variable of the rule's formula, which the script calls step."""

    name: str
    meaning: str
    first: float | None = None
    """Its value at the first update, if the rule keeps it by itself. None: the caller hands it over or not."""
    stride: float = 1
    fractional: bool = False
    """True if the counter may be fractional (epochs)."""
    noted: bool = False
    """True if a note says from where it counts, where no steps are given."""


class Parameter(Record):
    """A setting of a rule, under the framework's own name. Its type is that of its default."""

    name: str
    default: Any
    meaning: str = ""
    least: float | None = 0
    """The least value that is allowed; None if there is none."""
    most: float | None = None
    above: bool = False
    """True if the value must lie above the least one, not on it."""
    choices: tuple[str, ...] = ()
    optional: bool | str = False
    """True if `none` is also a value; another name that it has."""
    is_number: bool = False
    """True if the value may be a fraction, where the default is whole or None."""
    in_float64: bool = False
    """True if it is always float64, whatever type the decay is computed in."""
    search: Role = ""
    """The part that it plays where --identify looks for its value; empty where it keeps its default.

    `switch` and `arithmetic` try each value: one that bears on the decay, or on the rounding alone. `interval`,
    `start`, `count` and `batch` follow from the rows that update, the rounds before them, the counter's first value,
    and the stride of the steps. `gamma`, `power`, `offset`, `floor`, `tau`, `length` and `first weight` are constants
    of a curve that was fitted to the decays (`identify/curves.py`); `unit` is 1 where a length is set. `exponent`
    is that of a profile, less one. `period` is a number of params that the weight follows from.
    """

    def read(self, value: Any) -> Any:
        """The value, from its text or as it is."""
        taken = self._value(value)
        if isinstance(taken, bool | str) or taken is None:
            return taken
        if (
            taken - taken != 0
            or (self.least is not None and (taken < self.least or (self.above and taken == self.least)))
            or (self.most is not None and taken > self.most)
        ):
            raise self._refuse(value)
        return taken

    def _value(self, value: Any) -> Any:
        text = value if isinstance(value, str) else None
        if value is None or (str(value).lower() in ("none", self.optional) and "none" not in self.choices):
            if not self.optional:
                raise self._refuse(value)
            return None
        if self.choices:
            if text not in self.choices:
                raise self._refuse(value)
            return value
        if isinstance(self.default, bool):
            flag = {"true": True, "false": False}.get(str(value).lower())
            if flag is None:
                raise self._refuse(value)
            return flag
        if isinstance(value, bool):
            raise self._refuse(value)
        try:
            number = value if text is None else value_of(text) if self.takes_fractions else whole_value(text)
        except SettingError as error:
            if isinstance(error.fact, NotNumber):
                raise self._refuse(value) from None
            raise SettingError.of(error, f"{self.name} ") from None
        if self.takes_fractions:
            return number
        if number is None or number != number // 1:
            raise self._refuse(value)
        if abs(number) > LAST_STEP:
            raise SettingError(f"{self.name} {shown(str(value))} exceeds the largest count, 2^63 - 1 = {LAST_STEP}")
        return int(number)

    @property
    def names(self) -> tuple[str, ...]:
        """The values that have names, which are all unless it is a number."""
        named = self.choices or (("true", "false") if isinstance(self.default, bool) else ())
        return (*named, "none") if self.optional else named

    @property
    def allowed(self) -> str:
        """The values that are allowed, in words."""
        return self.allowed_in(str.format)

    def allowed_in(self, say: Callable[..., str]) -> str:
        """Allowed values in the language of `say`, which takes an English text and the values for its braces."""
        words = []
        if not self.choices and not isinstance(self.default, bool):
            text = "a number" if self.takes_fractions else "a whole number"
            if self.least is not None:
                text += " above {least:g}" if self.above else " from {least:g}" + " up" * (self.most is None)
            if self.most is not None:
                text += " to {most:g}"
            words.append(say(text, least=self.least, most=self.most))
        *others, last = [*words, *self.names]
        return f"{', '.join(others)}{say(' or ') if others else ''}{last}"

    @property
    def takes_fractions(self) -> bool:
        """True if the value is a number that need not be whole."""
        return not self.choices and (self.is_number or isinstance(self.default, float))

    def _refuse(self, value: Any) -> SettingError:
        return SettingError(f"{self.name} must be {self.allowed}, not {shown(str(value))}")


class Stated(Record):
    """The constant that a rule takes: what the framework calls it, its kind (a key of STATEMENTS) and its default."""

    name: str = "decay"
    default: float | str | None = None
    kind: Literal["decay", "half-life", "span", "com", "alpha"] = "decay"
    optional: bool = False
    """True if the rule works without it."""
    also: tuple[tuple[str, str], ...] = ()
    """Other names for it, and their kinds."""
    clamped: bool = False
    """True if values outside 0 to 1 are clamped."""
    in_time: bool = False
    """True if a half-life may be stated in time: the rule then has elapsed times in nanoseconds, else in seconds."""


class Seed(Record):
    """The mean of the first params, at which the shadow starts; there is no shadow before."""

    count: int
    """Number of params."""
    steps: tuple[Step, ...] = (("added", "R(added + p)"),)
    """Assignments for each of them: to registers, which start at 0, or to names local to the round."""
    mean: Text = "R(added/count)"
    """The mean, of the registers after the last one."""
    registers: tuple[str, ...] = ("added",)


class Choose(Record):
    """A field that depends on the settings."""

    pick: Callable[[Any], Any]


def either(parameter: str, yes: Any, no: Any) -> Choose:
    """One of two, by a parameter that is true or false."""
    return Choose(lambda o: yes if getattr(o, parameter) else no)


def resolve(field: Any, settings: Any) -> Any:
    """The field for these settings."""
    return field.pick(settings) if isinstance(field, Choose) else field


AREAS = ("textbook", "training", "dashboards", "data frames", "trading", "systems")
"""Areas of use, in the order of lists."""


class Rule(Record):
    """One implementation of an exponential moving average. A field of type X may also be a Choose that gives an X."""

    name: str
    """Small letters, digits and hyphens; the package comes first, as in `torch-ema`."""
    framework: str
    """Name in the framework's words."""
    formula: str
    """The effective decay, for people."""
    family: Callable[[Any], Family]
    """From the settings (`.decay`, `.weight`, and the rule's parameters) to the decay family."""
    form: Form | Choose
    """The rounding of an update."""
    scalars: Scalars | Choose
    """The operands of the form, as the effective decay gives them."""
    source: str
    """The package, its version or commit, and the file or the function that was read."""
    counter: Counter | Choose | None = None
    """The variable of the formula; None if the rounds don't depend on one."""
    decay: Stated | None = Stated()
    """The constant, of which each kind has its own range; None for a rule without one."""
    parameters: tuple[Parameter, ...] = ()
    """Its other settings, each with its range, in the order of --about-rule."""
    start: Literal["initial", "zero", "first", "mean", "none"] = "initial"
    """The start of the shadow: `initial` (the param's value before the first update), `zero`, `first` (the first
    param), `mean` (that of the first params, the seed), or `none` (the form makes it)."""
    take: Text | Choose = "p"
    """Averaged quantity: a formula of the param p, such as R(p*p)."""
    seed: Seed | Choose | None = None
    """The mean that the shadow starts from."""
    shown_from: Callable[[Any], int] | None = None
    """The number of the first param after which the rule shows its shadow; None if it shows all."""
    skips_missing: bool = False
    """True if a round whose param is NaN is skipped: nothing decays, no time passes, and nothing is shown."""
    gate: Callable[[Any], Gate | None] | None = None
    """From the settings to the choice of rounds that copy or skip; None if every round updates."""
    debias: Readout | Choose | None = None
    """The value that is shown; None for the shadow itself."""
    precision: Literal["float64", "float32", "dtype"] = "float64"
    """The type in which the decay is computed: `float64`, `float32`, or `dtype`, that of the params. In exact
    arithmetic it is exact."""
    dtype: str = "float32"
    """The type of the params, unless another is asked for: a key of DTYPES."""
    state: str | Choose | None = None
    """The type of the shadow, where it isn't that of the params."""
    by_float32: bool = True
    """True if 16-bit types are rounded by way of float32."""
    flush: bool | Choose = False
    """True if subnormal numbers become zero; it may be chosen by the parameters alone."""
    looks_ahead: bool = False
    """True if the first rounds depend on whether all points are equal: those up to a different one are one batch."""
    span: str = ""
    """The parameter that is the span of all steps or times, unless it is given: the script is one batch then."""
    exponent: Callable[[Any], float] | None = None
    """From the settings to the exponent of the weights' profile, for a rule that has one (`core/rules/karras.py`)."""
    surprises: tuple[str, ...] = ()
    """Pitfalls, a sentence each."""
    usual: bool = False
    """True for a well-known rule: --identify names it before others that give the same."""
    run: bool = True
    """True if it was compared with the running implementation; otherwise only the source was read."""
    area: str = "training"
    """Area of use: one of AREAS."""
    aliases: tuple[tuple[str, str], ...] = ()
    """Other names for it, each with the parameters that it fixes (`tau=2000`)."""
    words: tuple[str, ...] = ()
    """Words that people use for it and its like, in letters and digits alone: suggestions and --list-rules find it."""

    def __repr__(self) -> str:
        return f"<Rule {self.name}: {self.framework}>"

    def settings(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The rule's parameters: the given ones, checked, and the defaults of the others."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                names = (*self.constants, *known)
                remedy = f"it has {', '.join(names) or 'none'}"
                problem = f"rule {self.name} has no parameter {shown(name)}"
                raise SettingError(problem, remedy, Unknown("parameter", name, names))
        values = {name: parameter.default for name, parameter in known.items()}
        for name, value in given.items():
            try:
                values[name] = known[name].read(value)
            except SettingError as error:
                raise SettingError.of(error, f"rule {self.name}: ") from None
        return values

    @property
    def needs_decay(self) -> bool:
        """True if a constant must be given: it has one, can't do without, and has no default."""
        return self.decay is not None and self.decay.default is None and not self.decay.optional

    @property
    def length(self) -> Parameter | None:
        """The number of params that stands in the place of a constant; None if there is none."""
        lengths = (each for each in self.parameters if each.search == "period" or each.name == "window")
        return None if self.decay is not None else next(lengths, None)

    @property
    def constants(self) -> dict[str, str]:
        """The names that its constant may be given under, and the kind that each states."""
        if self.decay is None:
            return {}
        return {"decay": "decay", self.decay.name: self.decay.kind, **dict(self.decay.also)}
