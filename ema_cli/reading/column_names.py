"""Meaning of a column's name: it is the step, or something else that is not a param.

To add a name: a word in the entry that fits it, or an entry of its own with the tool that writes it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

STEP, COUNTER, CLOCK, DURATION, SPEED, MEMORY, IDENTIFIER, INDEX, EXTREME, RUNS, TRIAL, SETTING = (
    *("step", "counter", "clock", "duration", "speed", "memory", "identifier", "index", "extreme", "runs", "trial"),
    "setting",
)


class Known(Record):
    """A kind of column that is known by its name."""

    role: str
    names: str
    """Separated by spaces, in the form of `plain`; a star stands for any beginning or end."""
    source: str
    """The origin of such columns."""
    whole: bool = False
    """True if the whole name must match: `train/NAME` does not."""
    weak: bool = False
    """True if the name alone is not enough: the values of a clock must never fall, those of a counter or an index be
    whole, those of a step both, and those of an identifier few numbers from 0 on.
    """
    fractional: bool = False
    """True if the column often has fractions, and is then no step for a rule that counts."""
    alone: bool = False
    """True if it may be the param where no other column is left."""


NAMES: tuple[Known, ...] = (
    # Steps, in the order in which they are looked for.
    Known(STEP, "step", "nearly every trainer; TensorBoard's download", whole=True),
    Known(STEP, "_step", "Weights & Biases"),
    Known(STEP, "*global_step *global_steps", "TensorFlow, Lightning, Transformers"),
    Known(STEP, "step", "train/step and the like, by paths"),
    Known(STEP, "iteration", "Caffe, Chainer, Detectron2"),
    Known(STEP, "iter itr iter_num num_iters iteration_number", "CatBoost, MMCV, nanoGPT, Caffe"),
    Known(STEP, "time/batch", "Composer", whole=True),
    Known(STEP, "training_iteration", "Ray Tune, RLlib"),
    Known(STEP, "*total_timesteps num_timesteps timesteps_total timesteps_so_far timesteps timestep time_step", "SB3"),
    Known(STEP, "env_step env_steps environment_steps num_env_steps *total_env_steps", "Tianshou, Dreamer, garage"),
    Known(STEP, "num_env_steps_sampled num_steps_sampled total_env_interacts", "RLlib, Spinning Up", weak=True),
    Known(STEP, "frame frames num_frames", "DrQ, rl-starter-files", weak=True),
    Known(STEP, "current_steps current_step optimizer_step train_step training_step", "LLaMA-Factory, trlX", weak=True),
    Known(STEP, "steps total_steps step_count n_steps num_steps actor_steps", "baselines, PFRL, Acme", weak=True),
    Known(STEP, "num_updates n_updates update updates", "fairseq, CleanRL", weak=True),
    Known(STEP, "episode ep", "scripts for reinforcement learning", weak=True),
    Known(STEP, "iterations n_iter num_iterations it iterate *_iter", "SB3, solvers", weak=True),
    Known(STEP, "generation gen", "genetic algorithms", weak=True, alone=True),
    Known(STEP, "evaluations boosting_round round tick kimg", "LightGBM, XGBoost, Flower, StyleGAN", weak=True),
    Known(STEP, "icmp_seq seq sequence step_nr. step_no step_number sample_#", "ping, CP2K", weak=True),
    Known(STEP, "étape schritt paso passo etapa итерация шаг 步 步数 步骤 迭代 迭代次数", "other languages", weak=True),
    Known(STEP, "itération iteración iteração iterazione", "other languages", weak=True),
    Known(STEP, "epoch", "Keras, fastai, Ultralytics", fractional=True),
    Known(STEP, "époque epoche epoca época эпоха 轮 轮次 轮数", "other languages", weak=True, fractional=True),
    Known(STEP, "epoch_id epochs n_epoch current_epoch epoch_num", "W&B, MLPerf", weak=True, fractional=True),
    Known(STEP, "batch batches batch_idx batch_id minibatch i", "Keras, scripts", weak=True),
    Known(STEP, "sample samples n_samples nsamples tokens", "guided-diffusion", weak=True, alone=True),
    Known(STEP, "samples_seen *_samples_seen images_seen *tokens_seen", "OpenCLIP, Megatron", weak=True),
    # Columns that are not params.
    Known(COUNTER, "episodes episodes_* *_episodes total_episodes episode_id", "baselines, RLlib", weak=True),
    Known(COUNTER, "*_so_far *_since_restore *_lifetime *_timesteps_total steps_done", "baselines, RLlib"),
    Known(COUNTER, "consumed_samples offset", "Megatron, Comet", weak=True),
    Known(COUNTER, "total_tokens num_tokens *batches_seen *buffer_size learner_steps", "LLaMA-Factory, DrQ", weak=True),
    Known(COUNTER, "num_gpus num_workers world_size *batch_size sample_size", "StyleGAN, FLAML", weak=True, alone=True),
    Known(COUNTER, "num_steps_total num_paths_total execution_count", "rlkit, Jupyter", weak=True),
    Known(COUNTER, "replay_buffer/size", "rlkit", whole=True, weak=True),
    Known(COUNTER, "total_epochs training_epochs num_train_epochs best_epoch max_steps", "AllenNLP, Transformers"),
    Known(COUNTER, "percentage progress_percentage total_flos", "LLaMA-Factory, Transformers"),
    Known(COUNTER, "*total_parameters n_parameters num_parameters n_params num_params total_params", "DeiT, Dreamer"),
    Known(CLOCK, "wall_time walltime timestamp _timestamp time datetime date unix_time created created_at", "all"),
    Known(CLOCK, "ts unix unixtime date_time *timestamp* *_datetime local_time utc", "sensors", weak=True),
    Known(
        CLOCK, "clock ns mess_datum datum uhrzeit zeit heure fecha hora relative_time 时间 время", "Zabbix", whole=True
    ),
    Known(CLOCK, "year month day hour minute decimal_date decimal_year decimal", "NOAA", whole=True),
    Known(CLOCK, "t", "the monitors of baselines and Stable-Baselines3; simulations", whole=True, weak=True),
    Known(
        CLOCK, "hours minutes seconds millis micros hrs mins secs seconds_* uptime*", "sensors", weak=True, alone=True
    ),
    Known(DURATION, "*_runtime runtime elapsed elapsed_* time_elapsed *_elapsed eta eta_* *_eta", "all", alone=True),
    Known(
        DURATION,
        "passed_time remaining_time passed remaining total_time trial_time *clock_time duration *_duration *_seconds"
        " *_secs dur wall *_wall time_total_s time_this_iter_s time_total time_per_* *_time_ms data_time *_data_time"
        " batch_time step_time iter_time iteration_time epoch_time episode_time train_time training_time warmup_time"
        " forward_time backward_time cpu_time gpu_time delta_t δt",
        "CatBoost, skorch, RLlib, MMCV, Detectron2",
        alone=True,
    ),
    Known(CLOCK, "time_* sim_time simulation_time flow_time rel_time", "sensors, solvers", weak=True),
    Known(SPEED, "*_per_second *_per_sec *_per_s fps *_fps sps throughput *_throughput wps ups", "all", alone=True),
    Known(SPEED, "train_speed samples_sec tokens_sec", "ms-swift", alone=True),
    Known(
        SPEED,
        "fps/* time/* timer/* timers/* perf/* speed/* memory/* system/* throughput/* wall_clock/*",
        "Dreamer, SB3, RLlib, Composer",
        whole=True,
        alone=True,
    ),
    Known(MEMORY, "memory mem *memory_* *mem_* *_memory *_mem vram *_vram", "MMCV, ms-swift", alone=True),
    Known(TRIAL, "name run_name display_name run_id trial_id trial_name experiment_name", "Weights & Biases, MLflow"),
    Known(
        IDENTIFIER,
        "pid seed rank local_rank *_id id itemid uuid run run_number worker fold node hostname $oid _pid uid _uid gid"
        " _gid lineno line_number priority _score _version scope levelno level_value msecs relative_created @version",
        "all; journald, logging, Elasticsearch, Datadog",
    ),
    Known(
        IDENTIFIER,
        "gpu cpu core device channel stn station table *_no *_number *_code status interval",
        "sysstat, k6",
        weak=True,
    ),
    Known(
        IDENTIFIER,
        "staid souid latitude longitude lat lon lng source validity quality qn_* q_*"
        " level process thread version port zip serial imei trial",
        "weather services, machines, loggers",
        weak=True,
        alone=True,
    ),
    Known(INDEX, "index idx row rowid row_id row_nr row_number rownames level_0 unnamed:_*", "pandas, R", weak=True),
    Known(INDEX, "number entry nr no # obs", "spreadsheets, Optuna", weak=True, alone=True),
    Known(RUNS, "runs", "ema-calc: it repeats its row"),
    Known(EXTREME, "*__min *__max", "charts of Weights & Biases"),
    Known(SETTING, "config.* config/* args.* hparams.* hyperparameters.*", "RLlib's result.json", whole=True),
)
"""The first entry that fits a name says what it is."""

_SETTINGS = [place for place, entry in enumerate(NAMES) if entry.role == SETTING]
"""Entries that hold whatever the last part of a name is."""

STEP_RANKS = sum(known.role == STEP for known in NAMES)

_COMPUTED = frozenset(["decay", "shadow"])
"""The columns by which ema-calc's own output is known."""


