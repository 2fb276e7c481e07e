"""What a newcomer types without having read anything is answered with what to type instead."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import click
import pytest

from ema_cli.columns import COLUMNS
from ema_cli.core.catalogue import rules
from ema_cli.core.dtypes import DTYPES
from ema_cli.core.near import DTYPE_WORDS, RULE_WORDS
from ema_cli.mistakes import COLUMN_WORDS, OPTION_WORDS, VALUE_WORDS
from ema_cli.options import PARAMETERS
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
        ("10", ":10, a param without a step"),
        ("1,2", ":1,2, 2 params in one round, or :1 :2, 2 rounds"),
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
    [(":nan", "'nan' would have to be a number"), ("0:50%", "'50%' would have to be a number; did you mean 0.5?")],
)
def test_params_that_are_no_numbers(typed: str, answer: str) -> None:
    """An operand with a step, and with a param that is none, is told so."""
    message = error_of(["--decay", "0.9", typed], code=2)
    assert message.startswith(f"there is no file '{typed}'; as a piece, its param {answer}")


def test_pieces_in_quotes() -> None:
    """Pieces that a shell was told to keep together are told apart."""
    message = error_of(["--decay", "0.9", "0:1 100:10x7"], code=2)
    assert "there is no file '0:1 100:10x7'; without quotes, 0:1 100:10x7 are 2 pieces" == message


def test_a_range_with_a_hyphen() -> None:
    """Steps from 0 to 99 are 0..99."""
    assert error_of("--decay 0.9 0-99:1", code=2).endswith("did you mean 0..99:?")


def test_the_decay_as_an_operand() -> None:
    """Without a decay, a first number between 0 and 1 is taken for it; a number past 1 for a param."""
    assert "there is no file '0.99'; did you mean --decay 0.99?" == error_of("0.99 1 2 3", code=2)
    assert "there is no file '5'; did you mean :5?" == error_of("5", code=2)


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
        ("--momentum 0.9", "did you mean --decay?"),
        ("-d 0.9", "did you mean --decay?"),
        ("-decay 0.9", "did you mean --decay?"),
        ("-decay=0.9", "did you mean --decay?"),
        ("--dcay=0.9", "did you mean --decay?"),
        ("--ema_decay 0.9", "did you mean --decay?"),
        ("--halflife 3", "did you mean --half-life?"),
        ("--half_life 3", "did you mean --half-life?"),
        ("--csv", "did you mean --format csv?"),
        ("--tensorflow", "did you mean --rule tensorflow?"),
        ("--float32", "did you mean --dtype float32?"),
        ("--bf16", "did you mean --dtype bfloat16?"),
        ("--gap", "did you mean -c +gap?"),
        ("--input x.csv", "a file's name stands alone: ema-calc --decay 0.99 updates.csv"),
        ("-0.5", "a negative param is written with a colon: :-0.5"),
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
        ("--format", "--format needs a value: --format NAME"),
        ("--header", "--header needs a value: --header auto|yes|no"),
        ("--digits", "--digits needs a value: --digits N"),
        ("--keep=yes", "--keep takes no value"),
        ("--digits x", "--digits 'x' is not a whole number"),
        ("--decay 99%", "--decay '99%' is not a number; did you mean 0.99?"),
        ("--decay 0,99", "--decay '0,99' is not a number; did you mean 0.99?"),
        ("--decay 1/8", "--decay '1/8' is not a number; did you mean 0.125?"),
        ("--decay 1/0", "--decay '1/0' is not a number"),
        ("--decay 99", "--decay must be between 0 and 1, not 99; did you mean 0.99?"),
        ("--decay 0.9,0.99", "--decay '0.9,0.99' is not a number; several are compared by one --decay for each"),
        ("--decay 0.9 --step 0..9 --param 1", "--step: step '0..9' is not a number; did you mean 0..9:1?"),
        ("--decay 0.9 --step 0,1 --param 2,3", "--step: step '0,1' is not a number; did you mean 0:2 1:3?"),
        ("--decay 0.9 --step x --param 1", "--step: step 'x' is not a number"),
        ("--rule torch:0.9 :1", "rule 'torch:0.9': '0.9' is not KEY=VALUE, such as decay=0.9"),
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
        ("--dtype", "float", "float32 or float64"),
        ("--format", "excel", "csv"),
        ("--format", "markdwon", "markdown"),
        ("--missing", "ffill", "hold"),
        ("--lang", "zh-CN", "zh"),
    ],
)
def test_choices(option: str, typed: str, answer: str) -> None:
    """A name that is none of an option's is answered with the one that is called so elsewhere."""
    message = error_of(["--decay", "0.9", option, typed, "0:1"], code=2)
    assert message.startswith(f"{option} '{typed}' is none of ")
    assert message.endswith(f"; did you mean {answer}?")


