"""The command: from arguments to an exit code."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.core import ParameterSource

from ema_cli.cli.click_ext import Command
from ema_cli.cli.console import say, tell, with_name
from ema_cli.cli.options import EXAMPLES, GROUPS, QUESTIONS, check_together
from ema_cli.cli.request import at_terminal
from ema_cli.cli.run import Session
from ema_cli.errors import EmaError, SettingError, UsageError
from ema_cli.reading.inline import is_piece

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PROGRAM = "ema-calc"

INTERRUPTED = 130
"""The exit code after Ctrl-C, by the convention of shells."""


class EmaCalc(Command):
    """The command. It reports each error as one sentence on stderr, with an exit code."""

    def main(self, args: Sequence[str] | None = None, *_: Any, **settings: Any) -> NoReturn:
        """Run and exit: 0 done, 1 bad data or an unusable file, 2 wrong usage, 3 --check found a difference."""
        settings |= {"prog_name": _PROGRAM, "standalone_mode": False}
        if "_EMA_CALC_COMPLETE" in os.environ:
            _complete(lambda: super(EmaCalc, self).main(args, **settings))
        try:
            code = super().main(args, **settings)
        except click.Abort:
            code = INTERRUPTED
        except click.UsageError as error:
            from ema_cli.suggest.bad_options import of_option

            typed = sys.argv[1:] if args is None else args
            code = _fail(of_option(error, self.options, typed), 2)
        except click.ClickException as error:
            code = _fail(error.format_message(), error.exit_code)
        except (EmaError, SettingError) as error:
            code = _refuse(error, {})
        except OSError as error:  # not from the user's files: too many open files, for example
            code = _fail(str(error.strerror or error), 1)
        sys.exit(code or 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Calculate; end quietly on Ctrl-C, or if the reader of the output closes the pipe."""
        try:
            return super().invoke(ctx)
        except (EmaError, SettingError) as error:
            return _refuse(error, ctx.params)
        except BrokenPipeError:  # Click would treat it as a failure
            return 0
        except KeyboardInterrupt:  # Click would print a message
            say("")
            return INTERRUPTED


def _complete(answer: Callable[[], Any]) -> NoReturn:
    """Answer a shell's request for completion; ignore malformed requests."""
    try:
        answer()
    except (
        LookupError,
        ValueError,
        OSError,
    ):  # discard the rest of the output, so that Python doesn't flush it at exit
        with suppress(OSError, ValueError):  # stdout may not be a real file
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)


def _fail(message: str, code: int) -> int:
    say(f"{_PROGRAM}: error: {message.rstrip('.')}")
    return code


def _refuse(error: EmaError | SettingError, options: dict[str, Any]) -> int:
    """Print an error, with a suggestion of what to type instead."""
    from ema_cli.suggest.hints import message

    told = with_name(message(error, options), options.get("script", ()))
    return _fail(told, getattr(error, "exit_code", UsageError.exit_code))


def _calculate(**options: Any) -> None:
    """Run the calculator."""
    context = click.get_current_context()
    # Older versions of Click report missing operands as given.
    filled = [name for name, value in options.items() if value != ()]
    given = [name for name in filled if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    check_together(given, options["columns"])
    if options["list_rules"] or options["about_rule"] is not None:
        from ema_cli.cli.lists import tell_rules

        tell_rules(options, given)
        return
    if options["about_decay"]:
        from ema_cli.cli.lists import tell_decays

        tell_decays(options, given)
        return
    if not given and at_terminal():
        tell(f"{context.get_help()}\n")
        context.exit(2)
    for operand in options["script"]:
        if operand != "-" and not is_piece(operand) and not os.path.lexists(operand):
            from ema_cli.suggest.bad_operands import check_operand

            check_operand(operand, options)
    if options["identify"] is not None:
        from ema_cli.cli.identify import tell_identity

        tell_identity(options, given)
    elif options["by"]:
        from ema_cli.cli.groups import GroupedSession

        context.exit(GroupedSession(options).run())
    else:
        context.exit(Session(options).run())


command = EmaCalc(
    name=_PROGRAM,
    callback=_calculate,
    groups=GROUPS,
    examples=EXAMPLES,
    questions=QUESTIONS,
    help="Says exactly what an exponential moving average does, round by round.",
    epilog="Exit codes: 0 done; 1 bad data, or a file that can't be read or written; 2 wrong usage; 3 --check found a"
    " difference. More: man ema-calc.",
    context_settings={"max_content_width": 100},
)
