"""The command as a process: pipes, terminals, environments, files."""

from __future__ import annotations

import re
import signal
import stat
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.harness import environment, heed_interrupts, shell, terminal, untraced

if TYPE_CHECKING:
    from pathlib import Path

CSV = "ema-calc --decay 0.9 -q -F csv"


@pytest.mark.parametrize("name", ["csv", "jsonl", "json", "table", "markdown"])
def test_reader_that_goes_away(name: str, tmp_path: Path) -> None:
    """`| head` ends the command quietly, and is not a failure."""
    outcome = shell(f"set -o pipefail; ema-calc --decay 0.9 -q -F {name} 0..9999999:1 | head -n 3 | wc -l", tmp_path)
    assert (0, "3\n", "") == outcome


def test_help_cut_off(tmp_path: Path) -> None:
    """Help into a pipe that closes gives no traceback."""
    assert shell("ema-calc --help | head -n 1", tmp_path).err == ""


@pytest.mark.parametrize("options", ["-F csv", "-F json", "-F table", "-F csv -o /dev/full"])
def test_full_disk(options: str, tmp_path: Path) -> None:
    """A full disk is an error in one sentence, with exit code 1."""
    place = "/dev/full" if "-o" in options else "<stdout>"
    outcome = shell(f"ema-calc --decay 0.9 -q {options} 0:1 > /dev/full", tmp_path)
    assert outcome.code == 1
    assert re.fullmatch(
        f"ema-calc: error: cannot write {place}: No space left on device(; the output is incomplete)?\n",
        outcome.err,
    )


def test_closed_standard_streams(tmp_path: Path) -> None:
    """A process without standard input or output says so."""
    assert (1, "", "ema-calc: error: cannot read <stdin>: it is closed\n") == shell(f"{CSV} - <&-", tmp_path)
    assert (1, "", "ema-calc: error: cannot write <stdout>: it is closed\n") == shell(f"{CSV} 0:1 >&-", tmp_path)
    assert (0, "step,param,decay,shadow\n0,1,0.1,0.9\n", "") == shell(f"{CSV} 0:1 2>&-", tmp_path)
    outcome = shell("ema-calc <&-", tmp_path)
    assert (2, "") == (outcome.code, outcome.err)
    assert "Usage:" in outcome.out


