"""Columns that their names exclude as params: the step, clocks, speeds, extremes, and ema-calc's own output."""

from __future__ import annotations

import pytest

from ema_cli.report.column_specs import COLUMNS
from tests.harness import csv_of, run


def params(columns: str) -> str:
    """The params of a file with these columns, all numeric."""
    row = ",".join(map(str, range(1 + columns.count(","))))
    outcome = csv_of("", f"{columns}\n{row}\n")
    names = outcome.out.partition(",decay,")[0].removeprefix("step,")
    return names if names != "param" else outcome.err.partition("param from '")[2].partition("'")[0]


CLOCKS = "wall time,wall_time,walltime,timestamp,_timestamp,_runtime,time,datetime,date"


@pytest.mark.parametrize(
    "name",
    [
        *CLOCKS.split(","),
        *("Wall time", "DATE", "eval_runtime", "train_samples_per_second", "eval_steps_per_second", "total_flos"),
        *("loss__MIN", "loss__MAX", "epoch", "Epoch", "iteration", "trainer/global_step", "_step"),
        *("iter", "time/total_timesteps", "TimestepsSoFar", "steps", "epochs", "update", "run - _step", "time/fps"),
        *("kimg", "round", "images_seen", "i", "iteration_number", "minute", "millis", "train_wall"),
        *("Temps (s)", "wall-clock [s]", "uptime_s", "secs", "时间", "sim time", "delta_t", "level", "relativeCreated"),
        *("UsedTime[s]", "UNIT_MULT", "streams.socket", "streams.start", "sum.end", "timestamps", "Percentage served"),
        *("yyyy", "Hop", "code"),
        *("elapsed_time", "eta_seconds", "memory(GiB)", "gpu_mem", "pid", "seed", "STATION_ID", "tokens/s", "t", "run"),
        *(
            "it/s",
            "samples/s",
            "time/step/s",
            "img/s",
            "t/s",
            "RDTSC",
            "train_size",
            "reps",
            "responseCode",
            "股票代码",
        ),
        *(
            "ItrTime",
            "TotalEnvTime",
            "VRAM_MiB",
            "location",
            "<PER>",
            "scan",
            "epoch_time_s",
            "epoch_idx",
            "n_iter",
            "ms",
        ),
    ],
)
def test_names_of_no_param(name: str) -> None:
    """Names about when, how fast or how far are not averaged, in upper or lower case."""
    assert "loss" == params(f"step,{name},loss")


@pytest.mark.parametrize(
    "name",
    [
        "times",
        "val_time",
        "updated",
        "runtimes",
        "stepwise",
        "loss__MINI",
        "rung",
        "rkB/s",
        "w/s",
        "bits_per_second",
        "hits/s",
        "wind m/s",
        "live threads",
    ],
)
def test_names_of_params(name: str) -> None:
    """A name that only begins or ends like one of those is a param."""
    assert f"{name},loss" == params(f"step,{name},loss")


@pytest.mark.parametrize("name", sorted(COLUMNS.keys() - {"step", "param"}))
@pytest.mark.parametrize("form", ["{}", "w1.{}", "{}[0.9 float32]", "w1.{}[0.9]", "layers[0].{}[0.9]"])
def test_columns_that_were_computed(name: str, form: str) -> None:
    """Output of ema-calc can be read again with the same params, whatever columns are beside them."""
    assert "w1,loss" == params(f"step,w1,{form.format(name)},loss,b1.shadow,b1.decay")


@pytest.mark.parametrize(
    "name", sorted(COLUMNS.keys() - {"step", "param", "decay", "shadow", "time", "elapsed", "round"})
)
def test_the_same_names_in_a_log_of_something_else(name: str) -> None:
    """Unless a decay stands beside a shadow, such a column is a param, except for clocks and counts."""
    assert f"loss,{name}" == params(f"step,loss,{name}")


@pytest.mark.parametrize(
    ("columns", "another"),
    [("step,time,loss,mean", ""), ("step,time,loss,decay,mean", "decay")],
)
def test_what_may_be_averaged_instead(columns: str, another: str) -> None:
    """Of the columns left out, a note offers one with the name of a computed column, but never a clock."""
    told = run("--decay 0.99 --check mean -F csv", f"{columns}\n{'0,1,2,3,4'[: 2 * columns.count(',') + 1]}\n").err
    assert another == told.partition("; --param-column '")[2].partition("' takes another")[0]


@pytest.mark.parametrize("name", ["S. No.", "Record", "n", "Serial No", "line_number", "trial"])
def test_numbers_of_rows(name: str) -> None:
    """A column that numbers the rows is not averaged beside the loss."""
    outcome = csv_of("", f"{name},loss\n1,2.5\n2,2.25\n3,2.125\n")
    assert ["2.5", "2.25", "2.125"] == outcome.column("param")