def plain(name: str) -> str:
    """A name in lower case, with underscores between its words, and without the unit that stands behind it.

    >>> plain("TimestepsSoFar"), plain("Time (s)"), plain("time/total timesteps"), plain("tokens/s"), plain("<TIME>")
    ('timesteps_so_far', 'time', 'time/total_timesteps', 'tokens_per_s', 'time')
    """
    if name.isalpha() and name.islower():
        return name
    bare = re.sub(r"^(?:<(.*)>|'(.*)')$", r"\1\2", name)
    bare = re.sub(r"[\s_]*[(\[][^)\]]*[)\]]\s*$", "", bare) or bare
    if len(bare) == 1:
        return bare  # T is a temperature, t a time
    bare = re.sub(r"/(s|sec|second)$", r"_per_\1", re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", bare))
    return re.sub(r"[\s_-]+(?=[^_])", "_", bare.strip()).lower() if "__" not in bare else bare.lower()


_TIMED = r"[\[(](?:m?s|secs?|seconds|min|h)[\])]\s*$"
"""The unit of a time behind a name."""

_TIMED_CLOCK = next(place for place, entry in enumerate(NAMES) if entry.names.startswith("hours "))


@lru_cache(4096)
def rank(name: str) -> int:
    """The place of the first entry that fits a name; len(NAMES) if none does."""
    whole = plain(name)
    last = whole if whole.isalpha() else re.split(r"/|\.(?=[a-z_$])", plain(name.rpartition(" - ")[2]))[-1]
    first = STEP_RANKS if name != whole and re.search(_TIMED, name) else 0  # `epoch (s)` is the time of one
    place: int
    for place in (*_SETTINGS, *range(first, len(NAMES))):
        text = whole if NAMES[place].whole else last
        if any(_fits(pattern, text) for pattern in NAMES[place].names.split()):
            return place
    return _TIMED_CLOCK if first else len(NAMES)


def _fits(pattern: str, text: str) -> bool:
    if "*" not in pattern:
        return pattern == text
    start, _, end = pattern.partition("*")
    middle, _, tail = end.partition("*")
    if tail or end.endswith("*"):  # *_memory_*
        return middle in text
    return text.startswith(start) and text.endswith(end) and len(text) >= len(start + end)


def known_as(name: str) -> Known | None:
    """The entry that a name fits, if one does."""
    place = rank(name)
    return NAMES[place] if place < len(NAMES) else None


def step_rank(name: str) -> int:
    """Rank of a column as the step; STEP_RANKS if its name is not that of a step."""
    return min(rank(name), STEP_RANKS)


def is_setting(key: str) -> bool:
    """True if a key holds settings, not metrics.

    >>> is_setting("config"), is_setting("loss")
    (True, False)
    """
    known = known_as(f"{key}.x")
    return known is not None and known.role == SETTING


def is_own_output(names: Iterable[str]) -> bool:
    """True if columns of these names are what ema-calc has printed: a shadow beside a decay."""
    return set(map(_kind, names)) >= _COMPUTED


def is_computed(name: str, own: Container[str] = ()) -> bool:
    """True if a name is that of a column which ema-calc computes.

    Args:
        name: The column's name.
        own: The columns that it computes, where the file is its own output; elsewhere `weight` may be a param.
    """
    kind = _kind(name)
    return kind in _COMPUTED or kind in own


def _kind(name: str) -> str:
    """The kind of column that ema-calc would mean by a name: of `shadow`, `w1.shadow`, `shadow[0.9]` it is `shadow`."""
    bare = name.rpartition("[")[0] if name.endswith("]") else name
    return bare.lower().rpartition(".")[2]
