"""What a newcomer types without having read anything is answered with what to type instead."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from ema_cli.cli.click_ext import Choice
from ema_cli.cli.options import PARAMETERS
from ema_cli.core.catalogue import rules
from ema_cli.core.record import aliases
from ema_cli.report.column_specs import COLUMNS
from ema_cli.suggest.match import bare, rule_words
from ema_cli.suggest.options import other_names
from tests.harness import error_of, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("100:10*7", "100:10x7"),
        ("100:10X7", "100:10x7"),
        ("100:10\u00d77", "100:10x7"),
        ("100\uff1a10\uff0c1", "100:10,1"),
        ("0: \u22121", "0:-1"),
        ("10x7", ":10x7"),
        ("0=1", "0:1"),
        ("0->1", "0:1"),
        ("0;1", "0:1"),
        ("0/1", "0:1"),
        ("10", ":10 (a param without a step)"),
        ("0.99", ":0.99 (a param without a step) or --decay 0.99 (another average)"),
        ("1,2", ":1,2 (2 params in one round), :1 :2 (2 rounds) or 1:2 (a step and its param)"),
        ("1,2,3", ":1,2,3 (3 params in one round) or :1 :2 :3 (3 rounds)"),
        ("0..5", "0..5:PARAM (a param at each of the steps)"),
        ("(0:1)", "0:1"),
        ("[0:1,2]", "0:1,2"),
        ("0:1;100:10", "0:1 100:10"),
        ("0:1/100:10", "0:1 100:10"),
        ("0:1|100:10", "0:1 100:10"),
        ("step:0", "--step=0"),
        ("decay", "--decay"),
        ("warmup", "--rule warmup"),
        ("diffusers:foreach=true", "--rule diffusers:foreach=true"),
        ("pytorch", "--rule torch"),
        ("bfloat16", "--dtype bfloat16"),
        ("json", "--format json"),
        ("help", "--help"),
        ("rules", "--list-rules"),
        ("\u2014rule", "--rule"),
        ("rule=fixed", "--rule=fixed"),
    ],
)
def test_operands(typed: str, answer: str) -> None:
    """An operand that is no piece and no file, but looks like something, is answered with that."""
    assert f"there is no file '{typed}'; did you mean {answer}?" == error_of(["--decay", "0.9", typed], code=2)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [(":nan", "'nan' must be a number"), ("0:50%", "'50%' must be a number; did you mean 0.5?")],
)
def test_params_that_are_no_numbers(typed: str, answer: str) -> None:
    """An operand with a step, and with a param that is none, is told so."""
    message = error_of(["--decay", "0.9", typed], code=2)
    assert message.startswith(f"there is no file '{typed}'; as a piece, its param {answer}")


def test_pieces_in_quotes() -> None:
    """Pieces that a shell was told to keep together are told apart."""
    message = error_of(["--decay", "0.9", "0:1 100:10x7"], code=2)
    assert "there is no file '0:1 100:10x7'; without quotes, 0:1 100:10x7 are 2 pieces" == message


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("0-99:1", "did you mean 0..99:1?"),
        ("0...99:1", "did you mean 0..99:1?"),
        ("99..0:1", "did you mean 0..99:1?"),
        ("0..99:1x3", "did you mean 0..99:1?"),
        ("100:10:7", "did you mean 100:10x7?"),
        ("100:10:x7", "did you mean 100:10x7?"),
        ("100x7:10", "did you mean 100:10x7?"),
        ("x7:10", "did you mean :10x7?"),
        ("100:10x", "did you mean 100:10?"),
        ("0:1,100:10", "did you mean 0:1 100:10?"),
        ("0:1,2,100:10,3", "did you mean 0:1,2 100:10,3?"),
        ("0:1+100:10", "did you mean 0:1 100:10?"),
        ("0,100:1,10", "did you mean 0:1 100:10?"),
        ("0,100:1", "did you mean 0:1 100:1?"),
        ("0:1-5", "only steps have ranges, before the colon: 1..5:PARAM"),
        ("0:1...5", "only steps have ranges, before the colon: 1..5:PARAM"),
        ("0:1..5", "only steps have ranges, before the colon: 1..5:PARAM"),
        (":1..5", "only steps have ranges, before the colon: 1..5:PARAM"),
        ("0:1..5x3", "only steps have ranges, before the colon: 1..5:PARAM"),
        ("0..5:1..5", "only steps have ranges: put changing params into a file or a pipe, one line each"),
    ],
)
def test_pieces(typed: str, answer: str) -> None:
    """A piece with a mistake is answered with the piece that was meant, or with where its part belongs."""
    message = error_of(["--decay", "0.9", typed], code=2)
    assert message.startswith(f"'{typed}': ")
    assert message.endswith(f"; {answer}")


@pytest.mark.parametrize("typed", ["0.5:1", "100:10x0", "100:10x7.5", "a:", ":1,,2"])
def test_pieces_like_nothing(typed: str) -> None:
    """Where nothing is likely, nothing is suggested."""
    assert "did you mean" not in run(["--decay", "0.9", typed]).err


@pytest.mark.parametrize("typed", ["100: 10x7", "100 :10x7", "100 : 10x7", "100:10 x7", "100:10x 7"])
def test_a_piece_with_a_space(typed: str) -> None:
    """The parts of a piece that a space has cut are put together again."""
    assert "did you mean 100:10x7 (without a space)?" in error_of(f"--decay 0.9 0:1 {typed}", code=2)


@pytest.mark.parametrize("typed", ["updates.csv loss", "loss updates.csv"])
def test_a_column_as_an_operand(typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A column of a file that is there is answered with the option that chooses it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "updates.csv").write_text("step,loss\n0,1\n")
    message = "there is no file 'loss'; did you mean --param-column loss?"
    assert message == error_of(f"--decay 0.9 {typed}", code=2)
    assert message.replace("'loss'", "'Loss'") == error_of(f"--decay 0.9 {typed.replace('loss', 'Loss')}", code=2)


def test_a_column_behind_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was given to an option, and a column beside it, change places."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.csv").write_text("step,loss\n0,1\n")
    message = "there is no file 'loss'; did you mean --identify loss log.csv?"
    assert message == error_of("--identify log.csv loss", code=2)


def test_a_name_for_a_step() -> None:
    """A name before the colon is told where names go."""
    message = "as a piece, its step 'w1' must be a whole number; --name names params"
    assert f"there is no file 'w1:1'; {message}" == error_of("--decay 0.9 w1:1", code=2)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("-c step, shadow", "there is no file 'shadow'; did you mean --columns step,shadow?"),
        ("--name w1, w2", "there is no file 'w2'; did you mean --name w1,w2?"),
        ("--step 0 100 --param 1", "there is no file '100'; write several updates as 0:1 100:10x7"),
        ("--param 2 4 6", "there is no file '4'; did you mean :2 :4 :6 (3 rounds)?"),
        ("3 4", "there is no file '3'; did you mean :3 :4 (2 rounds) or 3:4 (a step and its param)?"),
        (
            "--rule pandas:com=3 adjust=false",
            "there is no file 'adjust=false'; did you mean --rule pandas:com=3,adjust=false?",
        ),
        ("--where epoch 1", "there is no file '1'; did you mean --where epoch=1?"),
        ("--blank shadow 2..4", "there is no file '2..4'; did you mean --blank shadow:2..4?"),
        ("--plot curve.svg", "there is no file 'curve.svg'; did you mean --plot-file curve.svg?"),
        ("-- --rule fixed", "there is no file '--rule'; options go before the --"),
    ],
)
def test_operands_of_options(typed: str, answer: str) -> None:
    """What belongs to an option, and stands apart from it, is put back."""
    assert answer == error_of(f"--decay 0.9 0:1,2 {typed}", code=2)


def test_a_file_before_a_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is a file of nearly that name, the name of a rule is the file's."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "torch.csv").write_text("0,1\n")
    assert "there is no file torch; did you mean torch.csv?" == error_of("--decay 0.9 torch")


@pytest.mark.parametrize("typed", ["--check {}", "--identify {}", "--blank {}", "--param-column {}"])
@pytest.mark.parametrize("value", ["updates.csv", "0:1"])
def test_a_value_that_is_the_script(typed: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a script, an option whose value is a file or a piece is told that it has taken it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "updates.csv").write_text("0,1\n")
    option = typed.partition(" ")[0]
    told = f"{option} took '{value}' as its value: give {option} its own"
    assert error_of(f"--decay 0.9 {typed.format(value)}").endswith(f"or a pipe; {told}")
    monkeypatch.setattr("ema_cli.cli.request.at_terminal", lambda: True)
    assert error_of(f"--decay 0.9 {typed.format(value)}", code=2).endswith(f"or a pipe; {told}")


def test_a_folder_called_as_a_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A column of a pipe may be called as a file that is there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shadow").write_text("")
    assert 0 == run("--decay 0.99 --check shadow", "step,param,shadow\n0,1,0.9\n").code


def test_the_decay_as_an_operand() -> None:
    """Without a decay, a first number between 0 and 1 is taken for it; a number past 1 for a param."""
    assert "there is no file '0.99'; did you mean --decay 0.99 :1 :2 :3?" == error_of("0.99 1 2 3", code=2)
    assert "there is no file '0.99'; did you mean --decay 0.99?" == error_of("0.99 0:1", code=2)
    assert "there is no file '5'; did you mean :5 (a param without a step)?" == error_of("5", code=2)


def test_a_file_of_nearly_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is not there is answered with the one whose name is nearly the same."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "updates.csv").write_text("0,1\n")
    for name in ("update.csv", "UPDATES.CSV", "updates.cvs"):
        assert f"there is no file {name}; did you mean updates.csv?" == error_of(f"--decay 0.9 {name}")
    assert "there is no file other.csv" == error_of("--decay 0.9 other.csv")
    assert "there is no file no/updates.csv" == error_of("--decay 0.9 no/updates.csv")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("--momentum 0.9", "did you mean --decay 0.9?"),
        ("-d 0.9", "did you mean --decay 0.9?"),
        ("-decay 0.9", "did you mean --decay 0.9?"),
        ("-decay=0.9", "did you mean --decay 0.9?"),
        ("--dcay=0.9", "did you mean --decay 0.9?"),
        ("--ema_decay 0.9", "did you mean --decay 0.9?"),
        ("--halflife 3", "did you mean --half-life 3?"),
        ("--half_life 3", "did you mean --half-life 3?"),
        ("--decimal 2", "did you mean --decimals 2?"),
        ("--precision 3", "did you mean --digits 3?"),
        ("--precision bf16", "did you mean --dtype bf16?"),
        ("--noheader", "did you mean --header no?"),
        ("--column loss", "did you mean --param-column loss or --columns loss?"),
        ("--sep ,", "leave it out: the separator is told by the file"),
        ("--tail 5", "ema-calc ... --format csv | tail -n 1 prints the last round"),
        ("--csv", "did you mean --format csv?"),
        ("--tensorflow", "did you mean --rule tensorflow?"),
        ("--mosaicml", "did you mean --rule composer?"),
        ("--compare shadow", "did you mean --check shadow?"),
        ("--float32", "did you mean --dtype float32?"),
        ("--bf16", "did you mean --dtype bfloat16?"),
        ("--gap", "did you mean -c +gap?"),
        ("--input x.csv", "give a file without an option: ema-calc --decay 0.99 updates.csv"),
        ("-0.5", "write a negative param with a colon: :-0.5"),
        ("-1:1", "a step is a whole number from 0"),
        ("-?", "did you mean --help?"),
        ("--zzz", "ema-calc --help lists them"),
    ],
)
def test_options(typed: str, answer: str) -> None:
    """An option that there is none of is answered with the one that was meant."""
    name = typed.partition(" ")[0].partition("=")[0]
    assert f"no option '{name}'; {answer}" == error_of(typed, code=2)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("--decay", "--decay needs a value: --decay D"),
        ("--format", "--format needs a value: --format table|csv|tsv|json|jsonl|markdown|latex|html|xlsx|svg"),
        ("--header", "--header needs a value: --header auto|yes|no"),
        ("--digits", "--digits needs a value: --digits N"),
        ("--keep=yes", "--keep takes no value"),
        ("--digits x", "--digits 'x' is not a whole number"),
        ("--decay 0,99", "--decay '0,99' is not a number; did you mean 0.99?"),
        ("--decay 1/0", "--decay '1/0' divides by zero"),
        ("--decay 99", "--decay must be between 0 and 1, not 99; did you mean 0.99?"),
        ("--decay 0.9,0.99", "--decay '0.9,0.99' is not a number; give --decay twice: --decay 0.9 --decay 0.99"),
        (
            "--decay .9;.99;1",
            "--decay '.9;.99;1' is not a number; give --decay 3 times: --decay .9 --decay .99 --decay 1",
        ),
        ("--decay [0.9,0.99]", "--decay '[0.9,0.99]' is not a number; give --decay twice: --decay 0.9 --decay 0.99"),
        ("--decay 0.9,0,99", "--decay '0.9,0,99' is not a number; repeat --decay to compare several"),
        ("--span 10,20", "--span '10,20' is not a number; did you mean 10.20, or --span 10 --span 20?"),
        ("--decay --rule fixed", "--decay needs a value: --decay D, which is missing before --rule"),
        ("--title --explain", "--title needs a value: --title TEXT, which is missing before --explain"),
        ("--decay 0.9 --step 0,1 --param 2", "--step: '0,1' is not a number; did you mean 0:2 1:2?"),
        ("--decay 0.9 --step 0-9 --param 2", "--step: '0-9' is not a number; did you mean 0..9:2?"),
        (
            "--decay 0.9 --param 1..5",
            "--param: '1..5' is not a number; only steps have ranges, before the colon: 1..5:PARAM",
        ),
        ("--name a --name b", "--name is given twice; several are one list: --name A,B"),
        ("-c step -c shadow", "--columns is given twice; several are one list: --columns step,shadow"),
        ("--rule tensorflow:decy=0.9 0:1", "rule tensorflow has no parameter 'decy'; did you mean decay?"),
        ("--decay 0.9 --step 0..9 --param 1", "--step: '0..9' is not a number; did you mean 0..9:1?"),
        ("--decay 0.9 --step 0,1 --param 2,3", "--step: '0,1' is not a number; did you mean 0:2 1:3?"),
        ("--decay 0.9 --step x --param 1", "--step: 'x' is not a number"),
        ("--rule torch:0.9 :1", "rule 'torch:0.9': '0.9' is not KEY=VALUE; did you mean torch:decay=0.9?"),
        ("--decay 0.9 --param 10%", "--param: '10%' is not a number; did you mean 0.1?"),
    ],
)
def test_values(typed: str, answer: str) -> None:
    """A value that is none, or too much, is answered in the same words by every version of Click."""
    assert answer == error_of(typed, code=2)


@pytest.mark.parametrize(
    ("option", "typed", "answer"),
    [
        ("--dtype", "bf16", "bfloat16"),
        ("--dtype", "torch.float32", "float32"),
        ("--dtype", "Float16", "float16"),
        ("--dtype", "float", "float64 or float32"),
        ("--format", "excel", "xlsx"),
        ("--format", "markdwon", "markdown"),
        ("--missing", "ffill", "hold"),
        ("--lang", "zh-CN", "zh"),
        ("--format", "csv,json", "csv or json"),
        ("--format", "shadows.csv", "--output shadows.csv"),
        ("--header", "none", "no"),
    ],
)
def test_choices(option: str, typed: str, answer: str) -> None:
    """A name that is none of an option's is answered with the one that is called so elsewhere."""
    message = error_of(["--decay", "0.9", option, typed, "0:1"], code=2)
    assert message.startswith(f"{option} '{typed}' is none of ")
    assert message.endswith(f"; did you mean {answer}?")


