"""Undocumented interfaces of Click, each with the place that needs it: a new version may change them."""

from __future__ import annotations

import click


def test_the_parser_gives_values_operands_and_order() -> None:
    """`cli/click_ext.py` refuses an option given twice by wrapping `parse_args` of the parser."""
    command = click.Command("x", params=[click.Option(["--name", "-n"]), click.Argument(["file"], nargs=-1)])
    parser = command.make_parser(click.Context(command))
    values, operands, order = parser.parse_args(args=["--name", "a", "--name", "b", "c"])
    assert (values["name"], operands, [param.name for param in order]) == ("b", [], ["name", "name", "file"])


def test_the_parser_is_made_for_each_call() -> None:
    """The wrapped parser is the one that parses a command line."""
    made = []

    class Command(click.Command):
        def make_parser(self, ctx: click.Context) -> object:  # type: ignore[override]
            made.append(super().make_parser(ctx))
            return made[-1]

    Command("x", callback=lambda: None).main([], standalone_mode=False)
    assert 1 == len(made)
