"""Files that are refused or noted: the command in the message does what it says."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.harness import csv_of, run

if TYPE_CHECKING:
    from pathlib import Path

_LOSSES = [2.5, 2.25, 2.125, 2.0625]
_LINES = list(enumerate(_LOSSES))
_TYPED = re.compile(
    r"(?:[:;] |, | is [a-z ]+; |^)"
    r"((?:\(head|awk|cut|grep|head|iconv|jq|perl|python|sed|tac|tail|tr)\b[^\n]*?)(?: \| ema-calc)"
)


def led_on(text: str | bytes, folder: Path, times: int = 1) -> list[str]:
    """The params that are read after running the command in the message, this many times."""
    data = text if isinstance(text, bytes) else text.encode()
    path = folder / "run.log"
    for _ in range(times):
        path.write_bytes(data)
        told = run(["--decay", "0.9", "-F", "csv", str(path)]).err.replace(str(path), "run.log")
        typed = _TYPED.search(told.replace("ema-calc: error: run.log", ""))
        assert typed, told
        data = subprocess.run(["bash", "-c", typed[1]], cwd=folder, capture_output=True, check=True).stdout
    outcome = csv_of("-q", data)
    name = next(column for column in ("param", "loss", "param1") if column in outcome.rows[0])
    return outcome.column(name)


def lines(form: str) -> str:
    """A line of this form for each step and loss."""
    return "".join(form.format(step, loss) for step, loss in _LINES)


@pytest.mark.parametrize(
    "text",
    [
        # Text logs.
        lines("64 bytes from 1.1.1.1: icmp_seq={} ttl=56 time={} ms\n") + "4 packets, time 3004ms\nrtt 1/2/3 ms\n",
        lines("[{}]\ttrain-rmse:{}\n"),
        "step,loss\n" + lines("{},{}\n").replace("2.25\n", "$2.25\n"),
        "step,loss\n" + lines("{},{}\n").replace("2.125\n", "0.002125k\n"),
        lines("[epoch{}] loss={} maxp=9.5 *\n"),
        lines("{}/99 (epoch 0.003), loss = {}, time/batch = 0.15s\n"),
        lines("{0} train {1}\n{0} val 9.5\n"),
        lines("(epoch: 1, iters: {0}00, time: 0.12, data: 0.3{0}) G_L1: {1}\n"),
        lines("Train Epoch: 1 [{}/9]\tLoss: {}\n"),
        "started at last\n"
        + "".join(lines("\rEpoch {}:  99%|## | 9/9 [00:01<00:00, v_num=0, loss={}]"))
        + "\nthe end\n",
        lines("\rEpoch {}:  99%|## | 9/9 [00:01<00:00, v_num=0, loss={}]") + "\n",
        lines("\rEpoch {}:  99%|## | 9/9 [00:01<00:00, v_num=0, loss={}]"),
        lines("{{'step': {}, 'loss': tensor({}, device='cuda:0'), 'lr': np.float64(0.1)}}\n"),
        lines("{{'step': {}, 'loss': {}}}\n"),
        lines("\r 9%|# | 1/9 [00:01<00:04,  2.3it/s]\r{{'step': {}, 'loss': {}}}\n"),
        lines('10:00 | INFO | train | {{"step": {}, "loss": "{}"}}\n'),
        "[10:00] [INFO] loading\n" + lines("{{'epoch': {}, 'loss': {}}}\n 9%|# | 1/9 [00:01<00:04,  2.3it/s]\n"),
        lines("global_step={}, episodic_return=[{}]\nSPS: 900\n"),
        lines("10:00:0{}.123 -> {}\n"),
        lines(" {}: {}, 2.500000 avg loss, 0.001000 rate, 3.500000 seconds, 64 images\n"),
        lines('loss{{run="{}"}} {} 1700000000000\n'),
        "Machine model: a\n"
        + lines("*** sample {} ***\nE-Cluster HW frequency: 1000 MHz\nCPU Power: {} mW\nGPU Power: 20 mW\n"),
        lines('{{"step": {}, "loss": {}}}').replace("}{", "} {"),
        lines("\x1b[32mINFO\x1b[0m step \x1b[1m{}\x1b[0m loss=\x1b[36m{}\x1b[0m\n"),
        "CREATE TABLE m (step int, loss double);\n" + lines("INSERT INTO m VALUES ({}, {});\n"),
        lines("Train: 0 [ {}/1251 (  0%)]  Loss: {} (2.5)\n"),
        lines("{}:\tlearn: {}\ttest: 9.5\ttotal: 5ms\n"),
        lines("[{}]\ttraining's l2: {}\tvalid_1's l2: 9.5\n"),
        lines("Ep. 1 : Up. {}000 : Sen. 5,120 : Cost {} * 1,234\n"),
        lines("epoch {} - loss: {} - val_loss: 9.5 - 4s\n"),
        lines("   {} F= {} E0= 9.5\nDAV: 1  5.5 0.5\n"),
        lines('{{"log": "step={} loss={}\\n", "stream": "stdout"}}\n'),
        lines("10:00:00,123 - INFO - {{'step': {}, 'loss': {}, 'done': False}}\n"),
        lines("  {}/299  9.58G  {}\n"),
        lines("step {}: Train Loss: {}. Val Loss: 9.5. Done.\n"),
        lines("step {}, mean reward: {}, std of reward: 0.5\n"),
        lines("Reply from 1.1.1.1: bytes=32 time={1}ms TTL=57 seq={0}\n"),
        lines("train[5.5] for minibatches {}00-199 is {} over 128 frames\n"),
        "".join(f"step {step}: loss 9.{step}\n" * (step < 2) + f"iter {step}: loss {loss}\n" for step, loss in _LINES),
        lines("({}, {})\n"),
        lines("{} -> {}\n"),
        "losses = " + repr(_LOSSES) + "\n",
        "step,note,loss\n" + lines('{},"say \\"hi\\", ok",{}\n'),
        # Prefixes of lines, and lines that are not rows.
        "> step,loss\n" + lines("> {},{}\n"),
        "+step,loss\n" + lines("+{},{}\n"),
        " 1\tstep,loss\n" + lines(" 2\t{},{}\n"),
        "1:step,loss\n" + lines("2:{},{}\n"),
        "a/b.csv:1:step,loss\n" + lines("a/b.csv:2:{},{}\n"),
        "10:00:00.123 -> step,loss\n" + lines("10:00:00.123 -> {},{}\n"),
        lines("10:00:00.123 -> {},{}\n"),
        "web-1  | step,loss\n" + lines("web-1  | {},{}\n"),
        "2024-01-01T10:00:00.5Z step,loss\n" + lines("2024-01-01T10:00:00.5Z {},{}\n"),
        "step,loss\n" + lines("{},{}\n") + "Exiting\nDone, after all, of it\n",
        "step;loss\n" + lines("{};{}\n") + "a;b;c\n",
        "step\tloss\n" + lines("{}\t{}\n") + "\\.\n",
        'step,loss\n"0",2.5\n' + lines("{},{}\n")[6:] + "done\n",
        "step,loss # of it\n" + lines("{},{}\n").replace("2.25", "2.25  # restarted"),
        # Drawn and typeset tables.
        "# Results\n\nWe trained.\n\n| step | loss |\n|-----:|-----:|\n" + lines("| {} | {} |\n") + "\nIt falls.\n",
        "```csv\nstep,loss\n" + lines("{},{}\n") + "```\n",
        "step，loss\n" + lines("{}，{}\n"),
        "const data = [" + lines('{{"step": {}, "loss": {}}},')[:-1] + "];\n",
        "// exported\n[" + lines('{{"step": {}, "loss": {}}},')[:-1] + "]\n",
        "[" + lines("({}, {}), ")[:-2] + "]\n",
        "ℹ Saving to output directory: out\nℹ Using CPU\n\nit  LOSS A\n---  ----\n" + lines("{}  {}\n"),
        "┌──────┬──────┐\n│ step │ loss │\n├──────┼──────┤\n" + lines("│ {} │ {} │\n") + "└──────┴──────┘\n",
        "\\begin{tabular}{rr}\nstep & loss \\\\\n\\midrule\n" + lines("{} & {} \\\\\n") + "\\end{tabular}\n",
        "LabVIEW Measurement\t\nWriter_Version\t2\n\nX_Value\tUntitled\tComment\n" + lines("{}\t{}\n"),
        " Results\n┏━━━━━━┳━━━━━━┓\n┃ step ┃ loss ┃\n┡━━━━━━╇━━━━━━┩\n" + lines("│ {} │ {} │\n") + "└──────┴──────┘\n",
        "   ┏━━━━━━┳━━━━━━┓\n   ┃ step ┃ loss ┃\n" + lines("1. │ {} │ {} │\n"),
        "\\begin{tabular}{cS}\nstep & {loss} \\\\\n" + lines("{} & $\\textbf{{{}}}$ \\\\\n"),
        "[[0.   2.5 ]\n [1.   2.25]\n [2.   2.125]\n [3.   2.0625]]\n",
        "[2.5 2.25\n 2.125 2.0625]\n",
        "[np.float64(2.5), np.float64(2.25), np.float64(2.125), np.float64(2.0625)]\n",
        # Numbers with marks.
        "step,loss\n" + lines("{},{} ± 0.1\n"),
        "step,loss\n" + lines("{},{} +/- 0.1\n"),
        "step,loss\n" + lines('{},"tf.Tensor({}, shape=(), dtype=float32)"\n'),
        "step,loss\n" + lines("{},\u00a0{}\u200e\n"),
        "it,loss\n" + lines("{},{}D+00\n"),
        "step,loss\n" + lines("{},tensor({})\n"),
        "step,loss\n" + lines("{},\"tensor({}, device='cuda:0')\"\n"),
        "step,loss\n" + lines("{},[{}]\n"),
        "'step','loss'\n" + lines("'{}','{}'\n"),
        "step,loss\n" + lines("{},{} %\n"),
        "time,use,loss\n" + lines("2024/01/01 10:00:0{0}.123,4{0} %,{1} W\n"),
        "step,loss\n" + lines('{},"=""{}"""\n'),
        "step,loss\n" + lines("{},'{}\n"),
        "step,loss\n" + lines("{},{}\n").replace("2,", "lo\x00ss,2,", 0) + ",\n",
        "step,lo\x00ss\n" + lines("{},{}\n"),
        # Tables with more than one table in them.
        "Model,TDS\nVersion,1.5\n\nstep,loss,b\n" + lines("{},{},7\n"),
        "step,loss\n" + lines("{},{}\n") + "4",
        "step,loss\r\n" + lines("{},{}\r\n").replace("1\r\n2", "1\r2").replace("25\r\n2", "25\r2"),
        "step,loss\n" + lines("{},{}\n").replace("2,", "\x002,"),
        lines('{{"step": {}, "loss": {}}}\n') + '{"step": 4, "lo',
        lines('{{"step": {}, "loss": {}}},\n'),
        "Category: All\n\nstep,loss\n" + lines("{},{}\n"),
        "LabVIEW,1\nstep,loss,b\n" + lines("{},{},7\n"),
        "Training report;;\n;;\nstep;loss;note\n" + lines("{};{};\n").replace(".", ","),
        '"Plot Title: Site 1"\n"#","Date Time","loss"\n'
        + lines("{0},01/0{0}/24 10:00:00 AM,{1}\n".replace("/0{0}", "/1{0}")),
        "step,loss\n,\n" + lines("{},{}\n"),
    ],
)
def test_one_command(text: str, tmp_path: Path) -> None:
    """The losses can then be read."""
    assert list(map(str, _LOSSES)) == [repr(float(cell)) for cell in led_on(text, tmp_path)]


