"""Records of a catalogue entry: the rule, its counter, its constant and its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import NotNumber, SettingError, Unknown
from ema_cli.core.numbers.literals import LAST_STEP, quoted
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

    FromSettings = Callable[[Any], Any]
    """A function from the settings (`.decay`, `.weight`, and the rule's parameters) to the value of a field."""

    Role = (
        Literal["", "switch", "arithmetic", "interval", "start", "count", "batch", "exponent", "period"]
        | Literal["gamma", "power", "offset", "floor", "tau", "length", "first weight", "unit"]
    )


class Counter(Record):
    """The variable of the rule's formula, which the script calls step."""

    name: str
    meaning: str
    first: float | None = None
    """Its value at the first update, if the rule keeps the counter itself; None if the caller passes it."""
    stride: float = 1
    fractional: bool = False
    """True if the counter may be fractional (epochs)."""
    noted: bool = False
    """True if a note names its first value when a script has no steps."""


class Parameter(Record):
    """A setting of a rule, under the framework's own name. Its type is the type of its default."""

    name: str
    default: Any
    meaning: str = ""
    least: float | None = 0
    """The least value that is allowed; None if there is no limit."""
    most: float | None = None
    above: bool = False
    """True if the value must be greater than `least`; else it may be equal."""
    choices: tuple[str, ...] = ()
    optional: bool | str = False
    """True if `none` is also a value; or another name for `none`."""
    is_number: bool = False
    """True if the value may be a fraction although the default is whole or None."""
    in_float64: bool = False
    """True if it is always float64, whatever type the decay is computed in."""
    search: Role = ""
    """The role by which --identify finds its value; empty if it keeps its default.

    `switch` (affects the decay) and `arithmetic` (affects the rounding alone) try each value. `interval`, `start`,
    `count` and `batch` follow from the rows that update, the rounds before them, the counter's first value, and the
    stride of the steps. `gamma`, `power`, `offset`, `floor`, `tau`, `length` and `first weight` are constants of a
    curve fitted to the decays (`identify/curves.py`); `unit` is 1 where a length is set. `exponent` is the exponent of
    a profile minus one. `period` is a number of params that stands in the place of a constant.
    """

    def read(self, value: Any) -> Any:
        """Check a value, given as text or as a Python value, and convert it to the parameter's type."""
        read = self._value(value)
        if isinstance(read, bool | str) or read is None:
            return read
        if (
            read - read != 0
            or (self.least is not None and (read < self.least or (self.above and read == self.least)))
            or (self.most is not None and read > self.most)
        ):
            raise self._refuse(value)
        return read

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
            raise SettingError(f"{self.name} {quoted(str(value))} exceeds the largest count, 2^63 - 1 = {LAST_STEP}")
        return int(number)

    @property
    def names(self) -> tuple[str, ...]:
        """Values that are written as names: the choices, true and false, or none; a number has no others."""
        named = self.choices or (("true", "false") if isinstance(self.default, bool) else ())
        return (*named, "none") if self.optional else named

    @property
    def allowed(self) -> str:
        """The values that are allowed, in words."""
        return self.allowed_in(str.format)

    def allowed_in(self, say: Callable[..., str]) -> str:
        """Allowed values in words, in the language of `say`, which translates a text and fills in its braces."""
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
        """True if the value is a number that may be fractional."""
        return not self.choices and (self.is_number or isinstance(self.default, float))

    def _refuse(self, value: Any) -> SettingError:
        return SettingError(f"{self.name} must be {self.allowed}, not {quoted(str(value))}")


class DecayParameter(Record):
    """The parameter of a rule for its constant: the framework's name, the default, and the kind (of STATEMENTS)."""

    name: str = "decay"
    default: float | str | None = None
    kind: Literal["decay", "half-life", "span", "com", "alpha"] = "decay"
    optional: bool = False
    """True if the rule works without it."""
    also: tuple[tuple[str, str], ...] = ()
    """Other names for the constant, and their kinds."""
    clamped: bool = False
    """True if values outside 0 to 1 are clamped to it."""
    in_time: bool = False
    """True if a half-life may have a unit of time; elapsed times are then nanoseconds, else seconds."""


class Seed(Record):
    """The mean of the first params, from which the shadow starts; earlier rounds have no shadow."""

    count: int
    """Number of params in the mean."""
    steps: tuple[Step, ...] = (("added", "R(added + p)"),)
    """Assignments for each param: to registers, which start at 0, or to names local to the round."""
    mean: Text = "R(added/count)"
    """The formula of the mean from the registers after the last param."""
    registers: tuple[str, ...] = ("added",)


def either(parameter: str, yes: Any, no: Any) -> FromSettings:
    """A choice of two values by a parameter that is true or false."""
    return lambda o: yes if getattr(o, parameter) else no


def resolve(field: Any, settings: Any) -> Any:
    """The value of a field for these settings."""
    return field(settings) if callable(field) else field


AREAS = ("textbook", "training", "dashboards", "data frames", "trading", "systems")
"""Areas of use, in the order of --list-rules."""


class Rule(Record):
    """One implementation of an exponential moving average. A field of type FromSettings may depend on its settings."""

    name: str
    """Lower-case letters, digits and hyphens; the package comes first, as in `torch-ema`."""
    framework: str
    """The framework and its own name for the average."""
    formula: str
    """The effective decay, as printed."""
    family: Callable[[Any], Family]
    """From the settings to the decay family."""
    form: Form | FromSettings
    """The arithmetic form of an update."""
    scalars: Scalars | FromSettings
    """Formulas from the effective decay to the operands of the form."""
    source: str
    """The package, its version or commit, and the file or the function that was read."""
    counter: Counter | FromSettings | None = None
    """The variable of the formula; None if the rounds don't depend on one."""
    decay: DecayParameter | None = DecayParameter()
    """The constant, whose range depends on its kind; None for a rule without one."""
    parameters: tuple[Parameter, ...] = ()
    """The other settings, in the order of --about-rule."""
    made_from: tuple[str, ...] = ()
    """The parameters that the rule itself is made from."""
    start: Literal["initial", "zero", "first", "mean", "none"] = "initial"
    """The start of the shadow: `initial` (the param's value before the first update), `zero`, `first` (the first
    param), `mean` (the mean of the first params, the seed), or `none` (the form starts it)."""
    take: Text | FromSettings = "p"
    """The averaged quantity: a formula of the param p, such as R(p*p)."""
    seed: Seed | FromSettings | None = None
    """The mean that the shadow starts from, or None."""
    shown_from: int | FromSettings = 0
    """The number of the first param after which the shadow is shown; 0 if it always is."""
    skips_missing: bool = False
    """True if a round whose param is NaN is skipped: nothing decays, no time passes, and no shadow is shown."""
    gate: Gate | FromSettings | None = None
    """The gate of rounds that copy or skip; None if every round updates."""
    debias: Readout | FromSettings | None = None
    """The read-out of the shown value; None if the shadow is shown itself."""
    precision: Literal["float64", "float32", "dtype"] = "float64"
    """The type of the decay: `float64`, `float32`, or `dtype`, the type of the params; exact in exact arithmetic."""
    dtype: str = "float32"
    """The default type of the params: a key of DTYPES."""
    state: str | FromSettings | None = None
    """The type of the shadow, if it differs from the type of the params."""
    by_float32: bool = True
    """True if 16-bit types are rounded by way of float32."""
    flush: bool | FromSettings = False
    """True if subnormal numbers are flushed to zero; a function may depend on the parameters alone."""
    looks_ahead: bool = False
    """True if the first rounds depend on whether all points are equal: rounds up to a different point are one batch."""
    span: str = ""
    """The parameter that defaults to the span of all steps or times; the whole script is then one batch."""
    exponent: FromSettings | None = None
    """The exponent of a power-law weight profile (`core/rules/karras.py`); None without one."""
    surprises: tuple[str, ...] = ()
    """Pitfalls, a sentence each."""
    usual: bool = False
    """True for a well-known rule whose shadow is often logged: --identify names it before others with the same results.
    """
    run: bool = True
    """True if it was compared with the running implementation; False if only the source was read."""
    area: str = "training"
    """Area of use: one of AREAS."""
    aliases: tuple[tuple[str, str], ...] = ()
    """Other names for the rule, each with the parameters that it fixes (`tau=2000`)."""
    words: tuple[str, ...] = ()
    """Words that people use for such a rule, in letters and digits alone; suggestions and --list-rules match them."""

    def __repr__(self) -> str:
        return f"<Rule {self.name}: {self.framework}>"

    def settings(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters of the rule: the given values, checked, and defaults for the others."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                names = tuple(dict.fromkeys((*self.made_from, *self.constants, *known)))
                problem = f"rule {self.name} has no parameter {quoted(name)}"
                raise SettingError(problem, f"it has {', '.join(names) or 'none'}", Unknown("parameter", name, names))
        values = {name: parameter.default for name, parameter in known.items()}
        for name, value in given.items():
            try:
                values[name] = known[name].read(value)
            except SettingError as error:
                raise SettingError.of(error, f"rule {self.name}: ") from None
        return values

    @property
    def needs_decay(self) -> bool:
        """True if the rule has a constant that is neither optional nor has a default."""
        return self.decay is not None and self.decay.default is None and not self.decay.optional

    @property
    def length(self) -> Parameter | None:
        """The parameter (a number of params) that takes the place of a constant; None if the rule has none."""
        lengths = (each for each in self.parameters if each.search == "period")
        return None if self.decay is not None else next(lengths, None)

    @property
    def constants(self) -> dict[str, str]:
        """The names that the constant may be given under, and the kind of each."""
        if self.decay is None:
            return {}
        return {"decay": "decay", self.decay.name: self.decay.kind, **dict(self.decay.also)}
