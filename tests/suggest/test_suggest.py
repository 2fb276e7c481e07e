"""Guesses of a newcomer who has read nothing are answered with what to type."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from ema_cli.cli.command import command
from ema_cli.core.catalogue import rules
from ema_cli.core.record import aliases
from ema_cli.report.column_specs import COLUMNS
from ema_cli.suggest.match import bare, rule_words
from ema_cli.suggest.other_names import other_names, other_values
from tests.harness import error_of, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("typed", ["0.5:1", "100:10x0", "100:10x7.5", "a:", ":1,,2"])
def test_pieces_like_nothing(typed: str) -> None:
    """If nothing is likely, nothing is suggested."""
    assert "did you mean" not in run(["--decay", "0.9", typed]).err


@pytest.mark.parametrize("typed", ["updates.csv loss", "loss updates.csv"])
def test_a_column_as_an_operand(typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A column of an existing file is answered with the option that chooses it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "updates.csv").write_text("step,loss\n0,1\n")
    message = "there is no file 'loss'; did you mean --param-column loss?"
    assert message == error_of(f"--decay 0.9 {typed}", code=2)
    assert message.replace("'loss'", "'Loss'") == error_of(f"--decay 0.9 {typed.replace('loss', 'Loss')}", code=2)


def test_a_column_behind_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file given to an option and a column given as an operand are swapped."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.csv").write_text("step,loss\n0,1\n")
    message = "there is no file 'loss'; did you mean --identify loss log.csv?"
    assert message == error_of("--identify log.csv loss", code=2)


def test_a_file_before_a_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If there is a file of nearly that name, the name of a rule is taken for the file's."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "torch.csv").write_text("0,1\n")
    assert "there is no file torch; did you mean torch.csv?" == error_of("--decay 0.9 torch")


@pytest.mark.parametrize("typed", ["--check {}", "--identify {}", "--blank {}", "--param-column {}"])
@pytest.mark.parametrize("value", ["updates.csv", "0:1"])
def test_a_value_that_is_the_script(typed: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a script, an option that took a file or a piece as its value is reported."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "updates.csv").write_text("0,1\n")
    option = typed.partition(" ")[0]
    told = f"{option} took '{value}' as its value; give {option} another one"
    assert error_of(f"--decay 0.9 {typed.format(value)}").endswith(f"or a pipe; {told}")
    monkeypatch.setattr("ema_cli.cli.request.at_terminal", lambda: True)
    assert error_of(f"--decay 0.9 {typed.format(value)}", code=2).endswith(f"or a pipe; {told}")


def test_a_folder_called_as_a_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A column of a pipe may have the name of a folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shadow").write_text("")
    assert 0 == run("--decay 0.99 --check shadow", "step,param,shadow\n0,1,0.9\n").code


def test_a_file_of_nearly_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file is answered with the one whose name is nearly the same."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "updates.csv").write_text("0,1\n")
    for name in ("update.csv", "UPDATES.CSV", "updates.cvs"):
        assert f"there is no file {name}; did you mean updates.csv?" == error_of(f"--decay 0.9 {name}")
    assert "there is no file other.csv" == error_of("--decay 0.9 other.csv")
    assert "there is no file no/updates.csv" == error_of("--decay 0.9 no/updates.csv")


@pytest.mark.parametrize("value", ["0:1", "updates.csv"])
def test_a_choice_left_out(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An option that took the script as its value is reported."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "updates.csv").touch()
    message = error_of(["--decay", "0.9", "--header", value], code=2)
    assert f"--header '{value}' is not one of auto, yes, no; give --header a value before '{value}'" == message


def test_a_column_with_a_comma() -> None:
    """A column's name may contain a comma."""
    assert ["1"] == run("--decay 0.9 --param-column a,b -F csv -c param", 'step,"a,b"\n0,1\n').column("param")


def test_words_lead_to_names() -> None:
    """Each word has letters and digits only, is not a name itself, and leads to existing names."""
    choices = [(other_values(one.name), one.choices) for one in command.options if one.choices]
    for words, names in [(rule_words(), rules()), (aliases(COLUMNS), COLUMNS), *choices]:
        assert [] == [word for word in words if word != bare(word) or word in names]
        assert [] == [name for found in words.values() for name in found.split() if name not in names]