@pytest.mark.parametrize(
    "text",
    [
        "step,loss\n" + lines("{},{}\n") + "Total,9\n",
        "step,loss\nTotal,9\n" + lines("{},{}\n"),
        "day,loss\n" + lines("2024-01-1{},{}\n") + "Average:,9\n",
        "Laps,loss\n" + lines("lap {},{}\n") + "Summary,9\n",
    ],
)
def test_rows_that_sum_up(text: str) -> None:
    """A row of sums is not averaged with the others; the condition in the error leaves it out."""
    typed = run(["--decay", "0.9", "-F", "csv"], text).err.partition("sums up the others; ")[2].split("'")
    outcome = csv_of(["-q", typed[0].strip(), typed[1]], text)
    assert list(map(str, _LOSSES)) == outcome.column("param")


@pytest.mark.parametrize(
    "text",
    [
        "shape: (4, 2)\n┌──────┬──────┐\n│ step ┆ loss │\n│ i64 ┆ f64 │\n╞══════╪══════╡\n" + lines("│ {} ┆ {} │\n"),
        '"TOA5","CR1","2"\n"TIMESTAMP","RECORD","loss","x"\n"TS","RN","V",""\n"","","Avg","Avg"\n'
        + lines('"2024-01-01 0{0}:00:00",{0},{1},7\n'),
        "      Iter  Train Loss  Remaining\n" + lines("{} {} 0s\n"),
        "┌───────┬────────┐\n│ step  │  loss  │\n│ int32 │ double │\n├───────┼────────┤\n"
        + lines("│ {} │ {} │\n")
        + "├───────┴────────┤\n│ 4 rows         │\n└────────────────┘\n",
        '"Dstat 0.7.4 CSV output"\n"Author:","D"\n"Host:","h",,,,"User:","u"\n\n"step","cpu",,\n"step","loss","a","b"\n'
        + lines("{},{},0,0\n"),
    ],
)
def test_two_commands(text: str, tmp_path: Path) -> None:
    """A second message leads on from the first."""
    assert list(map(str, _LOSSES)) == [repr(float(cell)) for cell in led_on(text, tmp_path, times=2)]