@pytest.mark.parametrize("name", ["csv", "jsonl"])
def test_row_appears_before_the_pipe_closes(name: str) -> None:
    """A row of a live pipe is printed before the next one comes."""
    process = subprocess.Popen(
        ["ema-calc", "--decay", "0.9", "-q", "-F", name],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(),
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    for step in range(3):
        text = f"{step},1\n" if name == "csv" else f'{{"step": {step}, "param": 1}}\n'
        process.stdin.write(text.encode())
        process.stdin.flush()
        line = process.stdout.readline()
        if line.startswith(b"step"):
            line = process.stdout.readline()
        assert line.startswith((f"{step},1,".encode(), f'{{"step": {step},'.encode()))
    process.stdin.close()
    assert process.stdout.read() == b""
    process.stdout.close()
    assert process.wait() == 0


def test_table_of_a_live_pipe_on_a_terminal() -> None:
    """On a terminal, the rows of a table appear as they come, and a row that doesn't fit starts the header again."""
    line = "ema-calc --decay 0.9 -q --rule fixed --color never"
    outcome = terminal(line, stdin=b"0,1\n", then=(" 0.1", b"1,123456789\n"))
    assert outcome.out.count("effective decay") == 2
    assert ["0", "1", "2"] == re.findall(r"^│ +(\d)", outcome.out, re.MULTILINE)
    assert outcome.out.count("└") == 2


def test_interrupt() -> None:
    """Ctrl-C ends the command at once and quietly, with the exit code that shells expect."""
    process = subprocess.Popen(
        ["ema-calc", "--decay", "0.9", "-q", "-F", "csv"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=untraced(),
        preexec_fn=heed_interrupts,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"0,1\n")
    process.stdin.flush()
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (130, b"") == (process.returncode, err.strip())


def test_nothing_at_all_on_a_terminal() -> None:
    """Without arguments on a terminal, the help is shown and the exit code is 2."""
    outcome = terminal("ema-calc")
    assert (2, "") == (outcome.code, outcome.err)
    assert outcome.out.startswith("Says exactly what an exponential moving average does")
    outcome = terminal("ema-calc --decay 0.9")
    assert (2, "") == (outcome.code, outcome.out)
    assert "there is no script" in outcome.err


NUMBERS = ["1234567.8901", "0.000012345678", "-98765.4321"]


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_numbers_are_whole_on_a_terminal(columns: int) -> None:
    """On a terminal of any width, no line is wider than it, and every number is whole."""
    outcome = terminal(f"ema-calc --decay 0.9 -q 0:{','.join(NUMBERS)} -c +change,gap,weight --color never", columns)
    assert max(map(len, outcome.out.splitlines())) <= columns
    cells = [cell.strip() for line in outcome.out.splitlines() for cell in line.split("│")]
    for shadow in "1111111.1", "1.111111e-05", "-88888.889":
        assert shadow in cells
    assert "…" not in outcome.out


def test_numbers_are_whole_in_a_pipe(tmp_path: Path) -> None:
    """Off a terminal, a table is as wide as it needs to be, whatever COLUMNS is."""
    line = f"ema-calc --decay 0.9 -q 0:{','.join(NUMBERS * 4)} -c +change,gap,weight --color never"
    outcome = shell(line, tmp_path, COLUMNS="40")
    assert 1 == outcome.out.count("effective decay")
    assert outcome.out == shell(line, tmp_path).out


def test_columns_of_the_environment() -> None:
    """COLUMNS takes precedence over the terminal's width, and --width over both."""
    line = f"ema-calc --decay 0.9 -q 0:{','.join(NUMBERS)}"
    assert 1 == terminal(line, 200, NO_COLOR="1").out.count("round")
    assert 1 < terminal(line, 200, NO_COLOR="1", COLUMNS="60").out.count("round")
    assert 1 == terminal(f"{line} --width 200", 200, NO_COLOR="1", COLUMNS="60").out.count("round")


@pytest.mark.parametrize(
    ("settings", "options", "styled"),
    [
        ({}, "", True),
        ({"NO_COLOR": "1"}, "--color never", False),
        ({"TERM": "dumb"}, "", False),
        ({}, "--color never", False),
        ({"NO_COLOR": "1", "TERM": "dumb"}, "--color always", True),
    ],
)
def test_styles_on_a_terminal(settings: dict[str, str], options: str, styled: bool) -> None:
    """A table has styles on a terminal, unless TERM or --color says otherwise."""
    assert styled == ("\x1b[" in terminal(f"ema-calc --decay 0.9 0:1 {options}", **settings).out)


def test_no_color() -> None:
    """NO_COLOR leaves no colours."""
    assert not re.search(r"\x1b\[[0-9;]*(3|4|9)[0-7]", terminal("ema-calc --decay 0.9 0:1", NO_COLOR="1").out)


@pytest.mark.parametrize(
    ("settings", "options", "styled"),
    [({}, "", False), ({"FORCE_COLOR": "1"}, "", True), ({}, "--color always", True)],
)
def test_styles_in_a_pipe(settings: dict[str, str], options: str, styled: bool, tmp_path: Path) -> None:
    """A table in a pipe has styles only with FORCE_COLOR or --color."""
    assert styled == ("\x1b[" in shell(f"ema-calc --decay 0.9 0:1 {options}", tmp_path, **settings).out)


def test_ascii(tmp_path: Path) -> None:
    """In an ASCII locale, a table has an ASCII box and whole numbers, and other characters are escapes."""
    settings = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    outcome = shell("printf 'step,é\\n100,10\\n' | ema-calc --decay 0.99 -q", tmp_path, **settings)
    assert (0, "") == (outcome.code, outcome.err)
    assert outcome.out.isascii()
    assert outcome.out.startswith("\\xe9: decay 0.99")
    assert "0.81818182" in outcome.out
    csv = shell("printf 'step,param,é\\n0,1,ü\\n' | ema-calc --decay 0.9 -q -F csv --keep", tmp_path, **settings)
    assert "step,param,decay,shadow,é\n0,1,0.1,0.9,ü\n" == csv.out


def test_result_depends_on_the_command_line_alone(tmp_path: Path) -> None:
    """No option of the computation comes from the environment."""
    assert (
        shell(f"{CSV} 0:1", tmp_path).out
        == shell(f"{CSV} 0:1", tmp_path, EMA_CALC_DECAY="0.5", EMA_CALC_DTYPE="float16", DECAY="0.1").out
    )


def test_module(tmp_path: Path) -> None:
    """`python -m ema_cli` is the same command."""
    assert shell("ema-calc --decay 0.9", tmp_path, b"1,2\n") == shell(
        "python -m ema_cli --decay 0.9", tmp_path, b"1,2\n"
    )
    assert shell("ema-calc --decay 7 :1", tmp_path) == shell("python -m ema_cli --decay 7 :1", tmp_path)


def test_a_short_run_imports_little(tmp_path: Path) -> None:
    """Updates on the command line, written as CSV, import nothing for files, errors, suggestions or tables."""
    told = shell("python -X importtime -m ema_cli --decay 0.9 0:1 -F csv", tmp_path).err
    names = [line.rpartition("|")[2].strip() for line in told.splitlines()]
    own = [name for name in names if name.startswith("ema_cli")]
    rooms = {name.split(".")[1] for name in own if "." in name}
    assert {"cli", "core", "errors", "formats", "reading", "report", "text"} == rooms
    assert not {"ema_cli.reading.source", "ema_cli.formats.new_file", "ema_cli.report.value_notes", "rich"} & {*names}
    assert len(own) <= 60


# Files.


def test_input_and_output_may_be_the_same_file(tmp_path: Path) -> None:
    """The output replaces the input when it is complete."""
    (tmp_path / "a.csv").write_text("step,param\n0,1\n")
    told = "ema-calc: note: a.csv is read, then replaced by the output\n"
    assert (0, "", told) == shell("ema-calc --decay 0.9 a.csv -o a.csv", tmp_path)
    assert "step,param,decay,shadow\n0,1,0.1,0.9\n" == (tmp_path / "a.csv").read_text()


def test_failure_leaves_the_old_file(tmp_path: Path) -> None:
    """An error leaves the old output unchanged, with no other file beside it."""
    (tmp_path / "out.csv").write_text("old\n")
    rows = "".join(f"{step},1\n" for step in range(50_000))
    outcome = shell("ema-calc --decay 0.9 -q -o out.csv", tmp_path, f"{rows}x,1\n".encode())
    assert (1, "", "ema-calc: error: <stdin>:50001: column 1: step 'x' is not a number\n") == outcome
    assert [("out.csv", "old\n")] == [(path.name, path.read_text()) for path in tmp_path.iterdir()]


def test_interrupt_leaves_the_old_file(tmp_path: Path) -> None:
    """Ctrl-C leaves the old output unchanged, with no other file beside it."""
    (tmp_path / "out.csv").write_text("old\n")
    process = subprocess.Popen(
        ["ema-calc", "--decay", "0.9", "-q", "-o", "out.csv"],
        cwd=tmp_path, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=untraced(), preexec_fn=heed_interrupts,
    )  # fmt: skip
    while len(list(tmp_path.iterdir())) < 2:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert 130 == process.returncode
    assert ["out.csv"] == [path.name for path in tmp_path.iterdir()]


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    """A replaced file keeps its permissions; a link stays a link."""
    (tmp_path / "real.csv").write_text("old\n")
    (tmp_path / "real.csv").chmod(0o640)
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert 0 == shell("ema-calc --decay 0.9 0:1 -o link.csv", tmp_path).code
    assert (tmp_path / "link.csv").is_symlink()
    assert "0,1,0.1,0.9\n" in (tmp_path / "real.csv").read_text()
    assert 0o640 == stat.S_IMODE((tmp_path / "real.csv").stat().st_mode)


def test_output_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder, a missing folder and an impossible name each give one sentence, and exit code 1."""
    (tmp_path / "d.csv").mkdir()
    for path, reason in [
        ("d.csv", "it is a folder"),
        ("no/x.csv", "there is no folder no"),
        ("d.csv/a/x.csv", "there is no folder d.csv/a"),
    ]:
        outcome = shell(f"ema-calc --decay 0.9 0:1 -o {path}", tmp_path)
        assert (1, "", f"ema-calc: error: cannot write {path}: {reason}\n") == outcome


def test_output_to_a_pipe_or_device(tmp_path: Path) -> None:
    """-o - is standard output; a pipe or a device is written directly."""
    expected = "step,param,decay,shadow\n0,1,0.1,0.9\n"
    assert (0, expected, "") == shell(f"{CSV} 0:1 -o -", tmp_path)
    assert (0, expected, "") == shell(f"{CSV} 0:1 -o /dev/stdout | cat", tmp_path)
    assert (0, expected, "") == shell(f"mkfifo f; {CSV} 0:1 -o f & cat f; wait", tmp_path)
    assert (0, "", "") == shell(f"{CSV} 0:1 -o /dev/null", tmp_path)


def test_input_from_a_fifo_or_a_file(tmp_path: Path) -> None:
    """A named pipe and a redirected file are scripts like any other."""
    expected = "step,param,decay,shadow\n0,1,0.1,0.9\n"
    assert expected == shell(f"mkfifo f; echo 0,1 > f & {CSV} f", tmp_path).out
    assert expected == shell(f"echo 0,1 > g; {CSV} < g", tmp_path).out
    assert expected == shell(f"{CSV} <(echo 0,1)", tmp_path).out


@pytest.mark.parametrize(
    ("ending", "start"),
    [
        ("txt", "decay 0.9, rule"),
        ("csv", "step,param,"),
        ("tsv", "step\tparam\t"),
        ("json", '{"settings": '),
        ("jsonl", '{"step": 0, '),
        ("md", "decay 0.9, rule"),
        ("CSV", "step,param,"),
    ],
)
def test_endings_of_the_output(ending: str, start: str, tmp_path: Path) -> None:
    """The extension of the output chooses the format; --format takes precedence."""
    assert 0 == shell(f"ema-calc --decay 0.9 0:1 -o out.{ending}", tmp_path).code
    assert (tmp_path / f"out.{ending}").read_text().startswith(start)
    assert 0 == shell(f"ema-calc --decay 0.9 0:1 -o out.{ending} -F tsv", tmp_path).code
    assert (tmp_path / f"out.{ending}").read_text().startswith("step\tparam")


def test_bytes_of_the_command_line(tmp_path: Path) -> None:
    """An argument that is not UTF-8 is shown as escapes."""
    outcome = shell("ema-calc --decay 0.9 $'\\xff.csv'", tmp_path)
    assert (1, "", "ema-calc: error: there is no file \\udcff.csv\n") == outcome
    assert 2 == shell("ema-calc $'--\\xff'", tmp_path).code
    assert "\\udcff: decay 0.9" in shell("ema-calc --decay 0.9 --name $'\\xff' 0:1", tmp_path).out
