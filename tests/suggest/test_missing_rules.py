"""Words that are not rules are answered with one sentence on the alternative."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest

from ema_cli.core.catalogue import parsed_rule, rules
from ema_cli.core.errors import SettingError
from ema_cli.suggest import missing_rules
from ema_cli.suggest.match import bare, rule_words
from tests.harness import error_of

SENTENCES = sorted({*missing_rules.SENTENCES.values()})
NAMES = [name for names in missing_rules.SENTENCES for name in names.split()]


@pytest.mark.parametrize(
    ("typed", "begin"),
    [
        ("lookahead", "it writes its average back into the params"),
        ("torch.optim.Lookahead", "it writes its average back"),
        ("schedule-free", "its weights depend on the learning rate"),
        ("Holt-Winters", "it has a trend"),
        ("MACD", "it is the difference of two averages: --rule ta-lib:timeperiod=12"),
        ("EWMA chart", "its statistic is --rule fixed"),
        ("Kalman filter", "its weight depends on variances"),
    ],
)
@pytest.mark.parametrize("option", ["--rule", "--about-rule", "--list-rules"])
def test_the_sentence(option: str, typed: str, begin: str) -> None:
    """A name without a rule is answered in whichever option it is given."""
    message = error_of(["--decay", "0.9", option, typed] if option != "--list-rules" else [option, typed], code=2)
    problem, _, hint = message.partition("; ")
    assert problem in (f"no rule '{typed}'", f"no rule mentions '{typed}'")
    assert hint.startswith(begin)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_each_sentence_leads_on(sentence: str) -> None:
    """The sentence names an option, and each rule in it exists, with those parameters."""
    assert "--" in sentence
    for rule in re.findall(r"--rule ([^ ;)]+)", sentence):
        entry, parameters = parsed_rule(rule.rstrip(",").replace("=N", "=3"))
        for name in entry.constants:
            parameters.pop(name, None)
        if entry.name != "custom":
            entry.settings(parameters)


def test_each_name_has_one_answer() -> None:
    """No name appears twice, is a rule or an alias, or is a word for a rule."""
    assert len(NAMES) == len(set(NAMES))
    assert [] == [name for name in NAMES if name != bare(name) or name in rule_words() or is_rule(name)]


def is_rule(name: str) -> bool:
    """True if a rule or an alias has this name."""
    with suppress(SettingError):
        return parsed_rule(name)[0].name in rules()
    return False


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ewma pandas", "pandas"),
        ("momentum encoder", "dino, moco, byol or vissl"),
        ("soft update", "tf-agents, sb3, cleanrl or torchrl"),
        ("Adam m_hat", "torch-adam"),
        ("batchnorm running_mean", "batchnorm, flax-batchnorm or equinox-batchnorm"),
        ("optax.ema", "optax"),
        ("tfa.optimizers.MovingAverage", "tfa"),
        ("tf.keras.optimizers.Adam(use_ema=True)", "keras or tf-keras"),
        ("loss smoothing", "fastai, nanochat or tensorboard"),
        ("ema_momentum", "keras, keras-overwrite or tf-keras"),
        ("polyak averaging", "fixed, torch-swa or sb3"),
    ],
)
def test_several_words(typed: str, meant: str) -> None:
    """A module path, a class name or a few words lead to the rules that mention most of them."""
    assert f"no rule '{typed}'; did you mean {meant}?" == error_of(["--about-rule", typed], code=2)