@pytest.mark.parametrize("typed", ["float32,bfloat16", "fp32 bf16", "float32;bfloat16"])
def test_a_list_of_choices(typed: str) -> None:
    """A list where one name belongs is answered with the option given again."""
    message = error_of(["--decay", "0.9", "--dtype", typed, "0:1"], code=2)
    assert message.endswith("; give --dtype twice: --dtype float32 --dtype bfloat16")


@pytest.mark.parametrize("value", ["0:1", "updates.csv"])
def test_a_choice_left_out(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An option that took the script for its value is told so."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "updates.csv").touch()
    message = error_of(["--decay", "0.9", "--header", value], code=2)
    assert f"--header '{value}' is none of auto, yes, no; its value is missing before '{value}'" == message


def test_a_choice_like_nothing() -> None:
    """Without a likeness, the names stand alone."""
    assert error_of("--dtype int8", code=2).endswith("float64, float32, float16, bfloat16, exact")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("pytorch", "torch"),
        ("tf", "tensorflow"),
        ("AveragedModel", "torch, torch-avg, torch-swa or icefall"),
        ("torch.optim.swa_utils.AveragedModel", "torch, torch-avg or torch-swa"),
        ("EMAModel", "timm, diffusers or simpletuner"),
        ("polyak", "fixed or sb3"),
        ("torch(decay=0.9)", "torch:decay=0.9"),
        ("torch(abc)", "torch"),
        ("tensorfow(0.9)", "tensorflow:decay=0.9"),
        ("kerras", "keras or tf-keras"),
    ],
)
def test_rules(typed: str, answer: str) -> None:
    """A rule is found by its framework's name, a class, or a typing mistake."""
    assert f"no rule '{typed}'; did you mean {answer}?" == error_of(["--rule", typed, "0:1"], code=2)
    assert f"no rule '{typed}'; did you mean {answer}?" == error_of(["--about-rule", typed], code=2)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("warmup,fixed", "give --rule twice: --rule warmup --rule fixed"),
        ("warmup fixed", "give --rule twice: --rule warmup --rule fixed"),
        ("warmup+fixed", "give --rule twice: --rule warmup --rule fixed"),
        ("warmup/fixed", "give --rule twice: --rule warmup --rule fixed"),
        ("warmup,adam,torch", "give --rule 3 times: --rule warmup --rule torch-adam --rule torch"),
        ("warmup,torch:decay=0.9", "give --rule twice: --rule warmup --rule torch:decay=0.9"),
        ("torch:decay=0.9,fixed", "give --rule twice: --rule torch:decay=0.9 --rule fixed"),
        ("torch,decay=0.9", "did you mean torch:decay=0.9?"),
        ("torch:decay=0.9;n_averaged=1", "did you mean torch:decay=0.9,n_averaged=1?"),
        ("tensorflow=0.9", "did you mean tensorflow:decay=0.9?"),
        ("tensorflow(0.9)", "did you mean tensorflow:decay=0.9?"),
        ("0.9", "did you mean --decay 0.9?"),
        ("torch ema", "did you mean torch-ema?"),
        ("torch,", "did you mean torch?"),
    ],
)
def test_lists_of_rules(typed: str, answer: str) -> None:
    """A list where one rule belongs is answered with --rule given again; parameters are put behind their rule."""
    assert f"no rule '{typed}'; {answer}" == error_of(["--decay", "0.9", "--rule", typed, "0:1"], code=2)
    assert f"no rule '{typed}'; {answer}" == error_of(["--list-rules", "--rule", typed], code=2)


