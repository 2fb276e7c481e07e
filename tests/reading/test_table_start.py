"""The beginnings of tables: row names, trailing delimiters, bars, titles; and text logs, which are not tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.harness import csv_of, error_of, run, shell

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "text",
    [
        '"","step","loss"\n"1",0,1\n"2",5,2\n',
        ",step,loss\n0,0,1\n1,5,2\n",
        '"step" "loss"\n"1" 0 1\n"2" 5 2\n',
        "step loss\nrow-1 0 1\nrow-2 5 2\n",
        "step\tloss\n1\t0\t1\n2\t5\t2\n",
        "step,loss,,\n0,1,,\n5,2,,\n",
        "step,loss,\n0,1\n5,2\n",
        "step,loss\n0,1,\n5,2,\n",
        "| step | loss |\n|------|-----:|\n| 0 | 1 |\n| 5 | 2 |\n",
        "| step | loss |\n---------------\n| 0 | 1 |\n| 5 | 2 |\n",
        "Unnamed: 0,step,loss\n0,0,1\n1,5,2\n",
    ],
)
def test_tables_with_more_than_their_columns(text: str) -> None:
    """Names and numbers of rows are not params, and empty columns are ignored."""
    outcome = csv_of("-q", text)
    assert (["0", "5"], ["1", "2"]) == (outcome.column("step"), outcome.column("param"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "EPOCH\tLOSS\n1\t0.5\t3\n2\t0.25\t4\n",
            ":2: 3 cells, but the header has 2; tail -n +2 FILE | ema-calc reads the rows without the header",
        ),
        (
            "Results\nrpm,500,1000\na,1.5,2.5\n",
            ":2: 3 cells, but the header has 1; tail -n +2 FILE | ema-calc reads the rows without the header",
        ),
        ("step,loss\n0,5,3\n1,25,4\n", ":2: 3 cells, but the header has 2"),
    ],
)
def test_rows_wider_than_their_header(text: str, message: str) -> None:
    """A name is missing somewhere, not before a step, and decimal commas may have made cells."""
    assert error_of("--decay 0.9", text).endswith(message)


def test_a_cell_that_is_empty_is_no_beginning() -> None:
    """Tabs separate cells, so a row with an empty cell is as wide as the others."""
    text = "a\tb\tc\n4\t\t-1\n22\t-448\t-81\n65\t73\tNA\n7\t10\t1\n"
    assert "column 'b' is empty; --missing skip leaves such rows out" in error_of("-q --decay 0.9", text)


def test_a_value_below_no_name() -> None:
    """A column without a name and values may not get values later."""
    text = "step,loss,\n0,1,\n" + "1,2,\n" * 1300 + "2,3,7\n"
    assert "<stdin>:1303: '7' is in column 3, which has no name" in run("--decay 0.9 -q -F csv", text).err


@pytest.mark.parametrize(
    ("text", "steps", "params"),
    [
        ("iter 0: loss 10.5, time 3ms\niter 10: loss 9.5, time 4ms\n", ["0", "10"], ["10.5", "9.5"]),
        ("starting up now\n| loss | 1.5 |\n| lr | 2.5 |\nsaving the model\n| loss | 2.5 |\n", ["", ""], ["1.5", "2.5"]),
        (
            '2024 | INFO | train | {"epoch": 3, "loss": "1.5"}\n2024 | INFO | train | {"epoch": 4, "loss": "2"}\n',
            ["3", "4"],
            ["1.5", "2"],
        ),
        ("[0]\ttrain-rmse:1.5\n[1]\ttrain-rmse:2.5\n", ["0", "1"], ["1.5", "2.5"]),
        ("[INFO] train/loss: 1.5 of a run\n[INFO] train/loss: 2.5 of a run\n", ["", ""], ["1.5", "2.5"]),
        ("INFO:Epoch[1] metric 'loss'=1.5\nINFO:Epoch[2] metric 'loss'=2.5\n", ["1", "2"], ["1.5", "2.5"]),
        ("Epoch 1 took 9.5s\n  loss:\t\t1.5\nEpoch 2 took 9.25s\n  loss:\t\t2.5\n", ["", ""], ["1.5", "2.5"]),
        ("step 1 Array(1.5, dtype=float32)\nstep 2 Array(2.5, dtype=float32)\n", ["1", "2"], ["1.5", "2.5"]),
        ("Épo 1 loss: tensor(1.5, grad=<A>)\nÉpo 2 loss: tensor(2.5, grad=<A>)\n", ["", ""], ["1.5", "2.5"]),
        ("Époque 1 - perte : 1,5 - gain : 0,25\nÉpoque 2 - perte : 2,5 - gain : 0,5\n", ["1", "2"], ["1.5", "2.5"]),
        ("batch 1, loss[a_loss=9.5, loss=1.5]\nbatch 2, loss[a_loss=9.5, loss=2.5]\n", ["1", "2"], ["1.5", "2.5"]),
        ("Batch [0] Speed: 9.5 x/s loss_a=1.5\nBatch [9] Speed: 9.25 x/s loss_a=2.5\n", ["0", "9"], ["1.5", "2.5"]),
        ("Step 1,000 | bytes 524,288 | loss 1.5\nStep 2,000 | bytes 1,048,576 | loss 2.5\n", ["", ""], ["1.5", "2.5"]),
        ("[train] it 1, loss 1.5\n[val] it 1, loss 9.5\n[train] it 2, loss 2.5\n", ["1", "2"], ["1.5", "2.5"]),
        (
            "it 1 loss 1.5\nit 2 loss 2.5, val loss 9\nit 3 loss 3.5, val loss 9\n",
            ["1", "2", "3"],
            ["1.5", "2.5", "3.5"],
        ),
        ("it 10 loss 1.5\nit 20 loss 2.5, val loss 9\n", ["10", "20"], ["1.5", "2.5"]),
        (
            "5.3.2024;Iteration 1;Fehler 1,5;Rate 0,1\n5.3.2024;Iteration 2;Fehler 2,5;Rate 0,1\n",
            ["1", "2"],
            ["1.5", "2.5"],
        ),
        ("100: loss=1.5 val_loss=9\n200: loss=2.5 val_loss=8\n", ["100", "200"], ["1.5", "2.5"]),
        ("STEP: 1\nloss: 1.5\ntest loss: 9\nSTEP: 2\nloss: 2.5\ntest loss: 8\n", ["", ""], ["1.5", "2.5"]),
        ("Episode * 1 * Reward is ==> 1.5\nEpisode * 2 * Reward is ==> 2.5\n", ["", ""], ["1.5", "2.5"]),
        ("it 0 loss 1.5\nit 9 loss 2.5\n" * 2, ["0", "9"] * 2, ["1.5", "2.5"] * 2),
        ("   1 train loss: 1.5\n   2 train loss: 2.5\n", ["1", "2"], ["1.5", "2.5"]),
        # The batches of an epoch start again: no number in the line is a step.
        (
            "at epoch 1 | 1/ 2 | loss 1.5\n" * 2 + "at epoch 2 | 1/ 2 | loss 2.5\n",
            ["1", "1", "2"],
            ["1.5", "1.5", "2.5"],
        ),
        (
            "at epoch 1 | 1/ 2 | loss 1.5\nat epoch 1 | 2/ 2 | loss 2.5\nat epoch 2 | 1/ 2 | loss 3.5\n",
            ["", "", ""],
            ["1.5", "2.5", "3.5"],
        ),
        ("epoch 1-3, loss: 1.5\nepoch 1-6, loss: 2.5\nepoch 2-3, loss: 3.5\n", ["", "", ""], ["1.5", "2.5", "3.5"]),
        (
            "Epoch [1/9] Step [4/8] Loss: 1.5\nEpoch [1/9] Step [8/8] Loss: 2.5\nEpoch [2/9] Step [4/8] Loss: 3.5\n",
            ["", "", ""],
            ["1.5", "2.5", "3.5"],
        ),
        ("at batch 10/ 99 of it: loss 1.5\nat batch 20/ 99 of it: loss 2.5\n", ["10", "20"], ["1.5", "2.5"]),
        # Several series take turns.
        (
            "CG: for Ux, residual = 1.5, n 2\nMG: for p, residual = 9.5, n 4\n"
            "CG: for Ux, residual = 2.5, n 2\nMG: for p, residual = 9.25, n 4\n",
            ["", ""],
            ["1.5", "2.5"],
        ),
        (
            "red: step: 5. reward: 1.5. on\nblue: step: 5. reward: 9.5. on\n"
            "red: step: 6. reward: 2.5. on\nblue: step: 6. reward: 9.25. on\n",
            ["5", "6"],
            ["1.5", "2.5"],
        ),
        (
            "Epoch 1/2\n 1/32 [>...] - ETA: 0s - loss: 9.5\n32/32 [====] - 2s 2ms/step - loss: 1.5\n"
            "Epoch 2/2\n 1/32 [>...] - ETA: 0s - loss: 9.5\n32/32 [====] - 2s 2ms/step - loss: 2.5\n",
            ["", ""],
            ["1.5", "2.5"],
        ),
        (
            "in 0-1 sec 1.5 MB it is\nin 1-2 sec 2.5 MB it is\nin 0-2 sec 9.5 MB the sender\n",
            ["", ""],
            ["1.5", "2.5"],
        ),
        # The number that is a param.
        ("tick 1 ms/tick 31 mean 1.5\ntick 2 ms/tick 30 mean 2.5\n", ["1", "2"], ["1.5", "2.5"]),
        ("iter 1 ethr = 0.1, energy = 1.5\niter 2 ethr = 0.01, energy = 2.5\n", ["1", "2"], ["1.5", "2.5"]),
        ("Episode 1, score: 12, epsilon: 0.9\nEpisode 2, score: 7, epsilon: 0.8\n", ["1", "2"], ["12", "7"]),
        ("from A: icmp_seq=1 ttl=9 time=1.5 ms\nfrom B: icmp_seq=2 ttl=8 time=2.5 ms\n", ["1", "2"], ["1.5", "2.5"]),
        (
            "depth 1 deepest 5 score 25 pv e2\ndepth 2 deepest 6 score 19 pv e2\ndepth 3 deepest 6 score 22 pv e2\n",
            ["1", "2", "3"],
            ["25", "19", "22"],
        ),
        ("at: 1.5 s, lat 1.5 ms stddev 0.5\nat: 2.5 s, lat 2.5 ms stddev 0.75\nstddev = 9\n", ["", ""], ["1.5", "2.5"]),
        ("<10> LL/token: -1.5\n<20> LL/token: -2.5\n", ["10", "20"], ["-1.5", "-2.5"]),
        ("12:00 sum 1.5\n13:00 sum 2.5\nAverage: sum 2\n", ["", ""], ["1.5", "2.5"]),
        (
            "[50] train's auc: 1.5 of it\n[100] train's auc: 2.5 of it\nthe best:\n[72] train's auc: 2.25 of it\n",
            ["50", "100", "72"],
            ["1.5", "2.5", "2.25"],
        ),
        # Comments, exponents of Fortran, tuples.
        ("# Epoch 1/9, loss: 1.5\n# Epoch 2/9, loss: 2.5\n", ["1", "2"], ["1.5", "2.5"]),
        (
            "At iterate 0 f= 1.5D+00 |g|= 9.D+00\nAt iterate 5 f= 2.5D+00 |g|= 9.D+00\n",
            ["0", "5"],
            ["1.5e+00", "2.5e+00"],
        ),
        ("Generation 1: Best = (1.5,)\nGeneration 2: Best = (2.5,)\n", ["1", "2"], ["1.5", "2.5"]),
        ("epoch 1: loss 1.5 so\nepoch 2: loss 2.5 so\nEPOCH 2 done: loss 9.5 so\n", ["1", "2"], ["1.5", "2.5"]),
        (
            "Iteration: \t 1\nLoss: \t 1.5\nTime\t 9 s\n----\nIteration: \t 2\nLoss: \t 2.5\nTime\t 9 s\n",
            ["", ""],
            ["1.5", "2.5"],
        ),
        # Quotes around names and numbers.
        (
            "iter: 1, 'loss': '1.5', batch_cost: 9.5\niter: 2, 'loss': '2.5', batch_cost: 9.25\n",
            ["1", "2"],
            ["1.5", "2.5"],
        ),
        # Durations, extremes and sums beside the values.
        (
            "Epoch[1] Batch [10]\tSpeed: 9.5 a\taccuracy=1.5\nEpoch[1] Batch [20]\tSpeed: 9.5 a\taccuracy=2.5\n"
            "Epoch[1] Train-accuracy=9.5\nEpoch[1] Time cost=9.5\nEpoch[2] Train-accuracy=9\nEpoch[2] Time cost=9.25\n",
            ["10", "20"],
            ["1.5", "2.5"],
        ),
        (
            "it is: reward_max: 9.5 reward_mean: 1.5\nit is: reward_max: 9.25 reward_mean: 2.5\n",
            ["", ""],
            ["1.5", "2.5"],
        ),
        (
            "1epoch: train, it: loss=1.5\n1epoch: train, it: loss=2.5\n1epoch results: loss=9.5, best\n",
            ["", ""],
            ["1.5", "2.5"],
        ),
        (
            "epoch 1: 10 / 90 loss=1.5, num_updates=10\nepoch 1: 20 / 90 loss=2.5, num_updates=20\n"
            "epoch 1 | loss 9.5 | num_updates 20\n",
            ["10", "20"],
            ["1.5", "2.5"],
        ),
    ],
)
def test_text_logs(text: str, steps: list[str], params: list[str], tmp_path: Path) -> None:
    """The command in the error extracts the numbers of the log."""
    (tmp_path / "FILE").write_text(text)
    error = error_of("--decay 0.9", text)
    assert error.startswith("<stdin> is a text log, not a table; ")
    typed = error.partition("; ")[2].removesuffix(" extracts its numbers")
    outcome = shell(f"{typed} --decay 0.9 -F csv -q", tmp_path)
    assert (steps, params) == (outcome.column("step"), outcome.column("param")), outcome


@pytest.mark.parametrize(
    "text",
    [
        "step  train loss  f1\n----  ----------  --\n10    1.5         9\n20    2.5         9\n",
        "   step  train loss\n0    10         1.5\n1    20         2.5\n",
        "            step  train loss\n2024-01-01    10         1.5\n2024-01-02    20         2.5\n",
        "it is so\nstep  dev loss  train loss\n10    1.5       9.5\n20    2.5       9.5\n",
        "   N   E   d eps   rms\nDAV: 10  1.5  9.5\nDAV: 20  2.5  9.5\n",
        "  N  E  d eps  rms\nDAV: 1  9 9.5\n 10 F= 1.5 E0= 9\nDAV: 1  9 9.5\n 20 F= 2.5 E0= 9\n",
        " Epoch  mem  box\n  10/99  3.5G  1.5  640: 100% 9/9\n\n Epoch  mem  box\n  20/99  3.5G  2.5  640: 100% 9/9\n",
        "Region Avg IOU: 0.5, count: 9\n10: 1.5, 9.5 avg, 9 s\nRegion Avg IOU: 0.5, count: 9\n20: 2.5, 9.5 avg, 9 s\n",
        "it is compiled\n\nStep Train loss Test loss Test metric\n10 [1.5, 9.5] [9.5] []\n20 [2.5, 9.5] [9.5] []\n",
    ],
)
def test_tables_with_spaces_in_names(text: str, tmp_path: Path) -> None:
    """The command in the error keeps the columns apart."""
    (tmp_path / "FILE").write_text(text)
    typed = error_of("--decay 0.9", text).partition("; ")[2].removesuffix(" reads it")
    outcome = shell(f"{typed} --decay 0.9 -F csv -q", tmp_path)
    rows = [[cell for cell in line.split(",") if cell][:2] for line in outcome.out.splitlines()]
    assert rows[1:] == [["10", "1.5"], ["20", "2.5"]], outcome


@pytest.mark.parametrize(
    ("options", "columns"),
    [
        ("--check ema_loss", "step,param,decay,shadow,logged"),
        ("--check loss=ema_loss", "step,param,decay,shadow,logged"),
        ("--check acc", "step,param,decay,shadow,logged"),
        ("--param-column acc", "step,param,decay,shadow"),
        ("--param-column loss --param-column acc", "step,loss,acc,decay,loss.shadow,acc.shadow"),
    ],
)
def test_text_logs_with_columns_that_options_name(options: str, columns: str, tmp_path: Path) -> None:
    """The command uses these names for its columns, so that the options still work."""
    lines = [(0, 8, 0.5, 4), (1, 2, 0.5, 3), (2, 5, 0.5, 4)]
    text = "".join(f"10:00 iter {step}: loss {loss}.0, ema_loss {ema}.0, acc {acc}\n" for step, loss, acc, ema in lines)
    (tmp_path / "FILE").write_text(text)
    options = f"--decay 0.5 --rule fixed {options}"
    typed = error_of(options, text).partition("; ")[2].removesuffix(" extracts its numbers")
    outcome = shell(f"{typed} {options} -F csv", tmp_path)
    assert outcome.out.startswith(columns), outcome


def test_columns_that_no_line_of_a_text_log_has_together() -> None:
    """No command extracts both."""
    text = "10:00 iter {0}: loss {0}.5\n10:00 iter {0}: acc {0}.25 at test\n"
    error = error_of("--decay 0.5 --param-column loss --param-column acc", "".join(map(text.format, range(4))))
    assert error == "<stdin> is a text log, not a table; print its numbers as step,value lines first"


@pytest.mark.parametrize(("count", "order", "found"), [(8, 1, True), (8, -1, False), (10, 1, False)])
def test_many_columns_of_a_text_log(count: int, order: int, found: bool) -> None:
    """A command has no more groups than sed allows, in the order of the lines; that is decided at once."""
    names = [f"loss_{number}" for number in range(count)]
    lines = [f"10:00 iter {k}: " + ", ".join(f"{name} {k}.5" for name in names[:: order**k]) for k in range(500)]
    options = ["--decay", "0.5", *(word for name in names for word in ("--param-column", name))]
    error = error_of(options, "\n".join(lines))
    assert ("print its numbers as" not in error) == found, error


@pytest.mark.parametrize(
    "text",
    [
        "it is at work\nMap:   1%|#  | 3/9 [00:01<00:01]\rMap:   2%|## | 6/9 [00:02<00:01]\nit is done\n",
        "The cores are:\nCore 0:  +47.5 C now\nCore 1:  +46.5 C now\nCore 2:  +45.5 C now\n",
        "the set was loaded\nit has been split\nrows: 70\nit is trained\nand tested\nthen saved at last\nrows: 31\n",
    ],
)
def test_numbers_of_a_text_log_that_are_no_series(text: str) -> None:
    """Percentages of a progress bar, numbers of parts and counts here and there are not averaged."""
    assert "is a text log, not a table; print its numbers as step,value lines first" in error_of("--decay 0.9", text)


def test_comments_without_numbers() -> None:
    """A file of comments is not a text log."""
    assert "no update in <stdin>: it has only comments" in error_of("--decay 0.9", "# this is it\n# and this too\n")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        (
            "started\n" + "".join(f"\r{part}% |#| loss={part}.5" for part in range(3000)) + "\n",
            "tr '\\r' '\\n' < FILE | sed",
        ),
        ("".join(f"step {k}: loss {k}.5 took 3 s of it {'x' * 20000}\n" for k in range(500)), "sed -nE"),
    ],
    ids=["states", "letters"],
)
def test_long_lines(text: str, command: str) -> None:
    """A line with thousands of overwritten states, or words of thousands of letters, is recognized at once."""
    assert error_of("--decay 0.9", text).startswith(f"<stdin> is a text log, not a table; {command}")


def test_a_log_whose_loss_no_pattern_finds() -> None:
    """Another number is extracted."""
    lines = "".join(f"(loss {k}.5, acc 0.{k} at loss {k}ms of it\n" for k in range(4))
    assert "acc[ :=" in error_of("--decay 0.9", lines)


def test_numbers_of_rows_without_a_name() -> None:
    """Row numbers before the cells that the header names, as R writes them with commas, are not decimals."""
    text = '"when","loss"\n"1","2024-03-05",2.5\n"2","2024-03-06",2.25\n'
    assert ["2.5", "2.25"] == csv_of("-q", text).column("param")


def test_one_column_of_pandas() -> None:
    """A printed frame of one column has row numbers before its cells."""
    assert ["0.50", "1.25"] == csv_of("-q", "   loss\n0  0.50\n1  1.25\n").column("param")


def test_dates_with_a_comma_and_no_quotes() -> None:
    """They tear a row apart, so that its cells would be read under other names."""
    told = error_of("--decay 0.9", "when,use,more\nMar 1, 2024,2.5,\nMar 2, 2024,2.25,\n")
    assert "<stdin>:2: 4 cells, but the header has 3" in told
