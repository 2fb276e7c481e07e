"""Logs of training tools are read as they are, and a note names the choice."""

from __future__ import annotations

import json

import pytest

from ema_cli.reading.batch import Batch
from ema_cli.reading.cells import Reading
from ema_cli.reading.inline import piece
from ema_cli.reading.rebatch import until_points_differ
from tests.harness import column, csv_of, run

TENSORBOARD = "Wall time,Step,Value\n1654943296.2,0,59.31\n1654943313.7,1,64.78\n1654943332.3,2,70.03\n"
WANDB = (
    '"{step}","run 1.5 - train/loss","run 1.5 - train/loss__MIN","run 1.5 - train/loss__MAX","b - loss",'
    '"b - loss__MIN","b - loss__MAX"\n"0","2.5","2.5","2.5","4","4","4"\n"10","1.5","1.5","1.5","","",""\n'
)
LIGHTNING = "epoch,step,train_loss,val_loss\n0,49,0.5,\n0,68,,0.25\n1,99,0.125,\n"
REWRITTEN = "epoch,step,train_loss\n0,49,0.5\n0,99,0.25\nepoch,step,train_loss,val_loss\n1,149,0.125,\n1,150,,8\n"
TRAINER = {
    "epoch": 2.0,
    "log_history": [
        {"epoch": 0.5, "loss": 2.0, "learning_rate": 1e-4, "step": 100},
        {"epoch": 1.0, "eval_loss": 1.5, "eval_runtime": 5.7, "eval_samples_per_second": 70.2, "step": 200},
        {"epoch": 1.5, "loss": 1.0, "learning_rate": 5e-5, "step": 300},
        {"epoch": 2.0, "train_runtime": 99.0, "total_flos": 1e15, "train_loss": 1.5, "step": 400},
    ],
    "max_steps": 400,
}


def test_tensorboard():
    """TensorBoard's CSV has Step and Value; the clock is not a param."""
    result = run(["--decay", "0.9", "-F", "csv"], TENSORBOARD)
    assert result.out.splitlines()[:2] == ["step,param,decay,shadow", "0,59.31,0.1,53.379000000000005"]
    assert "step from 'Step', param from 'Value'; left out: 'Wall time'" in result.err


@pytest.mark.parametrize("step", ["Step", "epoch_id", "evaluations", "ray/tune/info/num_steps_sampled"])
def test_wandb(step):
    """In a W&B chart, the first column is the step, whatever its name; the extremes are not params."""
    result = run(["--decay", "0.5", "--missing", "skip", "-F", "csv"], WANDB.format(step=step))
    assert result.out.splitlines()[0].startswith("step,run 1.5 - train/loss,b - loss,")
    assert [line.split(",")[0] for line in result.out.splitlines()[1:]] == ["0", "10"]
    assert f"is a chart of Weights & Biases: step from '{step}'" in result.err


def test_wandb_step_chosen():
    """The options take precedence over what was recognized."""
    text = '"evaluations","loss","loss__MIN","loss__MAX","n"\n"0","2","2","2","7"\n'
    chosen = ("--step-column", "n", "--param-column", "loss__MAX")
    assert column("step", "--decay", "0.5", *chosen, stdin=text) == ["7"]


def test_lightning_error_names_the_option():
    """A sparse log is an error, and the option in it makes it work."""
    result = run(["--decay", "0.9"], LIGHTNING)
    assert result.code == 1
    assert "ema-calc: error: <stdin>:2: column 'val_loss' is empty; --missing skip" in result.err


def test_lightning():
    """With --missing skip, each metric is averaged over its own rows: a skipped cell is not a round."""
    args = ("--rule", "torch-ema:decay=0.9", "--missing", "skip")
    apart = column("train_loss.decay", *args, stdin=LIGHTNING)
    alone = column("decay", *args, "--param-column", "train_loss", stdin=LIGHTNING)
    assert apart == [alone[0], "", alone[1]]


def test_header_rewritten():
    """Below a header that a logger wrote again, columns are found by name; new ones are noted."""
    result = run(["--decay", "0.5", "--missing", "skip", "-F", "csv", "-c", "step,param"], REWRITTEN)
    assert result.out.splitlines() == ["step,param", "49,0.5", "99,0.25", "149,0.125"]
    assert "<stdin>:4: a new header adds 'val_loss': left out; tail -n +4 FILE | ema-calc reads" in result.err


def test_column_of_no_header():
    """A column that no header has is an error, like a misspelt one."""
    result = run(["--decay", "0.5", "--missing", "skip", "--param-column", "val_los"], REWRITTEN)
    assert result.code == 1
    assert "no column 'val_los' for --param-column; the columns are 'epoch', 'step'" in result.err


