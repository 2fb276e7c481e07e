"""Extensions of Click: values of options, options in groups, help with examples, one error per mistake."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from ema_cli.core.numbers.literals import LAST_STEP, is_number, whole
from ema_cli.core.record import Record
from ema_cli.errors import UsageError, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence


_HYPHEN = "\u2011"
"""A non-breaking hyphen, used while lines are wrapped so that no option is broken at a hyphen."""

_WIDE = 76
"""The least width of a terminal for help in two columns."""

_LONGEST_NAME = 20
"""The width of the column of options in the help."""

_PARAMS = "ema_cli.params"
"""The key of the parameters of a call in Click's context."""


class Whole(Record):
    """An option's values: whole numbers in a range, in the same grammar as all numbers."""

    least: int
    most: int

    def read(self, text: str, option: str) -> int:
        """Parse a text."""
        number = whole(text) if is_number(text) else None
        if number is None:
            raise UsageError(f"{option} {quoted(text)} is not a whole number")
        if not self.least <= number <= self.most:
            allowed = f"at least {self.least}" if self.most == LAST_STEP else f"between {self.least} and {self.most}"
            raise UsageError(f"{option} must be {allowed}, not {text}")
        return number


def _complete(key: str, choices: Collection[str], _: click.Context, __: click.Parameter, incomplete: str) -> Any:
    """Complete a value of an option or an operand; bound to its key and choices, it is Click's callback."""
    from ema_cli.cli.completion import values

    return values(key, incomplete, choices)


class Operands(Record):
    """The operands."""

    help: str
    key, usage = "script", "[SCRIPT]..."

    def for_click(self) -> click.Argument:
        """Make the argument for Click."""
        return click.Argument([self.key], nargs=-1, shell_complete=partial(_complete, self.key, ()))


class Option(Record):
    """An option."""

    name: str
    metavar: str
    """The name of its value in the help; empty for a flag."""
    help: str
    letter: str = ""
    """Its short name."""
    takes: Whole | tuple[str, ...] = ()
    """Its values: whole numbers, or one of several names; empty for any text."""
    multiple: bool = False
    default: Any = None
    """Its value if it is not given; with None, the first of several names."""
    acts: Callable[[click.Context, Any], None] | None = None
    """Function that runs in place of the calculation, such as for --help; None for other options."""
    hint: str = ""
    """The end of the error message if it is given twice."""

    @property
    def is_flag(self) -> bool:
        """True if it takes no value."""
        return not self.metavar

    @property
    def choices(self) -> tuple[str, ...]:
        """The names that are its values; empty if it takes others."""
        return self.takes if isinstance(self.takes, tuple) else ()

    @property
    def names(self) -> tuple[str, ...]:
        """All its names."""
        return (self.letter, self.name) if self.letter else (self.name,)

    @property
    def key(self) -> str:
        """The key of its value in the options."""
        return self.name[2:].replace("-", "_")

    @property
    def absent(self) -> Any:
        """The value if the option is not given."""
        if self.multiple or self.is_flag:
            return () if self.multiple else False
        return self.choices[0] if self.choices and self.default is None else self.default

    @property
    def usage(self) -> str:
        """Its names and the name of its value, as in the help."""
        return ", ".join(self.names) + ("" if self.is_flag else f" {self.metavar}")

    def needs_value(self, name: str) -> str:
        """The start of the error for a missing value; `name` is the option's name as typed."""
        value = "|".join(self.choices) or self.metavar
        return f"{name} needs a value: {name} {value}"

    def for_click(self) -> click.Option:
        """Make the option for Click."""
        return click.Option(
            self.names,
            is_flag=self.is_flag or None,  # with False, Click would accept a missing value
            multiple=self.multiple,
            is_eager=self.acts is not None,
            expose_value=self.acts is None,
            callback=self._take,
            shell_complete=partial(_complete, self.key, self.choices),
        )

    def _take(self, ctx: click.Context, _: click.Parameter, value: Any) -> Any:
        """Read the value, or run the option's own function and exit."""
        if value in (None, (), False):
            return self.absent
        if self.acts is not None and not ctx.resilient_parsing:
            self.acts(ctx, self.read(value))
            ctx.exit()
        return tuple(map(self.read, value)) if self.multiple else self.read(value)

    def read(self, value: Any) -> Any:
        """Parse or check one value."""
        if isinstance(self.takes, Whole):
            return self.takes.read(value, self.name)
        if self.takes and value not in self.takes:
            from ema_cli.error_facts import NoChoice

            fact = NoChoice(self.name, value, self.takes, self.multiple)
            raise UsageError(f"{self.name} {quoted(value)} is not one of {', '.join(self.takes)}", fact=fact)
        return value


