"""Faults around the command: full disks, signals, closed streams, odd environments, broken extras."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from ema_cli.__main__ import main
from tests.extras import needs_plot
from tests.harness import environment, heed_interrupts, run, shell, terminal, untraced

if TYPE_CHECKING:
    from pathlib import Path

CSV = "ema-calc --decay 0.9 -q -F csv"
HEADER = "step,param,decay,shadow\n"
ENDLESS = "0..9223372036854775806:1"


def names(folder: Path) -> list[str]:
    """The files in a folder, hidden ones too."""
    return sorted(path.name for path in folder.iterdir())


# A full disk.


@pytest.mark.parametrize(
    "line",
    ["--help", "--version", "--completion bash", "--list-rules", "--about-rule torch", "--decay 0.9 0:1 -F html"],
)
def test_full_disk_under_every_kind_of_answer(line: str, tmp_path: Path) -> None:
    """A full disk is one sentence and exit code 1, whatever is printed."""
    outcome = shell(f"ema-calc {line} > /dev/full", tmp_path)
    assert (1, "ema-calc: error: cannot write <stdout>: No space left on device") == (
        outcome.code,
        outcome.err.removesuffix("\n").removesuffix("; the output is incomplete"),
    )


NO_CACHE = {"PYTHONDONTWRITEBYTECODE": "1"}
"""Compiled modules would not fit in a file of that size and would be cut."""

MEASURED = "unset COVERAGE_PROCESS_CONFIG"
"""Coverage's data at the end of a process would not fit in a file of this size, either."""


@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "txt", "md", "html", "tex"])
def test_disk_that_fills_up_leaves_the_old_file(form: str, tmp_path: Path) -> None:
    """If the disk fills up half-way, the old output is unchanged, and no other file is left."""
    (tmp_path / f"out.{form}").write_text("old\n")
    outcome = shell(f"{MEASURED}; ulimit -f 8; ema-calc --decay 0.9 0..29999:1 -o out.{form}", tmp_path, **NO_CACHE)
    assert (1, f"ema-calc: error: cannot write out.{form}: File too large\n") == (outcome.code, outcome.err)
    assert [f"out.{form}"] == names(tmp_path)
    assert "old\n" == (tmp_path / f"out.{form}").read_text()


def test_disk_that_fills_up_under_a_list(tmp_path: Path) -> None:
    """The old output of a list of rules is unchanged, too."""
    (tmp_path / "out.csv").write_text("old\n")
    assert 1 == shell(f"{MEASURED}; ulimit -f 1; ema-calc --list-rules -o out.csv", tmp_path, **NO_CACHE).code
    assert ("old\n", ["out.csv"]) == ((tmp_path / "out.csv").read_text(), names(tmp_path))


@needs_plot
def test_disk_that_is_full_for_a_figure(tmp_path: Path) -> None:
    """The old output is unchanged if the disk is full for a figure, too."""
    (tmp_path / "out.csv").write_text("old\n")
    outcome = shell("ln -s /dev/full f.svg; ema-calc --decay 0.9 0:1 -o out.csv --plot-file f.svg", tmp_path)
    assert (1, "ema-calc: error: cannot write f.svg: No space left on device\n") == (outcome.code, outcome.err)
    assert "old\n" == (tmp_path / "out.csv").read_text()
    assert ["f.svg", "out.csv"] == names(tmp_path)


@pytest.mark.parametrize("stderr", ["2>/dev/full", "2>&-", "2> >(true)"])
def test_notes_that_cannot_be_written(stderr: str, tmp_path: Path) -> None:
    """A note or an error that can't be written changes neither the result nor the exit code."""
    line = f"ema-calc --decay 0.9 -F csv :1 {stderr}"
    assert (0, f"{HEADER},1,0.9,0.09999999999999998\n", "") == shell(line, tmp_path)
    assert (2, "", "") == shell(f"ema-calc --decay 7 :1 {stderr}", tmp_path)
    assert (1, "", "") == shell(f"ema-calc --decay 0.9 no.csv {stderr}", tmp_path)


