"""Extensions of Click: types of values, options in groups, help with examples, one error per mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ema_cli.cli.console import tell
from ema_cli.core.numbers.literals import LAST_STEP, is_number, whole
from ema_cli.errors import NoChoice, UsageError, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    _WholeType = click.ParamType[int]
else:
    _WholeType = click.ParamType  # not generic in older versions of Click


_HYPHEN = "\u2011"
"""Replaces hyphens while lines are wrapped, so that no option is broken at a hyphen."""

_WIDE = 76
"""The least width at which the help has two columns."""

_LONGEST_NAME = 20
"""The width of the column of options."""


class Whole(_WholeType):
    """A whole number, in the same grammar as all numbers."""

    name = "N"

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number."""
        if isinstance(value, int):
            return value
        number = whole(value) if is_number(value) else None
        if number is None:
            raise UsageError(f"{_named(param)}{shown(value)} is not a whole number")
        if not self.least <= number <= self.most:
            allowed = f"at least {self.least}" if self.most == LAST_STEP else f"between {self.least} and {self.most}"
            raise UsageError(f"{_named(param)}must be {allowed}, not {value}")
        return number


class Choice(click.Choice[str]):
    """One of several names, exactly as written.

    Args:
        names: The names.
        words: Other words for them, for which an error suggests them.
    """

    def __init__(self, names: Iterable[str], words: Mapping[str, str]) -> None:
        self.words = words
        super().__init__(tuple(names))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name."""
        if value in self.choices:
            return str(value)
        choices = tuple(self.choices)
        fact = NoChoice(_named(param).strip(), value, choices, self.words, param is not None and param.multiple)
        raise UsageError(f"{_named(param)}{shown(value)} is none of {', '.join(choices)}", fact=fact)


def _named(param: click.Parameter | None) -> str:
    """Name of the option, to begin an error with."""
    return "" if param is None else f"{max(param.opts, key=len)} "


class Option(click.Option):
    """An option in a group of the help.

    Args:
        names: Its names.
        hint: The end of the error if it is given twice.
        more: What the man page says beyond the line of help.
        others: What other tools and papers call it, such as "method, no-warmup=fixed", where `--no-warmup` stands for
            this option with the value `fixed`.
        settings: The arguments of Click's option.
    """

    group = "The tool"

    def __init__(self, *names: str, hint: str = "", more: str = "", others: str = "", **settings: Any) -> None:
        self.hint, self.more, self.others = hint, more, others
        super().__init__(names, **settings)

    def needs_value(self, name: str) -> str:
        """The sentence that the option, under one of its names, needs a value."""
        value = "|".join(getattr(self.type, "choices", ())) or self.metavar or self.type.name
        return f"{name} needs a value: {name} {value}"

    def shell_complete(self, ctx: click.Context, incomplete: str) -> Any:
        """Complete its value."""
        from ema_cli.cli.completion import values

        found = values(ctx, self.name, incomplete)
        return super().shell_complete(ctx, incomplete) if found is None else found


class Argument(click.Argument):
    """The operands, with a line of help, which Click has only in later versions."""

    def __init__(self, name: str, *, group: str, meaning: str, more: str, others: str, **settings: Any) -> None:
        self.group, self.meaning, self.more, self.others = group, meaning, more, others
        super().__init__([name], **settings)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """Its line in the help."""
        return self.make_metavar(ctx), self.meaning

    def shell_complete(self, ctx: click.Context, incomplete: str) -> Any:
        """Complete an operand."""
        from ema_cli.cli.completion import values

        return values(ctx, self.name, incomplete)


def _show_help(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        tell(f"{ctx.get_help()}\n")
        ctx.exit()


def _help_option() -> Option:
    return Option(
        "-h",
        "--help",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_help,
        help="Show this message and exit",
        others="?, list-dtypes, list-formats",
    )


class Command(click.Command):
    """A command whose help begins with examples, and which refuses an option given twice.

    Args:
        examples: Command lines with their meanings.
        questions: Questions with the command lines that answer them.
        settings: The arguments of Click's command.
    """

    def __init__(
        self, *, examples: Sequence[tuple[str, str]], questions: Sequence[tuple[str, str]], **settings: Any
    ) -> None:
        self.examples, self.questions = examples, questions
        self.help_option = _help_option()
        super().__init__(**settings)

    def get_help_option(self, ctx: click.Context) -> Option:
        """Option that shows the help. Click's own would look for a translation in the file system."""
        return self.help_option

    def make_parser(self, ctx: click.Context) -> Any:
        """Click's parser, made to refuse an option given twice: by itself it keeps the last value."""
        parser = super().make_parser(ctx)
        parse = parser.parse_args
        options = {name: param for param in self.get_params(ctx) for name in param.opts if isinstance(param, Option)}
        if ctx.resilient_parsing:  # completion works in spite of mistakes
            return parser

        def parse_once(args: list[str]) -> Any:
            # Click looks up -F among the long options first, and then makes an error with suggestions, which takes as
            # long as the rest of a short call.
            end = args.index("--") if "--" in args else len(args)
            long = [max(options[arg].opts, key=len) if arg in options else arg for arg in args[:end]]
            values, operands, order = parse([*long, *args[end:]])
            for name, value in values.items():
                for text in value if isinstance(value, list) else (value,):
                    if text in options:
                        option = next(option for option in options.values() if option.name == name)
                        needs = option.needs_value(max(option.opts, key=len))
                        raise UsageError(f"{needs}, which is missing before {text}")
            seen = set()
            for param in order:
                if isinstance(param, Option) and param in seen and not param.multiple:
                    raise UsageError(f"{_named(param)}is given twice{param.hint}")
                seen.add(param)
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
            for first, second in lines:  # in a narrow terminal the meaning goes below
                gap = f"{first:<{width}}  " if formatter.width >= _WIDE else f"{first}\n      "
                formatter.write(f"  {gap}{second}\n")
            formatter.write_paragraph()
        self.format_usage(ctx, formatter)
        self.format_options(ctx, formatter)
        self.format_epilog(ctx, formatter)
        formatter.buffer = [text.replace(_HYPHEN, "-") for text in formatter.buffer]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options in their groups."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                name, meaning = record
                groups.setdefault(getattr(param, "group", "The tool"), []).append((name, meaning.replace("-", _HYPHEN)))
        for group, records in groups.items():
            with formatter.section(group):
                if formatter.width >= _WIDE:
                    formatter.write_dl([(f"{name:<{_LONGEST_NAME}}", meaning) for name, meaning in records])
                else:  # the meaning goes below the option
                    formatter.write_dl(records, col_max=2)