def test_a_comparison_with_two_equals_signs() -> None:
    """--where takes one equals sign."""
    told = run("--decay 0.9 --where run==a", stdin="run,x\na,1\nb,2\n").err.rstrip()
    assert told.endswith("no row has run==a; the values are 'a', 'b'; did you mean run=a?")


def test_words_for_options() -> None:
    """An option of another tool is an option here, or leads to one."""
    options = {name for option in command.options for name in option.names}
    others = other_names()
    assert [] == [word for word in others if word in options]
    named = [each for answers in others.values() for answer in answers for each in answer.split()]
    assert [] == [name for name in named if name.startswith("-") and name not in options]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04...", "<stdin> is a zip archive; unpack it: unzip -p FILE | ema-calc"),
        (gzip.compress(b"0,1\n", mtime=0), "<stdin> is compressed; unpack it into a pipe: gzip -dc FILE | ema-calc"),
        (b"step,loss\n0,1%\n1,2\n1,3\n", "<stdin>:2: column 'loss': '1%' is not a number; did you mean 0.01?"),
    ],
)
def test_files_that_are_no_tables(data: bytes, message: str) -> None:
    """A file of another kind is called by its kind, and a percentage a percentage."""
    assert error_of("--decay 0.9", data).startswith(message)


@pytest.mark.parametrize(
    ("name", "typed", "inside"),
    [
        ("log.csv", "log.csv", "log.csv"),
        ("Sheet 1 (2).csv", "'Sheet 1 (2).csv'", "Sheet 1 (2).csv"),
        ("$x.csv", "FILE", "FILE"),
    ],
)
def test_a_command_names_its_file(
    name: str, typed: str, inside: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is quoted where a shell would split it; one that needs more than quotes is left to the user."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("step,loss\n0,1\nstep,acc\n0,2\n")
    assert f"; tail -n +3 {typed} | ema-calc reads" in error_of(["--decay", "0.9", name])
    (tmp_path / name).write_bytes(b"\x80\x04\x95...")
    assert f"read_pickle('{inside}')" in error_of(["--decay", "0.9", name])


def test_what_works_at_once() -> None:
    """Plausible and clear requests simply work."""
    assert "decay,shadow\n0.1,0.9\n" == run("--columns=decay,shadow --format=csv --decay .9 0:1").out
    assert ["3.5"] == run("--rule=fixed --alpha=.5 --initial=-1 --param=8 -F csv -c shadow").out.splitlines()[1:]


def test_a_span_beside_a_rule_that_has_a_length() -> None:
    """A comparison says which rule keeps its own length, and how to set it."""
    told = "ema-calc: note: rule sma takes no span: its window is 7; sma:window=3 sets it\n"
    assert told in run("--span 3 --rule fixed --rule sma 0:1").err
    for fitting in ("--span 7 --rule sma", "--span 3 --rule sma:window=3", "--decay 0.5 --rule sma"):
        assert "window" not in run(f"--rule fixed {fitting} 0:1").err


def test_a_flag_before_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is not taken for the value of the rule's parameter."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gaps.csv").write_text("x\n1\n")
    meant = "no option '--ignore-na'; did you mean --rule pandas:ignore_na=true?"
    assert meant == error_of("--rule pandas --com 2 --ignore-na gaps.csv", code=2)


def test_a_fraction_of_a_step_is_none_of_a_rule_that_counts_steps() -> None:
    """It is an error even beside a rule that counts fractional epochs, which itself then lacks a step."""
    rules = "--rule diffusers --rule moco-v3 --decay 0.9 -q"
    assert error_of(f"{rules} 0.5:1", code=2) == "a step is a whole number from 0 to 2^63 - 1, not '0.5'"
    assert error_of(f"{rules} 5:1 :2", code=2).startswith("rule moco-v3 needs a step for each update")
    assert run(f"{rules} 5:1 6:2").code == 0
