"""The values that a parameter of a rule accepts and refuses."""

from __future__ import annotations

import math

import pytest

from ema_cli import rules
from ema_cli.core.catalogue import joined_rule, label, parsed_rule, rule, spanned_rule, split_rule
from ema_cli.core.errors import SettingError, Unknown
from ema_cli.core.rule import AREAS, Counter, Parameter, either, resolve

COUNT = Parameter("count", 1, least=1)
SIGNED = Parameter("signed", 0, least=None)
RATIO = Parameter("ratio", 0.5, least=0, most=1)
SCALE = Parameter("scale", 1.0, above=True)
BOUND = Parameter("bound", None, is_number=True, optional=True)
LIMIT = Parameter("limit", None, optional=True, most=10)
FLAG = Parameter("flag", False)
KIND = Parameter("kind", "a", choices=("a", "b"))
MAYBE = Parameter("maybe", "none", choices=("none", "a"))


@pytest.mark.parametrize(
    ("parameter", "value", "expected"),
    [
        (COUNT, "1", 1), (COUNT, "1e3", 1000), (COUNT, "2.0", 2), (COUNT, 3.0, 3), (COUNT, 7, 7),
        (COUNT, str(2**63 - 1), 2**63 - 1), (SIGNED, "-5", -5), (SIGNED, "0", 0), (SIGNED, 1 - 2**63, 1 - 2**63),
        (RATIO, "0", 0.0), (RATIO, "1", 1.0), (RATIO, 0.25, 0.25), (RATIO, 1, 1), (RATIO, "1/4", 0.25),
        (SCALE, "1e-9", 1e-9), (SCALE, "5e8", 5e8),
        (BOUND, "none", None), (BOUND, "None", None), (BOUND, None, None), (BOUND, "0.5", 0.5), (BOUND, "0", 0.0),
        (LIMIT, "10", 10), (LIMIT, "none", None), (LIMIT, "0", 0),
        (FLAG, "true", True), (FLAG, "False", False), (FLAG, True, True), (FLAG, "TRUE", True),
        (KIND, "b", "b"), (MAYBE, "none", "none"), (MAYBE, "a", "a"),
    ],
)  # fmt: skip
def test_value_that_is_taken(parameter, value, expected):
    """A value is read from its text or used as it is, up to the limits of its range."""
    assert (parameter.read(value), type(parameter.read(value))) == (expected, type(expected))


@pytest.mark.parametrize(
    ("parameter", "value", "allowed"),
    [
        *(
            (COUNT, value, "a whole number from 1 up")
            for value in ("0", 0, "-1", "1.5", 1.5, "x", "", "none", None, True)
        ),
        *((SIGNED, value, "a whole number") for value in ("0.5", "x", "1_0", False)),
        *((RATIO, value, "a number from 0 to 1") for value in ("-1e-9", "1.0000001", 2, "nan", math.nan, math.inf)),
        *((SCALE, value, "a number above 0") for value in ("0", 0, 0.0, "-1", math.inf, True)),
        *((BOUND, value, "a number from 0 up or none") for value in ("-1", "no", True)),
        *((LIMIT, value, "a whole number from 0 to 10 or none") for value in ("11", 11, "0.5", "-1")),
        *((FLAG, value, "true or false") for value in ("yes", "1", 1, "none", None)),
        *((KIND, value, "a or b") for value in ("c", "A", "none", None, 1)),
        *((MAYBE, value, "none or a") for value in ("None", None, "b")),
    ],
)
def test_value_that_is_refused(parameter, value, allowed):
    """A wrong value of a parameter is refused with the allowed values."""
    with pytest.raises(SettingError) as caught:
        parameter.read(value)
    assert str(caught.value) == f"{parameter.name} must be {allowed}, not '{value}'"


@pytest.mark.parametrize("value", [str(2**63), 2**63, 1e300, "1" * 400, "1e400"])
def test_counts_have_a_limit(value):
    """No count exceeds the largest step."""
    for parameter, sign in (COUNT, 1), (SIGNED, 1), (SIGNED, -1):
        signed = value if sign == 1 else f"-{value}" if isinstance(value, str) else -value
        with pytest.raises(SettingError, match=r"exceeds the largest count, 2\^63 - 1 = 9223372036854775807$"):
            parameter.read(signed)


def test_names_of_values():
    """Values that are names can be completed."""
    assert [FLAG.names, KIND.names, BOUND.names, COUNT.names] == [("true", "false"), ("a", "b"), ("none",), ()]


def test_a_field_that_depends_on_a_setting():
    """A field depends on a parameter, or is fixed."""
    assert [resolve(either("flag", 1, 2), Settings(flag)) for flag in (True, False)] == [1, 2]
    assert resolve("same", None) == "same"
    assert resolve(lambda o: o.flag, Settings("x")) == "x"


class Settings:
    def __init__(self, flag):
        self.flag = flag