@pytest.mark.parametrize("closed", ["<&-", "<&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams(closed: str, tmp_path: Path) -> None:
    """With -o, a process without standard streams does its work."""
    assert (0, "", "") == shell(f"{CSV} 0:1 -o out.csv {closed}", tmp_path)
    assert f"{HEADER}0,1,0.1,0.9\n" == (tmp_path / "out.csv").read_text()
    assert 1 == shell(f"{CSV} - -o out.csv {closed}", tmp_path).code
    assert f"{HEADER}0,1,0.1,0.9\n" == (tmp_path / "out.csv").read_text()


# Pipes.


@pytest.mark.parametrize("line", ["--list-rules -F json", "--about-rule edm2", f"--decay 0.9 -F html {ENDLESS}"])
def test_reader_that_goes_away_at_once(line: str, tmp_path: Path) -> None:
    """A closed pipe ends the command quietly, whatever is printed."""
    assert (0, "", "") == shell(f"set -o pipefail; ema-calc {line} | true", tmp_path)


def test_reader_of_a_fifo_that_goes_away(tmp_path: Path) -> None:
    """-o into a named pipe ends as quietly."""
    outcome = shell(f"mkfifo f; {CSV} {ENDLESS} -o f & head -n 2 f; wait $!", tmp_path)
    assert (0, f"{HEADER}0,1,0.1,0.9\n", "") == outcome


def test_writer_that_dies(tmp_path: Path) -> None:
    """A pipe that ends within a line gives what came; that line counts as a last line without a newline."""
    assert shell(f"printf '0,1\\n1,2\\n' | {CSV}", tmp_path) == shell(f"printf '0,1\\n1,2' | {CSV}", tmp_path)
    outcome = shell(f"printf '0,1\\n1,' | {CSV} -o out.csv", tmp_path)
    assert "ema-calc: error: <stdin>:2: column 2 is empty; --missing skip leaves such rows out" in outcome.err
    assert [] == names(tmp_path)


def test_output_appended_to_the_input(tmp_path: Path) -> None:
    """A file that would grow while it is read is refused; -o replaces it once all is read."""
    record = '{"step": 0, "param": 1}\n'
    (tmp_path / "a.jsonl").write_text(record)
    message = "a.jsonl is both input and output, and would never end; -o FILE can replace a file that is read"
    expected = (1, "", f"ema-calc: error: {message}\n")
    assert expected == shell("ema-calc --decay 0.9 a.jsonl -F jsonl >> a.jsonl", tmp_path)
    assert record == (tmp_path / "a.jsonl").read_text()
    told = "ema-calc: note: a.jsonl is read, then replaced by the output\n"
    assert (0, "", told) == shell("ema-calc --decay 0.9 a.jsonl -o a.jsonl", tmp_path)
    assert '{"step": 0, "param": 1, "decay": 0.1, "shadow": 0.9}\n' == (tmp_path / "a.jsonl").read_text()


@pytest.mark.parametrize("link", ["os.symlink", "os.link"])
def test_output_that_is_the_input_by_another_name(link: str, tmp_path: Path) -> None:
    """A link to the input is read whole before the input is replaced."""
    (tmp_path / "a.csv").write_text("0,1\n" * 50_000)
    {"os.symlink": os.symlink, "os.link": os.link}[link](tmp_path / "a.csv", tmp_path / "b.csv")
    assert 0 == shell("ema-calc --decay 0.9 -q a.csv -o b.csv", tmp_path).code
    assert 50_001 == (tmp_path / "b.csv").read_text().count("\n")


# Signals.


def started(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A call that is half-way through writing a file."""
    process = subprocess.Popen(
        ["ema-calc", "--decay", "0.9", "-q", *arguments, "-o", "out.csv"],
        cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=untraced(),
        preexec_fn=heed_interrupts,
    )  # fmt: skip
    while not any(name.endswith(".part") for name in names(folder)):
        time.sleep(0.01)
    return process


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP), (signal.SIGINT, 130)]
)
@pytest.mark.parametrize("arguments", [(), (ENDLESS, "-F", "html")])
def test_signal_leaves_the_old_file(number: int, code: int, arguments: tuple[str, ...], tmp_path: Path) -> None:
    """A signal ends the process at once and quietly; the old output stays, with no other file beside it."""
    (tmp_path / "out.csv").write_text("old\n")
    process = started(tmp_path, *arguments)
    process.send_signal(number)
    try:
        out, err = process.communicate(timeout=10)
    finally:
        process.kill()
    assert (code, b"", b"") == (process.returncode, out, err.strip())
    assert ["out.csv"] == names(tmp_path)
    assert "old\n" == (tmp_path / "out.csv").read_text()


def test_nohup_is_obeyed(tmp_path: Path) -> None:
    """A hang-up that is ignored stays ignored."""
    process = subprocess.Popen(
        ["bash", "-c", "trap '' HUP; exec ema-calc --decay 0.9 -q -o out.csv"],
        cwd=tmp_path, stdin=subprocess.PIPE, env=untraced(),
    )  # fmt: skip
    while not names(tmp_path):
        time.sleep(0.01)
    process.send_signal(signal.SIGHUP)
    process.communicate(b"0,1\n")
    assert (0, ["out.csv"]) == (process.returncode, names(tmp_path))


def test_signals_are_handed_back(tmp_path: Path) -> None:
    """A program that calls the command keeps its own handling of signals."""
    before = signal.getsignal(signal.SIGTERM)
    for line in "--decay 0.9 0:1", "--decay 0.9 no.csv":
        run([*line.split(), "-o", str(tmp_path / "out.csv")])
        assert before == signal.getsignal(signal.SIGTERM)


@pytest.mark.parametrize(("fault", "code"), [(KeyboardInterrupt, 130), (MemoryError, "ema-calc: error: out of memory")])
def test_fault_while_it_starts(monkeypatch: pytest.MonkeyPatch, fault: type[BaseException], code: int | str) -> None:
    """Ctrl-C before the command is loaded gives no traceback, and too little memory for loading is one sentence."""

    class Loading:
        def __getattr__(self, name: str) -> object:
            raise fault

    monkeypatch.setitem(sys.modules, "ema_cli.cli.command", Loading())  # type: ignore[arg-type]
    with pytest.raises(SystemExit) as raised:
        main()
    assert code == raised.value.code


def test_what_was_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    """A half-written file of a killed process with the same number is left alone."""
    line = "echo mine > .ema-calc-$$-0.part; exec ema-calc --decay 0.9 0:1 -o out.csv"
    assert 0 == shell(line, tmp_path).code
    left = [name for name in names(tmp_path) if name != "out.csv"]
    assert 1 == len(left)
    assert "mine\n" == (tmp_path / left[0]).read_text()
    assert f"{HEADER}0,1,0.1,0.9\n" == (tmp_path / "out.csv").read_text()


# Files.


def mortal() -> str:
    """Command prefix that makes root obey permissions; empty for other users."""
    if os.geteuid() != 0:
        return ""
    if shutil.which("setpriv") is None:
        pytest.skip("root may read and write everything, and setpriv is not here to change that")
    return "setpriv --bounding-set=-dac_override,-dac_read_search "


def test_unreadable_file_and_read_only_folder(tmp_path: Path) -> None:
    """A file without read permission and a folder without write permission are errors."""
    call = f"{mortal()}{CSV}"
    (tmp_path / "a.csv").write_text("1\n")
    (tmp_path / "a.csv").chmod(0)
    (tmp_path / "shut").mkdir()
    (tmp_path / "shut" / "old.csv").write_text("old\n")
    (tmp_path / "shut").chmod(0o500)
    assert (1, "", "ema-calc: error: cannot read a.csv: Permission denied\n") == shell(f"{call} a.csv", tmp_path)
    for name in "new.csv", "old.csv":
        outcome = shell(f"{call} 0:1 -o shut/{name}", tmp_path)
        assert (1, "", f"ema-calc: error: cannot write shut/{name}: Permission denied\n") == outcome
    assert "old\n" == (tmp_path / "shut" / "old.csv").read_text()
    (tmp_path / "shut").chmod(0o700)


def test_disk_that_cannot_be_read(tmp_path: Path) -> None:
    """A disk error is reported as one."""
    outcome = shell(f"{CSV} /proc/self/mem", tmp_path)
    assert (1, "", "ema-calc: error: cannot read /proc/self/mem: Input/output error\n") == outcome


def test_file_that_vanishes(tmp_path: Path) -> None:
    """A file that is gone when its turn comes is an error, and the old output stays."""
    (tmp_path / "b.csv").write_text("0,1\n")
    (tmp_path / "out.csv").write_text("old\n")
    line = f"mkfifo f; (echo 0,1; rm b.csv) > f & {CSV} f b.csv -o out.csv"
    outcome = shell(line, tmp_path)
    assert (1, "ema-calc: error: there is no file b.csv\n") == (outcome.code, outcome.err)
    assert "old\n" == (tmp_path / "out.csv").read_text()


def test_file_that_is_replaced_while_it_is_read(tmp_path: Path) -> None:
    """An opened file is read to its end, even if another one takes its name."""
    (tmp_path / "b.csv").write_text("1,2\n")
    line = f"mkfifo f; (echo 0,1; echo 5,5 > c.csv; sleep 0.2; mv c.csv b.csv) > f & {CSV} b.csv f"
    assert f"{HEADER}1,2," in shell(line, tmp_path).out


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("''", "No such file or directory"),
        ("a" * 300 + ".csv", "File name too long"),
        ("$'a\\tb/x.csv'", "there is no folder a\\\\tb"),
        ("file/x.csv", "Not a directory|No such file or directory"),
    ],
)
def test_names_that_no_file_can_have(path: str, reason: str, tmp_path: Path) -> None:
    """A name that can't be used is one sentence."""
    (tmp_path / "file").write_text("")
    outcome = shell(f"ema-calc --decay 0.9 0:1 -F csv -o {path}", tmp_path)
    assert (1, "") == (outcome.code, outcome.out)
    assert re.fullmatch(rf"ema-calc: error: cannot write \S+: ({reason})\n", outcome.err)


def test_name_as_long_as_can_be(tmp_path: Path) -> None:
    """A name of the greatest length works: the temporary file beside it has a short one."""
    name = "a" * 251 + ".csv"
    assert 0 == shell(f"{CSV} 0:1 -o {name}", tmp_path).code
    assert [name] == names(tmp_path)


@pytest.mark.parametrize(("file", "message"), [("zero", "a line of more than 16 MiB"), ("null", "no update in")])
def test_devices_as_scripts(file: str, message: str, tmp_path: Path) -> None:
    """A device is a file like any other, even one that never ends."""
    assert message in shell(f"{CSV} /dev/{file}", tmp_path).err


# The environment.


@pytest.mark.parametrize("line", [pytest.param("--explain --plot", marks=needs_plot), "--summary -c +change,gap"])
def test_terminal_of_twenty_columns(line: str) -> None:
    """In the narrowest terminal every call works, and numbers are whole."""
    outcome = terminal(f"ema-calc --decay 0.9 -q 0:-98765.4321 --color never {line}", 20)
    assert (0, "") == (outcome.code, outcome.err)
    assert "-88888.889" in outcome.out
    assert "…" not in outcome.out


@pytest.mark.parametrize("line", ["--help", "--list-rules", "--about-rule edm2"])
def test_words_in_twenty_columns(line: str) -> None:
    """Help and lists work there, too."""
    outcome = terminal(f"ema-calc {line}", 20)
    assert (0, "") == (outcome.code, outcome.err)
    assert len(outcome.out) > 1000


@pytest.mark.parametrize("home", ["-u HOME", "HOME=/dev/null/home", "HOME="])
def test_without_a_home(home: str, tmp_path: Path) -> None:
    """No home folder is needed, and no message mentions it."""
    assert (0, f"{HEADER}0,1,0.1,0.9\n", "") == shell(f"env {home} {CSV} 0:1", tmp_path)


@needs_plot
def test_figure_without_a_home(tmp_path: Path) -> None:
    """A figure needs none, either."""
    line = f"env HOME=/dev/null/home {CSV} 0:1 --plot-file x.svg"
    assert (0, f"{HEADER}0,1,0.1,0.9\n", "") == shell(line, tmp_path)
    assert ["x.svg"] == names(tmp_path)


@pytest.mark.long
@needs_plot
@pytest.mark.parametrize("setting", ["text.usetex: True", "savefig.dpi: 7", "axes.titlesize: 99"])
def test_figure_beside_settings_of_matplotlib(setting: str, tmp_path: Path) -> None:
    """A figure depends on the command line alone; settings in the folder are neither used nor run."""
    line = "ema-calc --decay 0.9 0:1 -q -F csv --plot-file x.png && md5sum x.png"
    expected = shell(line, tmp_path)
    assert 0 == expected.code
    (tmp_path / "matplotlibrc").write_text(f"{setting}\n")
    assert expected == shell(line, tmp_path)


@pytest.mark.parametrize("encoding", ["ascii", "euc-jp"])
@pytest.mark.parametrize(
    "line",
    [
        "--help",
        "--list-rules",
        pytest.param("--decay 0.9 0:1 --explain --title é漢 --plot", marks=needs_plot),
        "é漢.csv",
    ],
)
def test_odd_locales(encoding: str, line: str, tmp_path: Path) -> None:
    """In a locale that lacks a character, output uses those it has."""
    settings = {"PYTHONUTF8": "0", "PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        ["bash", "-c", f"ema-calc {line}"], cwd=tmp_path, capture_output=True, env=environment(**settings), timeout=60
    )
    assert (2 if line.endswith("csv") else 0) == done.returncode
    assert b"Traceback" not in done.stderr
    assert len((done.stdout + done.stderr).decode(encoding)) > 50


def patched(folder: Path, module: str, text: str) -> dict[str, str]:
    """The environment in which another module takes a module's place."""
    (folder / "path").mkdir()
    (folder / "path" / f"{module}.py").write_text(text)
    return {"PYTHONPATH": str(folder / "path")}


CLOCK = """
import itertools, random, time
for name in "time", "monotonic", "perf_counter", "process_time", "time_ns", "monotonic_ns", "perf_counter_ns":
    kind, draw = type(getattr(time, name)()), random.Random(7)
    setattr(time, name, lambda kind=kind, draw=draw: kind(draw.uniform(1e6, 4e9)))
"""


@pytest.mark.long
@needs_plot
def test_clock_that_jumps(tmp_path: Path) -> None:
    """The time of day, and a clock that runs backwards, change nothing."""
    line = "ema-calc --decay 0.9 0..300:1 -q -F csv --plot-file x.svg | md5sum; cat x.svg | md5sum"
    settings = patched(tmp_path, "sitecustomize", CLOCK)
    assert shell(line, tmp_path) == shell(line, tmp_path, **settings)


BROKEN = "raise RuntimeError('broken\\nfor good')"


@needs_plot
@pytest.mark.parametrize(
    ("module", "option"), [("plotille", "--plot"), ("matplotlib", "--plot-file x.svg"), ("numpy", "--plot-file x.svg")]
)
def test_extra_that_is_broken(module: str, option: str, tmp_path: Path) -> None:
    """An extra that fails to load is one sentence, before anything is computed."""
    outcome = shell(f"{CSV.replace('csv', 'table')} 0:1 {option}", tmp_path, **patched(tmp_path, module, BROKEN))
    assert (2, "", 1) == (outcome.code, outcome.out, outcome.err.count("\n"))
    assert "does not load here (RuntimeError: broken): " in outcome.err
    pip = f"{sys.executable} -m pip install" if find_spec("pip") else f"uv pip install --python {sys.executable}"
    assert f"(RuntimeError: broken): {pip} --force-reinstall " in outcome.err
    assert "3\n" == shell(f"printf 3 | {CSV} --initial 3 --rule fixed -c shadow | tail -n 1 | cut -c1", tmp_path).out