def test_a_choice_like_nothing() -> None:
    """Without a likeness, the names stand alone."""
    assert error_of("--dtype int8", code=2).endswith("float64, float32, float16, bfloat16, exact")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("pytorch", "torch"),
        ("tf", "tensorflow"),
        ("TensorFlow", "tensorflow"),
        ("torch_ema", "torch-ema"),
        ("AveragedModel", "torch, torch-avg or torch-swa"),
        ("torch.optim.swa_utils.AveragedModel", "torch, torch-avg or torch-swa"),
        ("EMAModel", "timm or diffusers"),
        ("polyak", "fixed or sb3"),
        ("torch(decay=0.9)", "torch:decay=0.9"),
        ("kerras", "keras or tf-keras"),
    ],
)
def test_rules(typed: str, answer: str) -> None:
    """A rule is found by its framework's name, a class, or a typing mistake."""
    assert f"no rule '{typed}'; did you mean {answer}?" == error_of(["--rule", typed, "0:1"], code=2)
    assert f"no rule '{typed}'; did you mean {answer}?" == error_of(["--about-rule", typed], code=2)


def test_columns() -> None:
    """A column is found by what others call it."""
    assert "no column 'ema'; did you mean shadow?" == error_of("--decay 0.9 0:1 -c step,ema", code=2)
    assert error_of("--decay 0.9 0:1 -c all", code=2).startswith("no column 'all'; there are round, step, ")
    assert "no column 'Step'; did you mean step?" == error_of("--decay 0.9 0:1 -c Step", code=2)


def test_words_lead_to_names() -> None:
    """Every other word stands in letters and digits, is no name itself, and leads to names that there are."""
    choices = {param.name: param.type.choices for param in PARAMETERS if isinstance(param.type, click.Choice)}
    tables = [(RULE_WORDS, rules()), (DTYPE_WORDS, DTYPES), (COLUMN_WORDS, COLUMNS)]
    for words, names in [*tables, *((VALUE_WORDS[name], choices[name]) for name in VALUE_WORDS)]:
        assert [] == [word for word in words if not re.fullmatch("[a-z0-9]+", word) or word in names]
        assert [] == [name for found in words.values() for name in found.split() if name not in names]


def test_words_for_options() -> None:
    """What stands for an option of another tool is an option here, or leads to one."""
    options = {"--help"} | {name for param in PARAMETERS for name in param.opts if name.startswith("-")}
    assert [] == [word for word in OPTION_WORDS if word in options]
    named = [each for answer in OPTION_WORDS.values() for each in answer.split() if each.startswith("-")]
    assert [] == [name for name in named if name not in options]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04...", "<stdin> is no text but a zip archive, as .xlsx, .npz and .pt files are; "),
        (gzip.compress(b"0,1\n", mtime=0), "<stdin> is compressed; unpack it into a pipe: gzip -dc FILE | ema-calc"),
        ("0,1\n".encode("utf-16"), "<stdin> is in UTF-16; save it as UTF-8"),
        (b"\x18" + bytes(7) + b"....brain.Event:2", "<stdin> is no text but TensorBoard's event file; "),
        (b"step;loss\n0;1,5\n", "<stdin>: column 'loss': '1,5' is not a number; did you mean 1.5?"),
        (b"step;loss\n0;1\n1;1,5\n", "<stdin>:3: column 'loss': '1,5' is not a number; did you mean 1.5?"),
    ],
)
def test_files_that_are_no_tables(data: bytes, message: str) -> None:
    """A file of another kind is called what it is, and a decimal comma a comma."""
    assert error_of("--decay 0.9", data).startswith(message)


def test_what_works_at_once() -> None:
    """What is plausible and clear is simply done."""
    assert "decay,shadow\n0.1,0.9\n" == run("--columns=decay,shadow --format=csv --decay .9 0:1").out
    assert ["3.5"] == run("--rule=fixed --alpha=.5 --initial=-1 --param=8 -F csv -c shadow").out.splitlines()[1:]