@pytest.mark.parametrize(
    "rows",
    [
        ['"Jan 03, 2024"', '"Jan 02, 2024"', '"Dec 31, 2023"'],
        ["3-Mai-24", "2-Mai-24", "30-Apr-24"],
        ["1/3/24", "1/2/24", "12/31/23"],
        ["01/02/2024 1:00 PM", "01/02/2024 11:00 AM", "01/02/2024 12:30 AM"],
        ['"Wed, 03 Jan 2024 10:00:00 GMT"', '"Tue, 02 Jan 2024 10:00:00 GMT"', '"Mon, 01 Jan 2024 10:00:00 GMT"'],
        ["2024-W03", "2024-W02", "2023-W50"],
        ["2024Q3", "2024Q2", "2023Q4"],
    ],
)
def test_newest_first(rows: list[str], tmp_path: Path) -> None:
    """Dates that run backwards, in any spelling, are noted with the command that reverses the file."""
    text = "when,loss\n" + "".join(f"{row},{loss}\n" for row, loss in zip(rows, (1, 2, 3), strict=True))
    assert ["3", "2", "1"] == led_on(text, tmp_path)
    without = text.partition("\n")[2]
    assert ["3", "2", "1"] == led_on(without, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        '[{"date": "2024-01-03", "x": 1}, {"date": "2024-01-02", "x": 2}, {"date": "2024-01-01", "x": 3}]',
        '{"date": "2024-01-03", "x": 1}\n{"date": "2024-01-02", "x": 2}\n{"date": "2024-01-01", "x": 3}\n',
        '{"date": ["2024-01-03", "2024-01-02", "2024-01-01"], "x": [1, 2, 3], "name": "y"}',
        '{"a b": {"2024-01-03": {"x": "1"}, "2024-01-02": {"x": "2"}, "2024-01-01": {"x": "3"}}, "meta": {"s": "IBM"}}',
    ],
)
def test_newest_first_in_json(text: str, tmp_path: Path) -> None:
    """jq reverses records, and tac reverses lines."""
    assert ["3", "2", "1"] == led_on(text, tmp_path)