def test_header_that_loses_the_step():
    """A new header without the step is an error."""
    result = run(["--decay", "0.5"], "step,loss\n0,1\nloss,other\n3,4\n")
    assert result.code == 1
    assert "<stdin>:3: a new header without the column 'step'" in result.err


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", " "])
def test_keras(mark):
    """Keras's CSVLogger is read with any separator; NA is a missing value."""
    text = "epoch,loss,val_loss\n0,1.5,NA\n1,0.5,2\n".replace(",", mark)
    result = run(["--decay", "0.5", "--missing", "skip", "-F", "csv", "-c", "step,param"], text)
    assert result.out.splitlines() == ["step,loss,val_loss", "0,1.5,NA", "1,0.5,2"]


def test_mlflow():
    """MLflow's metric file has no header, but a time, the value and the step."""
    text = "1595270400000 0.5 0\n1595270401000 0.25 10\n"
    result = run(["--decay", "0.5", "-F", "csv", "-c", "step,param"], text)
    assert result.out.splitlines() == ["step,param", "0,0.5", "10,0.25"]
    assert "is a metric of MLflow: step from column 3, param from column 2" in result.err


def test_mlflow_whose_first_value_is_none():
    """A metric may begin with a missing value."""
    text = "1595270400000 nan 0\n1595270401000 0.25 10\n"
    assert column("step", "--decay", "0.5", "--missing", "skip", stdin=text) == ["10"]


def test_mlflow_without_steps():
    """The old form has only a time and a value."""
    result = run(["--decay", "0.5", "-F", "csv", "-c", "step,param"], "1595270400000 0.5\n1595270401000 0.25\n")
    assert result.out.splitlines() == ["step,param", ",0.5", ",0.25"]
    assert "is a metric of MLflow: no step, param from column 2; left out: column 1" in result.err


def test_numbers_between_spaces():
    """Columns of numbers are aligned with any number of spaces."""
    assert column("step", "--decay", "0.5", stdin="  0   1.5\n 10  -2.5\n") == ["0", "10"]


@pytest.mark.parametrize("indent", [None, 2])
def test_trainer_state(indent):
    """The state of Hugging Face's trainer is one document, in one line or many."""
    text = json.dumps(TRAINER, indent=indent)
    assert column("step", "--decay", "0.5", "--param-column", "loss", stdin=text) == ["100", "300"]
    every = run(["--decay", "0.5", "--missing", "skip", "-F", "csv"], text)
    assert every.out.startswith("step,loss,learning_rate,eval_loss,train_loss,")
    assert "left out: 'epoch', 'eval_runtime', 'eval_samples_per_second', 'train_runtime', 'total_flos'" in every.err


def test_trainer_state_error_lists_the_metrics():
    """Records of different metrics are ambiguous: the error lists the metrics and the options at once."""
    result = run(["--decay", "0.5"], json.dumps(TRAINER, indent=1))
    assert result.code == 1
    assert "--param-column loss reads one" in result.err
    assert "--missing skip reads all; the metrics are 'loss', 'learning_rate', 'eval_loss', 'train_loss'" in result.err


def test_json_list():
    """Many tools save a list of records."""
    text = '[\n {"step": 1, "loss": 2},\n {"step": 2, "loss": 3}\n]\n'
    assert column("step", "--decay", "0.5", stdin=text) == ["1", "2"]


def test_own_json():
    """JSON that ema-calc wrote can be read again."""
    written = run(["--decay", "0.5", "-F", "json", "0:1", "1:2"]).out
    assert column("param", "--decay", "0.5", stdin=written) == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{\n"a": 1,\n"b" 2}', "<stdin>:3: this is not JSON"),
        (
            '{\n"loss": [1, 2], "acc": [3, 4, 5]}',
            "<stdin>: 2 logs in one JSON document, 'loss', 'acc'; jq '.loss' FILE | ema-calc reads one",
        ),
        ('[\n{"loss": 1}, 3]', "<stdin>: no log was found in this JSON document; give a list of records"),
        ('{\n"loss": 1, "acc": 3}', "<stdin>: one record of results, not a series"),
        ('{"log_history": [\n{"loss": 1, "loss": 2}]}', "<stdin>: key 'loss' appears twice"),
        ('{"log_history": [\n]}', "no update in <stdin>"),
        ("[" * 200_000, "<stdin>: the JSON is nested too deeply"),
    ],
)
def test_broken_documents(text, message):
    """A document that is not a log is an error that says so."""
    result = run(["--decay", "0.5"], text)
    assert result.code == 1
    assert message in result.err