def test_a_list_of_rules_to_explain() -> None:
    """--about-rule explains one rule."""
    message = "no rule 'torch,keras'; --about-rule explains one: torch or keras"
    assert message == error_of("--about-rule torch,keras", code=2)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("loss,lr", "give --param-column twice: --param-column loss --param-column lr"),
        ("Loss", "did you mean 'loss'?"),
        ("los", "did you mean 'loss'?"),
        ("2", "column 2 is called 'loss'"),
    ],
)
def test_columns_of_a_file(typed: str, answer: str) -> None:
    """A column that a file lacks is answered with the one that was meant."""
    there = "<stdin>: no column '{}' for {}; the columns are 'step', 'loss', 'lr'; {}"
    text = "step,loss,lr\n0,1,2\n"
    assert there.format(typed, "--param-column", answer) == error_of(f"--decay 0.9 --param-column {typed}", text)
    once = "--step-column takes one" if "," in typed else answer
    assert there.format(typed, "--step-column", once) == error_of(f"--decay 0.9 --step-column {typed}", text)


def test_a_column_with_a_comma() -> None:
    """A comma may stand in a column's name."""
    assert ["1"] == run("--decay 0.9 --param-column a,b -F csv -c param", 'step,"a,b"\n0,1\n').column("param")


def test_the_only_column_is_the_logged_one() -> None:
    """Where --check takes the only column that could be the param, the error says so."""
    message = error_of("--decay 0.9 --check shadow=loss", "step,loss\n0,1\n")
    assert message.endswith(
        "no column besides 'loss' of --check looks like a param; the columns are 'step', 'loss'; --param-column chooses"
    )


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("shadow,decay", "give --blank twice: --blank shadow --blank decay"),
        ("shadow,decay:2", "give --blank twice: --blank shadow:2 --blank decay:2"),
        ("shadow:1-3", "did you mean shadow:1..3?"),
        ("shadow:1-3,5", "did you mean shadow:1..3,5?"),
        ("average", "did you mean shadow?"),
    ],
)
def test_columns_of_a_worksheet(typed: str, answer: str) -> None:
    """A --blank that names no column of the table is answered with what was meant."""
    assert error_of(f"--decay 0.9 0:1 --blank {typed}", code=2).endswith(f"; {answer}")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("step shadow", "no column 'step shadow'; did you mean step,shadow?"),
        ("step,decay shadow", "no column 'decay shadow'; did you mean step,decay,shadow?"),
        ("step,+gap", "no column '+gap'; put one + before the whole list; did you mean +step,gap?"),
        ("step,,shadow", "no column ''; a name is missing beside a comma; did you mean step,shadow?"),
    ],
)
def test_lists_of_columns(typed: str, answer: str) -> None:
    """A list of columns that is written otherwise is answered with the list."""
    assert answer == error_of(["--decay", "0.9", "0:1", "-c", typed], code=2)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (
            "--rule adam --list-rules",
            "no rule 'adam'; did you mean torch-adam, torch-adam-sq, keras-adam or keras-adam-sq?",
        ),
        (
            "--list-rules 0:1",
            "no rule mentions '0:1'; --list-rules lists all",
        ),
        ("--about-rule torch 0:1", "--about-rule takes no operands; leave out '0:1'"),
        ("--about-rule yolov5 torch", "--about-rule takes no operands; did you mean --about-rule torch?"),
        ("--list-rules --decay 9", "--decay must be between 0 and 1, not 9"),
        (
            "--list-rules --about-rule torch",
            "--list-rules and --about-rule exclude each other: give one of them",
        ),
    ],
)
def test_lists_heed_what_is_given(typed: str, answer: str) -> None:
    """What stands beside --list-rules or --about-rule is not passed over."""
    assert answer == error_of(typed, code=2)


