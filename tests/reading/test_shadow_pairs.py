"""The param of a logged shadow: the column in the name of the shadow."""

from __future__ import annotations

import pytest

from ema_cli.reading.shadow_pairs import words
from tests.harness import run

LOSS_FIRST = "step,loss,{param},{shadow}\n0,9,1,0.9\n100,8,10,1.6445453\n"
LINE = ("--rule", "tensorflow", "--decay", "0.99", "-F", "csv")

SHADOWS = (
    "ema ewma ewm avg average averaged averaging shadow polyak swa smooth smoothed smoothing moving running exponential"
    " exp target teacher slow momentum"
).split()
PARAMS = ("param parameter raw value current source original model net network online student fast live batch").split()


def find(param: str, shadow: str) -> None:
    """Check that the shadow is compared with this param, which is not the first one, and that a note says so."""
    outcome = run([*LINE, "--check", shadow], LOSS_FIRST.format(param=param, shadow=shadow))
    assert (0, ["1", "10"]) == (outcome.code, outcome.column("param")), outcome.err
    assert param == "param" or f"param from '{param}'" in outcome.err


@pytest.mark.parametrize("word", SHADOWS)
def test_words_of_shadows(word: str) -> None:
    """Each of these words, before or after the name of a param, marks an average."""
    find("mean", f"{word}_mean")
    find("mean", f"mean/{word}")


@pytest.mark.parametrize("word", PARAMS)
def test_words_of_params(word: str) -> None:
    """Each of these words may stand beside the name of a param, or be the whole name."""
    find(f"{word}_mean", "ema_mean")
    find("mean", f"ema_{word}_mean")
    find(word, "ema")


@pytest.mark.parametrize("word", ["影子值", "影子", "滑动平均", "移动平均"])
def test_chinese_words_of_shadows(word: str) -> None:
    """Chinese words need no space between them."""
    find("权重", f"权重{word}")
    find("权重", f"{word}权重")
    find("参数", word)
    find("权重参数", f"权重{word}")


@pytest.mark.parametrize(
    ("param", "shadow"),
    [
        ("weight", "ema_weight"),
        ("weight", "weight_ema"),
        ("weight", "weight/ema"),
        ("weight", "shadow_weight"),
        ("weight", "avg_w"),
        ("w", "ema_weight"),
        ("bias", "avg_b"),
        ("b", "ema_bias"),
        ("Weight", "EMAWeight"),
        ("weight", "wEMA"),
        ("model.fc.weights", "ema.model.fc.weight"),
        ("arm", "ema_arms"),
        ("model.fc.weight", "fc.weight (EMA 0.99)"),
        ("weight", "weight_ema_0_99"),
        ("student/w", "teacher/w"),
        ("online_w", "target_w"),
        ("batch_mean", "running_mean"),
        ("layer1", "layer1.shadow[0.99 float32]"),
        ("layer[0].w", "layer[0].w.shadow[0.99 float32]"),
        ("value", "smoothed"),
    ],
)
def test_the_name_of_a_shadow_points_to_its_param(param: str, shadow: str) -> None:
    """The param is the column whose name is in the shadow's name."""
    find(param, shadow)


@pytest.mark.parametrize(
    ("columns", "shadow", "param"),
    [
        ("raw_w,w", "ema_w", "w"),
        ("w,model_w", "ema_model_w", "model_w"),
        ("fp,fps", "ema_fps", "fps"),
        ("value,w", "ema_w", "w"),
    ],
)
def test_the_nearest_name_counts(columns: str, shadow: str, param: str) -> None:
    """Of several names that match, the one with the least difference is chosen."""
    outcome = run(["--decay", "0.99", "--check", shadow, "-F", "csv"], f"step,{columns},{shadow}\n0,1,1,0.9\n")
    assert f"param from '{param}' by the name of '{shadow}'" in outcome.err


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("weights", ["weight"]),
        ("nets", ["net"]),
        ("fps", ["fps"]),
        ("loss", ["loss"]),
        ("bias", ["bias"]),
        ("axis", ["axis"]),
        ("radius", ["radius"]),
        ("assets", ["asset"]),
        ("usages", ["usage"]),
    ],
)
def test_words_in_the_singular(name: str, expected: list[str]) -> None:
    """A plural equals its singular; a word that only ends like a plural is unchanged."""
    assert expected == words(name)


SEVERAL = "step,w,b,ema_w,ema_b\n0,1,2,0.9,1.8\n"


def test_several_shadows_find_their_params() -> None:
    """Each of several columns is compared with the param of its name."""
    line = "--decay 0.99 --check ema_b --check ema_w -F csv"
    outcome = run(line, SEVERAL)
    assert (0, ["1.8"], ["0.9"]) == (outcome.code, outcome.column("b.logged"), outcome.column("w.logged"))


def test_params_are_found_among_the_chosen_ones() -> None:
    """--param-column chooses the params, and the names say whose shadow each column is."""
    line = "--decay 0.99 --param-column w --param-column b --check ema_b --check ema_w -F csv"
    outcome = run(line, SEVERAL)
    assert (0, ["0.9"], ["1.8"]) == (outcome.code, outcome.column("w.logged"), outcome.column("b.logged"))


@pytest.mark.parametrize(
    ("columns", "check", "params"),
    [
        ("w,b,loss,ema_w,ema_b", "ema_b ema_w", "b,w"),
        ("w,b,loss,one", "w=one", "w,b,loss"),
        ("w,b,one,two", "b=two w=one", "w,b"),
        ("w,b,loss,one,two", "b=two w=one", "w,b,loss"),
        ("w,b,loss,ema_w,two", "ema_w b=two", "w,b,loss"),
        ("w,weight,decay,one,two", "weight=one w=two", "w,weight"),
    ],
)
def test_params_beside_those_of_the_logged_columns(columns: str, check: str, params: str) -> None:
    """Names that identify all params leave the others out; with PARAM=, other averaged params stay, in order."""
    checks = [part for one in check.split() for part in ("--check", one)]
    row = ",".join(map(str, range(2 + columns.count(","))))
    outcome = run(["--decay", "0.99", "-F", "csv", *checks], f"step,{columns}\n{row}\n")
    assert params == outcome.out.removeprefix("step,").partition(",decay,")[0]