def test_json_lines_of_mixed_keys():
    """Records of other metrics are not updates, and are noted once."""
    text = '{"_step": 0, "loss": 1}\n{"_step": 0, "eval_loss": 3}\n{"_step": 1, "loss": 2}\n{"_step": 1, "acc": 2}\n'
    result = run(["--decay", "0.5", "-F", "csv", "-c", "step,param"], text)
    assert result.out.splitlines() == ["step,param", "0,1", "1,2"]
    assert "only other records have 'eval_loss', 'acc': --missing skip reads them" in result.err


_DECAY = ("--decay", "0.9")


def test_tensorboard_rule_on_equal_points():
    """TensorBoard's page leaves points that are all equal unchanged, which is known only at the end."""
    args = ("--rule", "tensorboard:smoothingWeight=0.6")
    assert column("shadow", *args, "0:0.1x5", "5:0.1") == ["0.1"] * 6
    last, expected = 0.0, []
    for k, y in enumerate([0.1] * 5 + [2.0], 1):
        last = last * 0.6 + (1 - 0.6) * y
        expected.append(last / (1 - 0.6**k))
    assert expected[0] != 0.1
    assert column("shadow", *args, "0:0.1x5", "5:2") == list(map(repr, expected))


def test_tensorboard_rule_on_several_params():
    """One param's points may be equal while another's differ."""
    shadows = column("param1.shadow", "--rule", "tensorboard:smoothingWeight=0.6", "0:0.1,1x5", "5:0.1,2")
    assert shadows == ["0.1"] * 6


def test_tensorboard_rule_on_parts(tmp_path):
    """Looking ahead keeps all that is shown with an update, wherever it came from."""
    path = tmp_path / "a.csv"
    path.write_text("step,param,tag\n0,0.1,x\n1,0.1,y\n")
    args = ("--rule", "tensorboard:smoothingWeight=0.6", "--keep", str(path), "2:0.1", ":2", "3:1")
    shown = [column(name, *args) for name in ("step", "param", "tag")]
    assert shown == [["0", "1", "2", "", "3"], ["0.1", "0.1", "0.1", "2", "1"], ["x", "y", "", "", ""]]


def test_tensorboard_rule_on_params_that_change_at_different_times(tmp_path):
    """Points in parts have the shadows that they have in one file, whichever param changes first."""
    path = tmp_path / "points.csv"
    path.write_text("step,w1,w2\n" + "".join(f"{step},0.1,1\n" for step in range(5)) + "5,0.1,2\n6,0.3,2\n")
    args = ("-c", "shadow", "--rule", "tensorboard:smoothingWeight=0.6")
    parts = run(["-F", "csv", *args, "--name", "w1,w2", "0:0.1,1x5", "5:0.1,2", "6:0.3,2"])
    assert parts.out == run(["-F", "csv", *args, str(path)]).out
    assert not parts.out.splitlines()[1].startswith("0.1,")


def test_a_rule_beside_tensorboards_has_the_steps_that_there_are():
    """If some updates that are looked ahead for have no step, the others keep theirs."""
    script = ("0:0.1", ":0.1", "2:5")
    beside = column(
        "decay[warmup 0.9]", "--rule", "tensorboard:smoothingWeight=0.6", "--rule", "warmup", *_DECAY, *script
    )
    assert beside == column("decay", "--rule", "warmup", *_DECAY, *script) == ["0.1", "0.9", "0.25"]


def test_place_of_a_value_that_was_looked_ahead_for(tmp_path):
    """An error about an update that waited for others names its place in its own file."""
    path = tmp_path / "a.csv"
    path.write_text("param\n0.1\nnan\n5\n")
    args = ("--rule", "tensorboard:smoothingWeight=0.5", "--dtype", "exact", "--missing", "rule")
    assert f"{path}:3: exact arithmetic can't hold 'nan'" in run([*args, ":0.1x3", str(path)]).err


@pytest.mark.parametrize("more", ["exact", "error-ulps"])
def test_tensorboard_rule_beside_exact_values(more):
    """Derived columns do not change how far a rule looks ahead."""
    args = ("--rule", "tensorboard:smoothingWeight=0.7", "0:0.1x100", "1:0.3")
    alone = column("shadow", *args)
    assert alone == column("shadow", *args, "-c", f"shadow,{more}")
    assert set(alone[:20]) != {"0.1"}