@pytest.mark.parametrize("option", ["--explain", "--columns step", "--initial 5", "--check shadow", "--dtype exact"])
@pytest.mark.parametrize("asked", ["--list-rules", "--about-rule torch"])
def test_options_of_rounds_beside_a_list(asked: str, option: str) -> None:
    """An option that has no effect on a list is an error that says which ones have."""
    message = error_of(f"{asked} {option}", code=2)
    assert message.startswith(f"{option.split()[0]} has no effect on {asked.split()[0]}, which takes --")
    assert ("--rule" in message.replace("--about-rule", "")) == (asked == "--list-rules")


def test_columns() -> None:
    """A column is found by what others call it."""
    assert "no column 'ema'; did you mean shadow?" == error_of("--decay 0.9 0:1 -c step,ema", code=2)
    assert error_of("--decay 0.9 0:1 -c all", code=2).startswith("no column 'all'; there are round, step, ")
    assert "no column 'Step'; did you mean step?" == error_of("--decay 0.9 0:1 -c Step", code=2)


def test_words_lead_to_names() -> None:
    """Every other word stands in letters and digits, is no name itself, and leads to names that there are."""
    choices = [(param.type.words, param.type.choices) for param in PARAMETERS if isinstance(param.type, Choice)]
    for words, names in [(rule_words(), rules()), (aliases(COLUMNS), COLUMNS), *choices]:
        assert [] == [word for word in words if word != bare(word) or word in names]
        assert [] == [name for found in words.values() for name in found.split() if name not in names]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("--rule wilder:14 :1", "did you mean wilder:timeperiod=14?"),
        ("--rule rsi:14 :1", "did you mean ta-lib-rma:timeperiod=14?"),
        ("--rule nonesuch:14 :1", "for example decay=14"),
        ("--about-rule sma:20", "did you mean sma:window=20?"),
        ("--list-rules wandbb", "no rule mentions 'wandbb'; did you mean wandb or wandb-ema?"),
        ("--decay 0.9 --symbols v=shadow :1", "did you mean shadow=v?"),
        ("--rule custom:min(0.9,step) 0:1", "did you mean custom:decay=min(0.9,step)?"),
        ("--half-life 3days :1", "'days' is no unit of time; did you mean 3d?"),
        (["--half-life", "5 m", ":1"], "'m' is no unit of time; did you mean 5min?"),
        ("--half-life 5y :1", "'y' is no unit of time; use s, min, h, d, w"),
        ("--half-life 5min :1", "rule elapsed can, with --time-column NAME"),
        ("--leaves 5000:1% :1", "did you mean 1%:5000?"),
        ("--decay 0.9 --initial mean :1", "did you mean mean:3?"),
        ("--decay 0:1 100:10", "--decay '0:1' is not a number; its value is missing before '0:1'"),
        ("--decay 0.9 --by run --by run a.csv", "--by names 'run' twice"),
        ("--decay 0.9 --decay 0.9 0:1", "give each --rule, --decay and --dtype once"),
        ("--decay 0.9 --symbols beta=b :1", "--symbols: no column 'beta'; did you mean decay?"),
        ("--decay 0.9 --symbols shadow:v :1", "as in decay=β"),
    ],
)
def test_values_that_are_written_otherwise(typed: str | list[str], answer: str) -> None:
    """A value in another notation is answered with the one that works."""
    assert error_of(typed, code=2).endswith(answer)


