"""Names of options and of their values in other tools and papers."""

from __future__ import annotations

from ema_cli.core.numbers.dtypes import ENTRIES as DTYPES
from ema_cli.core.record import aliases
from ema_cli.formats.registry import FORMATS

_WORDS = {
    "": "input script file in csv-file data numbers params prices values i",
    "--step": "epoch global-step iteration num-updates s",
    "--param": "value p x",
    "--runs": "count epochs iterations num-steps repeat rounds times k n",
    "--count-from": "from-step initial-step offset resume start-step",
    "--header no": "no-header noheader",
    "--step-column": "index x x-column xcol",
    "--param-column": "col column field metric price series tag target usecols value-column y",
    "--time-column": "date datetime time times timestamp",
    "--by": "group group-by groupby over partition-by per",
    "--where": "filter query select",
    "--missing skip": "dropna skipna",
    "--missing hold": "fillna ffill",
    "--missing rule": "ignore-na",
    "--missing": "nan",
    "--decay": "beta beta1 beta2 coefficient decay-factor discount discount-factor ema ema-beta ema-decay ema-momentum"
    " ema-rate factor filter-val forgetting-factor gamma lambda lam momentum mu retention rho tau b d m",
    "--half-life": "half",
    "--span": "bars candles days ema lag length lookback period periods points samples size timeperiod window"
    " window-size n w",
    "--rule tensorboard --decay N": "smooth smoothing smoothing-weight",
    "--alpha": "gain learning-rate lerp lr momentum multiplier rate smoothing smoothing-constant smoothing-factor tau"
    " update-rate weight a",
    "--alpha 1/2^N": "shift",
    "--alpha 1/N (N in rounds)": "time-constant",
    "--half-life 0.6931471805599453*N (decay exp(-1/N))": "time-constant",
    "--half-life 0.6931471805599453*N (decay exp(-elapsed/N))": "tau time-constant",
    "--half-life 0.6931471805599453/N (decay exp(-N*elapsed))": "lam lambda",
    "--initial first": "first",
    "--initial": "init initial-value prev previous previous-ema s0 start target x0",
    "--update-every": "accumulate accumulate-grad-batches accumulation-steps grad-accum gradient-accumulation-steps"
    " update-freq update-interval",
    "--update-every N (skip the rounds between)": "interval",
    "--rule": "average backend compare framework implementation method mode r",
    "--rule fixed": "no-warmup",
    "--rule custom:after=N": "update-after start-after",
    "--rule pandas:adjust=false": "no-adjust",
    "--rule sma:window=N": "sma window",
    "--rule yolov5:tau=N": "tau",
    "--rule atr:timeperiod=N": "atr",
    "--rule ta-lib-rsi:timeperiod=N": "rsi",
    "--rule tema:timeperiod=N": "tema",
    "--rule wilder:timeperiod=N": "wilder",
    "--dtype exact": "fractions",
    "--dtype": "precision type t",
    "--list-rules": "list rules l",
    "--about-rule": "about",
    "--format": "f output-format",
    "--format tsv": "plain",
    "--format table": "pretty",
    "--format csv": "raw",
    "--output": "handout out outfile output-file save",
    "--columns": "col cols column",
    "--columns +NAME": "list-columns",
    "--columns +debiased": "bias-correction debias unbiased zero-debias",
    "--digits": "precision",
    "--decimals": "decimal places round",
    "--theme dark": "dark",
    "--theme light": "light",
    "--color never": "no-color no-colour",
    "--lang zh": "chinese zh",
    "--lang": "language",
    "--summary": "statistics stats totals",
    "--quiet": "silent",
    "--check": "assert compare diff expected ground-truth logged reference shadow test truth verify",
    "--only-different": "diff-only differences mismatches only-differences",
    "--tolerance abs:N": "atol eps epsilon threshold",
    "--tolerance rel:N": "rtol",
    "--identify": "detect estimate find find-decay fit guess infer recover reverse",
    "--explain": "detail formula show-steps show-work show-working solve step-by-step verbose work",
    "--blank shadow": "exercise quiz worksheet",
    "--answers": "key solution solutions",
    "--variant": "random seed",
    "--round-each": "round",
    "--plot": "chart graph",
    "--plot-file": "fig figure image pdf picture plot-out png savefig",
    "--interactive": "slider sliders web",
    "--version": "V v",
    "--help": "? doc docs examples list-dtypes list-formats man usage",
}
"""From the words to type here to those names, without hyphens at the start; names of operands lead to pieces. Those
with elapsed are for --time-column."""

_VALUES = {
    "--header": {"auto": "infer", "no": "0 false none", "yes": "1 true"},
    "--missing": {"hold": "ffill pad", "rule": "nan", "skip": "drop ignore"},
    "--theme": {"dark": "black night"},
    "--color": {"always": "on yes", "never": "no off"},
    "--lang": {"en": "english us", "zh": "chinese cn zhcn zhhans 中文"},
    "--completion": {"bash": "sh"},
}
"""For the values of some options, other words."""


def other_values(option: str) -> dict[str, str]:
    """For each other word for a value of an option, the value."""
    if option == "--format":
        return aliases(FORMATS) | {each.ending[1:]: name for name, each in FORMATS.items() if each.ending[1:] != name}
    if option == "--dtype":
        return aliases(DTYPES)
    return {word: value for value, words in _VALUES.get(option, {}).items() for word in words.split()}


def other_names() -> dict[str, list[str]]:
    """For each of those names, the words to type here; they are empty for operands."""
    found: dict[str, list[str]] = {}
    for typed, names in _WORDS.items():
        for name in names.split():
            found.setdefault(f"{'-' if len(name) == 1 else '--'}{name}", []).append(typed)
    return found
