"""Tables of other words: what other tools and papers call an option, a value or a column of this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.dtypes import ENTRIES as DTYPES
from ema_cli.formats.registry import FORMATS
from ema_cli.suggest.match import aliases

if TYPE_CHECKING:
    from ema_cli.suggest.match import Words

OPTION_WORDS = {
    "--about": "--about-rule",
    "--average": "--rule",
    "--backend": "--rule",
    "--batch": "--about-decay",
    "--batch-size": "--about-decay",
    "--beta": "--decay",
    "--beta1": "--decay",
    "--beta2": "--decay",
    "--chart": "--plot",
    "--coefficient": "--decay",
    "--bias-correction": "-c +debiased",
    "--col": "--param-column or --columns",
    "--cols": "--columns",
    "--compare": "--check",
    "--count": "--runs",
    "--debias": "-c +debiased",
    "--detect": "--identify",
    "--diff": "--check",
    "--ema-decay": "--decay",
    "--epoch": "--step",
    "--factor": "--decay",
    "--field": "--param-column",
    "--framework": "--rule",
    "--gamma": "--decay",
    "--guess": "--identify",
    "--global-step": "--step",
    "--graph": "--plot",
    "--implementation": "--rule",
    "--init": "--initial",
    "--initial-value": "--initial",
    "--iteration": "--step",
    "--key": "--answers",
    "--list": "--list-rules",
    "--list-columns": "--help",
    "--list-dtypes": "--help",
    "--list-formats": "--help",
    "--method": "--rule",
    "--mode": "--rule",
    "--momentum": "--decay",
    "--no-warmup": "--rule fixed",
    "--num-updates": "--step",
    "--out": "--output",
    "--period": "--span",
    "--places": "--decimals",
    "--precision": "--digits or --dtype",
    "--repeat": "--runs",
    "--rho": "--decay",
    "--rounds": "--runs",
    "--rules": "--list-rules",
    "--save": "--output",
    "--silent": "--quiet",
    "--sigma-rel": "--rule edm2:sigma_rel=0.1",
    "--sma": "--rule sma:window=7",
    "--smoothing": "--rule tensorboard --decay",
    "--start": "--initial",
    "--tau": "--alpha or --rule yolov5:tau=2000",
    "--times": "--runs",
    "--type": "--dtype",
    "--value": "--param",
    "--values": "--param",
    "--verbose": "--explain",
    "--verify": "--check",
    "--weight": "--alpha",
    "--window": "--span or --rule sma:window=7",
    "--work": "--explain",
    "--worksheet": "--blank shadow",
    "-?": "--help",
    "-V": "--version",
    "-a": "--alpha",
    "-b": "--decay",
    "-d": "--decay",
    "-f": "-F",
    "-k": "--runs",
    "-l": "--list-rules",
    "-m": "--decay",
    "-n": "--runs",
    "-p": "--param",
    "-r": "--rule",
    "-s": "--step",
    "-t": "--dtype",
    "-v": "--version",
    "-x": "--param",
}
"""From what other tools and papers call an option to what stands for it here."""

INPUTS = frozenset(["--input", "--script", "--file", "--in", "--csv-file", "--data", "-i"])
"""Options of other tools that take a file."""

VALUE_WORDS: dict[str, Words] = {
    "dtype": aliases(DTYPES),
    "format": aliases(FORMATS),
    "lang": {"chinese": "zh", "cn": "zh", "english": "en", "us": "en", "zhcn": "zh", "zhhans": "zh"},
    "missing": {"drop": "skip", "ffill": "hold", "ignore": "skip", "nan": "rule", "pad": "hold"},
    "header": {"0": "no", "1": "yes", "false": "no", "infer": "auto", "none": "no", "true": "yes"},
    "completion": {"sh": "bash"},
    "color": {"no": "never", "off": "never", "on": "always", "yes": "always"},
}