def test_a_comparison_with_two_equals_signs() -> None:
    """--where takes one equals sign."""
    told = run("--decay 0.9 --where run==a", stdin="run,x\na,1\nb,2\n").err.rstrip()
    assert told.endswith("no row has run==a; the values are 'a', 'b'; did you mean run=a?")


def test_words_for_options() -> None:
    """What stands for an option of another tool is an option here, or leads to one."""
    options = {"--help"} | {name for param in PARAMETERS for name in param.opts if name.startswith("-")}
    others = other_names(PARAMETERS)
    assert [] == [word for word in others if word in options]
    named = [each for answers in others.values() for answer in answers for each in answer.split()]
    assert [] == [name for name in named if name.startswith("-") and name not in options]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("--beta 0.9", "--decay 0.9"),
        ("--beta", "--decay"),
        ("--gamma 1.5", "--decay"),
        ("--tau 0.01", "--alpha 0.01 or --rule yolov5:tau=0.01"),
        ("--tau 2000", "--rule yolov5:tau=2000"),
        ("--window 7", "--span 7 or --rule sma:window=7"),
        ("--sma 20", "--rule sma:window=20"),
        ("--sma 0:1", "--rule sma:window=N"),
        ("--batch-size 64", "--about-decay (say what the decay means, also for larger batches)"),
        ("--round 3", "--decimals 3 or --round-each 3"),
        ("--group-by run", "--by run"),
        ("--seed 3", "--variant 3"),
        ("--debias", "--columns +debiased"),
        ("--smoothing 0.9", "--rule tensorboard --decay 0.9"),
    ],
)
def test_options_of_other_tools(typed: str, answer: str) -> None:
    """What papers and other tools call an option leads to the one here, with the value that was given."""
    assert f"no option '{typed.split()[0]}'; did you mean {answer}?" == error_of(typed, code=2)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04...", "<stdin> is a zip archive; unpack it: unzip -p FILE | ema-calc"),
        (gzip.compress(b"0,1\n", mtime=0), "<stdin> is compressed; unpack it into a pipe: gzip -dc FILE | ema-calc"),
        (b"step,loss\n0,1%\n1,2\n1,3\n", "<stdin>:2: column 'loss': '1%' is not a number; did you mean 0.01?"),
    ],
)
def test_files_that_are_no_tables(data: bytes, message: str) -> None:
    """A file of another kind is called what it is, and a percentage a percentage."""
    assert error_of("--decay 0.9", data).startswith(message)


def test_what_works_at_once() -> None:
    """What is plausible and clear is simply done."""
    assert "decay,shadow\n0.1,0.9\n" == run("--columns=decay,shadow --format=csv --decay .9 0:1").out
    assert ["3.5"] == run("--rule=fixed --alpha=.5 --initial=-1 --param=8 -F csv -c shadow").out.splitlines()[1:]


def test_a_fraction_of_a_step_is_none_of_a_rule_that_counts_steps() -> None:
    """Beside a rule that counts epochs in fractions, too; and where the fractions end, that rule needs a step."""
    rules = "--rule diffusers --rule moco-v3 --decay 0.9 -q"
    assert error_of(f"{rules} 0.5:1", code=2) == "a step is a whole number from 0 to 2^63 - 1, not '0.5'"
    assert error_of(f"{rules} 5:1 :2", code=2).startswith("rule moco-v3 needs a step for each update")
    assert run(f"{rules} 5:1 6:2").code == 0