def test_tensorboard_rule_looks_ahead_in_its_type(tmp_path):
    """Points that differ in float64 may be equal in a shorter type: the rule waits until they differ there, too."""
    paths = []
    for number, value in enumerate(["0.1", "0.1000001", "3", "0.1"]):
        paths.append(tmp_path / f"{number}.csv")
        paths[-1].write_text(f"param\n{value}\n")
    args = ("--rule", "tensorboard:smoothingWeight=0.7", "--dtype", "float16")
    assert column("shadow", *args, *map(str, paths)) == column("shadow", *args, ":0.1", ":0.1000001", ":3", ":0.1")
    (tmp_path / "whole.csv").write_text("param\n0.1\n0.1000001\n3\n0.1\n")
    assert column("shadow", *args, *map(str, paths)) == column("shadow", *args, str(tmp_path / "whole.csv"))


def test_tensorboard_rule_on_a_pipe_that_pauses():
    """Silence on a pipe is not an update, and rows that are looked ahead for are waited for."""
    points = [one for text in ("0:1", "1:1", "2:3", "3:4") for one in piece(text, Reading()).batches()]
    paused = iter([None, points[0], None, points[1], None, points[2], None, points[3]])
    found = list(until_points_differ(paused, [float]))
    assert [batch and batch.steps for batch in found] == [[0, 1, 2], None, [3]]
    two = Batch([0, 1], None, [["1", "3"]], [[1.0, 3.0]], [], str)
    assert list(until_points_differ(iter([two, points[3]]), [float])) == [two, points[3]]


def test_step_of_a_log_that_is_chosen_as_the_param():
    """A column that is usually the step may be averaged; then it is not the step."""
    text = '"epochs_done","a - loss","a - loss__MIN","a - loss__MAX"\n"3","1","1","1"\n"5","2","2","2"\n'
    assert column("step", "--decay", "0.5", stdin=text) == ["3", "5"]
    chosen = ("--decay", "0.5", "--param-column", "epochs_done")
    assert column("step", *chosen, stdin=text) == ["", ""]
    assert column("param", *chosen, stdin=text) == ["3", "5"]


# pandas 3.1.1: pandas.Series(PANDAS).ewm(alpha=0.25, ...).mean()
PANDAS = "param\nNaN\n1\n2\nNA\ninf\n4\n"


@pytest.mark.parametrize(
    ("ignored", "expected"),
    [
        (
            "false",
            ["", "1.0", "1.5714285714285714", "1.5714285714285714", "1.5714285714285714", "2.9685393258426966"],
        ),
        (
            "true",
            ["", "1.0", "1.5714285714285714", "1.5714285714285714", "1.5714285714285714", "2.6216216216216215"],
        ),
    ],
)
def test_pandas_missing_values(ignored, expected):
    """Missing values and infinities are handled as in ewm().mean()."""
    args = ("--rule", f"pandas:alpha=0.25,ignore_na={ignored}", "--missing", "rule")
    assert column("shadow", *args, stdin=PANDAS) == expected


@pytest.mark.parametrize("text", ["[{0}, {1}]", "[{0},\n{1}]", "[{0}\n,{1}\n]", "[\n{0}, {1}\n]\n", " [ {0}, {1}\n]"])
def test_json_list_however_it_is_broken_into_lines(text: str) -> None:
    """A list is a document even if its first line ends like a record."""
    data = text.format('{"step": 0, "loss": 1}', '{"step": 1, "loss": 2}')
    assert [("0", "1"), ("1", "2")] == [(row["step"], row["param"]) for row in csv_of("-q", data).rows]


def test_jmeter() -> None:
    """The elapsed time of a sample is what it measures; samples are stamped with their start, so out of order."""
    log = (
        "timeStamp,elapsed,label,bytes,Latency\n1741604291579,454,Home,1601,447\n1741604291269,764,Login,1601,757\n"
        "1741604292075,194,Home,1601,194\n1741604292574,178,Login,1601,178\n"
    )
    outcome = csv_of("", log)
    assert ["454", "764", "194", "178"] == outcome.column("param")
    assert "is a log of JMeter: no step, param from 'elapsed'" in outcome.err
    assert "--by 'label' separates them" in outcome.err


def test_milliseconds_in_other_languages() -> None:
    """A time with a unit is a clock in Spanish, too."""
    assert ["1645", "1675"] == csv_of("", "tiempo_ms,adc\n246100,1645\n246200,1675\n").column("param")


def test_rates() -> None:
    """Rates of training are left out, whatever the word for a second; other rates are measurements."""
    outcome = csv_of("", "timeStamp,Requests/s,tokens_per_second,batches/s\n9,0.5,3,4\n8,0.25,3,4\n7,0.5,3,4\n")
    assert ["0.5", "0.25", "0.5"] == outcome.column("param")