def test_a_rule_in_its_parts():
    """A rule is written as its name, and its parameters after a colon."""
    assert split_rule("torch") == ("torch", {})
    assert split_rule("torch:") == ("torch", {})
    assert split_rule("torch:a=1,b=x=y") == ("torch", {"a": "1", "b": "x=y"})
    assert split_rule("torch:a=") == ("torch", {"a": ""})
    assert split_rule("x: a = min(1,(2,3)) ,b=f(4,5)") == ("x", {"a": "min(1,(2,3))", "b": "f(4,5)"})
    assert split_rule("x:a=1),b=2") == ("x", {"a": "1)", "b": "2"})
    assert split_rule("x:a=(1,b=2") == ("x", {"a": "(1,b=2"})
    for wrong in ("torch:a", "torch:=1", "torch:a=1,", "torch:a=1,a=2"):
        with pytest.raises(SettingError):
            split_rule(wrong)
    for wrong, example in (("torch:0.9", "decay=0.99"), ("torch:a", "foreach=true")):
        with pytest.raises(SettingError, match=f" is not KEY=VALUE; for example {example}$"):
            split_rule(wrong)
    with pytest.raises(SettingError, match="a rule is given by its name, not as '3'"):
        split_rule(3)


def test_other_names_of_a_rule():
    """Case, hyphens and underscores do not matter; an alias fixes some parameters and leaves the others free."""
    assert [rule(name).name for name in ("Torch_EMA", "torch-ema", "TORCHEMA", "YOLO_X")] == ["torch-ema"] * 3 + [
        "yolov5"
    ]
    found, parameters = parsed_rule("YoloX:updates=100")
    assert (found.name, parameters) == ("yolov5", {"tau": "2000", "updates": "100"})
    assert (parsed_rule("yolov5")[1], parsed_rule("Custom:decay=0.5")[0].name) == ({}, "custom:decay=0.5")
    with pytest.raises(SettingError, match="yolox is yolov5:tau=2000, which"):
        parsed_rule("yolox:tau=5")
    with pytest.raises(SettingError, match="no rule 'torchy'") as caught:
        rule("torchy")
    assert caught.value.fact == Unknown("rule", "torchy", tuple(rules()))


def test_parameters_that_are_added_to_a_rule():
    """They follow a colon, or the parameters that the rule has already."""
    assert joined_rule("torch", {"a": 1, "b": 2}) == "torch:a=1,b=2"
    assert joined_rule("torch:a=1", {"b": 2, "c": 3}) == "torch:a=1,b=2,c=3"
    assert joined_rule("torch", {}) == "torch"


@pytest.mark.parametrize(
    ("rule", "places", "unit", "expected"),
    [
        ("wandb", [3, None, 10], 1, "wandb:range=7.0"),
        ("wandb", [2 * 10**9, 5 * 10**9], 10**9, "wandb:range=3.0"),
        ("wandb", [], 1, "wandb"),
        ("wandb", [5, 5], 1, "wandb"),
        ("wandb:range=2", [1, 4], 1, "wandb:range=2"),
    ],
)
def test_the_span_of_all_steps(rule, places, unit, expected):
    """A rule that depends on the span of the script gets it as a parameter, if there is a span and none was given."""
    assert spanned_rule(rule, places, unit) == expected
    assert unit != 1 or spanned_rule(rule, places) == expected


FEW = {
    "looks_ahead": ("tensorboard", "mlflow"),
    "skips_missing": ("polars-ewm-mean-by",),
    "span": ("wandb",),
    "decay.in_time": ("elapsed", "pandas-times", "polars-ewm-mean-by", "clickhouse"),
    "decay.clamped": ("tensorboard",),
    "decay.optional": ("batchnorm", "composer"),
    "counter.fractional": ("moco-v3",),
    "counter.noted": (),
}
"""The rules for which a field is true; it is false for all others."""


@pytest.mark.parametrize("field", FEW)
def test_what_few_rules_are(field):
    """A field that sets some rules apart is true for no other rule."""
    where, _, name = field.rpartition(".")
    parts = {rule.name: getattr(rule, where) if where else rule for rule in rules().values()}
    assert {name_ for name_, part in parts.items() if getattr(part, name, False)} == set(FEW[field])


def test_rules_that_are_usual_or_were_only_read():
    """The rules of the large frameworks are usual, except their layers'; most rules were compared with a run."""
    for name, usual, run in [
        *(("optax", True, True), ("torch", True, True), ("tensorflow", True, True), ("warmup", True, True)),
        *(("trl-sync", False, False), ("pandas", True, True), ("levanter-decay-sqrt", True, False)),
        *(("keras-batchnorm", False, True), ("flax-batchnorm", False, False)),
    ]:
        assert (rules()[name].usual, rules()[name].run) == (usual, run), name


def test_areas_of_use():
    """Lists begin with the textbook rules; the areas that most people want come next."""
    areas = ("textbook", "training", "dashboards", "data frames", "trading", "systems")
    assert tuple(dict.fromkeys(rule.area for rule in rules().values())) == AREAS == areas


def test_the_label_of_a_rule():
    """A custom rule is called by its name, which may have a colon; any other by its text without spaces."""
    assert label("custom:decay=0.9,name=a:b") == "a:b"
    assert label("torch : a = 1") == "torch:a=1"
    assert label("custom: decay = 0.9 if step < 5 else 1") == "custom:decay=0.9 if step<5 else 1"
    assert label("torch:a=x if y else z") == "torch:a=xifyelsez"


def test_a_record():
    """Records with the same fields are equal, also in a set, and print their fields."""
    counter = Counter("n", "updates", first=1)
    assert repr(counter) == "Counter(name='n', meaning='updates', first=1, stride=1, fractional=False, noted=False)"
    assert {counter, Counter("n", "updates", 1)} == {counter}
    assert counter.but(first=2) != counter
    assert hash(Counter({"a": 1}, "")) == hash(Counter({"a": 1}, ""))