class Command(click.Command):
    """A command whose help begins with examples and answers to questions, and that refuses an option given twice."""

    def __init__(
        self,
        *,
        groups: Mapping[str, Sequence[Operands | Option]],
        examples: Sequence[tuple[str, str]],
        questions: Sequence[tuple[str, str]],
        **settings: Any,
    ) -> None:
        self.groups, self.examples, self.questions = groups, examples, questions
        self.entries = [entry for entries in groups.values() for entry in entries]
        self.options = [entry for entry in self.entries if isinstance(entry, Option)]
        super().__init__(add_help_option=False, **settings)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The operands and the options that the arguments may name; all of them for completion."""
        params: list[click.Parameter] = ctx.meta.get(_PARAMS) or [entry.for_click() for entry in self.entries]
        return params

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse with only the options that the arguments may name: making all would double the time of a short call."""
        letters = {f"-{letter}" for arg in args if arg[:1] == "-" != arg[1:2] for letter in arg}
        named = letters.union(arg.partition("=")[0] for arg in args)
        entries = [entry for entry in self.entries if isinstance(entry, Operands) or named.intersection(entry.names)]
        ctx.meta[_PARAMS] = [entry.for_click() for entry in entries]
        rest = super().parse_args(ctx, args)
        if ctx.resilient_parsing:
            del ctx.meta[_PARAMS]
        for option in self.options:
            if option.acts is None:
                ctx.params.setdefault(option.key, option.absent)
        return rest

    def make_parser(self, ctx: click.Context) -> Any:
        """Click's parser, extended to refuse an option given twice, where Click alone would keep the last value."""
        parser = super().make_parser(ctx)
        if ctx.resilient_parsing:  # completion must work in spite of mistakes
            return parser
        parse = parser.parse_args
        there = {name for param in self.get_params(ctx) for name in param.opts}
        options = {name: option for option in self.options for name in option.names if name in there}

        def parse_once(args: list[str]) -> Any:
            # Click looks up -F among the long options first, and builds an error with suggestions, which is slow.
            end = args.index("--") if "--" in args else len(args)
            long = [options[arg].name if arg in options else arg for arg in args[:end]]
            values, operands, order = parse([*long, *args[end:]])
            _check_values(values, options)
            _check_once(order, options)
            return values, operands, order

        parser.parse_args = parse_once  # type: ignore[method-assign]
        return parser

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the description, examples, and the options in their groups."""
        formatter.write_text(self.help or "")
        formatter.write_paragraph()
        for heading, lines in ("Examples", self.examples), ("Questions", self.questions):
            formatter.write(f"{heading}:\n")
            width = max(len(first) for first, _ in lines)
            for first, second in lines:  # a narrow terminal has the meaning below
                gap = f"{first:<{width}}  " if formatter.width >= _WIDE else f"{first}\n      "
                formatter.write(f"  {gap}{second}\n")
            formatter.write_paragraph()
        self.format_usage(ctx, formatter)
        self.format_options(ctx, formatter)
        self.format_epilog(ctx, formatter)
        formatter.buffer = [text.replace(_HYPHEN, "-") for text in formatter.buffer]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options in their groups."""
        for group, entries in self.groups.items():
            records = [(entry.usage, entry.help.replace("-", _HYPHEN)) for entry in entries]
            with formatter.section(group):
                if formatter.width >= _WIDE:
                    formatter.write_dl([(f"{name:<{_LONGEST_NAME}}", meaning) for name, meaning in records])
                else:  # the meaning goes below the option
                    formatter.write_dl(records, col_max=2)


def _check_values(values: Mapping[str, Any], options: Mapping[str, Option]) -> None:
    """Refuse a value that is the name of an option: the real value is missing."""
    for key, value in values.items():
        for text in value if isinstance(value, list) else (value,):
            if text in options:
                option = next(option for option in options.values() if option.key == key)
                raise UsageError(f"{option.needs_value(option.name)} before {text}")


def _check_once(order: Sequence[click.Parameter], options: Mapping[str, Option]) -> None:
    """Refuse an option that is given twice."""
    given = [options[param.opts[-1]] for param in order if isinstance(param, click.Option)]
    for place, option in enumerate(given):
        if not option.multiple and option in given[:place]:
            raise UsageError(f"{option.name} is given twice{option.hint}")