def test_several_logs_in_a_document(tmp_path: Path) -> None:
    """The command extracts one of them."""
    text = '{"prices": [[1, 5], [2, 6], [3, 7]], "volumes": [[1, 8], [2, 9], [3, 9]]}'
    assert ["5", "6", "7"] == led_on(text, tmp_path)


def test_thousands_that_may_be_decimals(tmp_path: Path) -> None:
    """The command removes commas within numbers, and leaves those between cells."""
    assert ["1200", "950", "1210"] == led_on('day,loss\n1,"1,200"\n3,950\n4,"1,210"\n', tmp_path)
    assert ["1200", "1210"] == led_on("day\tloss\n1\t1,200\n4\t1,210\n", tmp_path)
    assert "0,5 is read as 0.5" in csv_of("", "day;loss\n1;1,200\n4;1,210\n").err


def test_numbers_of_fortran_beside_one_another(tmp_path: Path) -> None:
    """Most cells of the line are numbers only once their letters are replaced."""
    assert ["2.5E+00", "2.1E+00"] == led_on(" 1  2.5D+00  3.5D+00\n 2  2.1D+00  3.1D+00\n", tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        # Reports and exports, each with its own command.
        "usr sys idl wai stl| read  loss\n" + lines(" {}   1  97   0   0|1240B  {}\n"),
        "[ ID] Interval  Transfer  Bitrate\n"
        + lines("[  5] {0}.0-9.0 sec  112 MBytes  {1} bits/sec  0\n")
        + "[  5] 0.0-9.0 sec  1.1 GBytes  9.5 bits/sec  sender\n",
        lines("[  5] {0}.0-9.0 sec  112 MBytes  9.5 bits/sec\n[SUM] {0}.0-9.0 sec  1 GBytes  {1} bits/sec\n"),
        lines("10:00:0{0} | time:{0}s total_exs:10{0} epochs:0.1\n  clen  loss  ppl\n   45  {1}  9.5\n\n"),
        "TABLE NO.     1: First Order\n ITERATION    loss   OBJ\n"
        + lines("  {}  {}  9.5\n")
        + "  -1000000000  9.5  9.5\n",
        '"report"\n"Iteration" "loss"\n("Iteration" "loss")\n' + lines("{} {}\n"),
        '<?xml version="1.0"?>\n<!DOCTYPE HealthData [\n]>\n<HealthData>\n<Record type="IdentifierRestingHeartRate" '
        'startDate="2023-01-01 10:00:00 +0100" value="9.5"/>\n'
        + lines('<Record type="IdentifierHeartRate" startDate="2023-01-01 10:00:0{} +0100" value="{}"/>\n'),
        # Tables with other lines around them.
        "Setting up run\nPer MPI rank memory = 3.2 Mbytes\nStep loss Temp\n"
        + lines("  {} {} 9.5\n")
        + "Loop time of 0.94 on 1 procs\n",
        "Report,,\n,,\nday,loss,cost\n" + lines("{},{},9.5\n") + ",,\nSource: x,,\n",
        "shealth.heart_rate,6310001,2\nsource,loss,at\n" + lines(",{1},2024-03-0{0},\n").replace("-00", "-07"),
        "Values,made,by,me\nwho,kind,at,loss,x\n" + lines("a,0,2024-03-07 10:0{}:00,{},9.5\n"),
        "Title,loss\nCDID,D7BT\nUnit,Index\n1988,9.5\n1988 Q1,9.5\n"
        + "".join(f"1988 {month},{loss}\n" for month, loss in zip(("JAN", "FEB", "MAR", "APR"), _LOSSES, strict=True)),
        '"";loss;flags\n"";"A rate (b) = c";\nUnit;dollars;\nDimension;one;\nAt;03.03.2023 15:57:42;\n'
        + lines("2024-03-0{};{};\n").replace("-00", "-07"),
        "      Iter       Train loss   Time left \n" + lines("{:10d} {:>16} {:>15}\n").replace("\n", "9.5s\n")
        if 0
        else "      Iter       loss   Time left \n" + lines("{:10d} {:>10}       9.5s\n"),
        # Lines of a text log.
        lines("[{0}]\tvalid's l2: {1}\n") + "Early stopping, best iteration is:\n[1]\tvalid's l2: 2.25\n",
        "running\nsteps:   0%|   | 0/9 [00:00<?, ?it/s]"
        + lines("\rsteps:   1%|  | {}/9 [00:01<00:02, 1.2s/it, avr_loss={}]"),
        lines("Region 82 Avg IOU: {1}, Class: 0.5\nRegion 94 Avg IOU: 0.9, Class: 0.5\nRegion 106 Avg IOU: -nan\n"),
        "".join(f"parameter: layer {number} weight\n" for number in range(700)) + lines("Epoch: {} loss: {}\n"),
        "Linux 5.4 (host) 01/01/2023 (4 CPU)\n"
        + lines("\n10:00:0{0} AM CPU loss %idle %irq\n10:00:0{0} AM all {1} 90 0.5\n")
        + "Average: all 9.5 90 0.5\n",
        "Linux 5.4 (host) 01/01/2023\n\n10:00:00 CPU loss\n" + lines("10:00:0{} all {}\n"),
        "       total  used  free\n".join(["", *lines("Mem: 9 {1} 7\n").splitlines(keepends=True)]),
        '{"meta": {"a": "b"}, "timestamp": [1, 2, 3, 4], "in": {"quote": [{"loss": [2.5, 2.25, 2.125, 2.0625]}], '
        '"adj": [{"x": [1, 2, 3, 4]}]}}',
        # Numbers with thin spaces, lists in records.
        "month;loss\n" + lines("0{}/2023;1\u202f00{} €\n"),
        '{"loss": [2.5, 2.25], "timestamps": [0, 1]}\n{"loss": [2.125, 2.0625], "timestamps": [2, 3]}\n',
    ],
)
def test_reports(text: str, tmp_path: Path) -> None:
    """The command finds the values of one series, and no others."""
    found = [float(cell.replace("\u202f", "").replace(",", ".")) % 1000 for cell in led_on(text, tmp_path)]
    assert found == _LOSSES


def test_odd_rows_within_a_table_below(tmp_path: Path) -> None:
    """The first command reads the table to its end; the second leaves the odd rows out."""
    text = "Report,,\n,,\nday,loss,cost\n0,2.5,9.5\n1,2.25,9.5\n,,\n2,2.125,9.5\n3,2.0625,9.5\n"
    assert list(map(str, _LOSSES)) == led_on(text, tmp_path, times=2)
