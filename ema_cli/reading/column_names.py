"""Column names with a known meaning: the step, or something else that is not a param.

To add a name, add it to an entry with its meaning, or add an entry with the tool that writes it.
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
    """A kind of column, recognized by its name."""

    role: str
    names: str
    """Names separated by spaces, as `plain` returns them; a star matches any text."""
    source: str
    """The tools that write such columns; documentation only."""
    whole: bool = False
    """True if the whole name must match; else its last part is enough, as in `train/NAME`."""
    weak: bool = False
    """True if the name alone is not enough. A clock's values must also never fall; a step's must be whole and never
    fall; an identifier's must be all equal, or 0 to n - 1, repeated; those of any other kind whole or all equal.
    """
    fractional: bool = False
    """True for a step that often has fractions (epochs); with fractions, only rules that read epochs can use it."""
    alone: bool = False
    """True if the column becomes the param when no other column could be."""


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
    Known(STEP, "*total_timesteps timesteps_so_far timesteps timestep time_step time_steps", "SB3"),
    Known(STEP, "env_step env_steps environment_steps num_env_steps *total_env_steps", "Tianshou, Dreamer, garage"),
    Known(STEP, "frame frames interactions total_env_interacts", "DrQ, Spinning Up", weak=True),
    Known(STEP, "current_steps current_step optimizer_step train_step training_step", "LLaMA-Factory, trlX", weak=True),
    Known(STEP, "steps", "baselines, PFRL, Acme", weak=True),
    Known(STEP, "update updates", "fairseq, CleanRL", weak=True),
    Known(STEP, "episode ep", "scripts for reinforcement learning", weak=True),
    Known(STEP, "iterations iters it iterate *_iter", "SB3, solvers", weak=True),
    Known(STEP, "generation gen cycle", "genetic algorithms", weak=True, alone=True),
    Known(STEP, "evaluations nevals evals boosting_round round lap tick kimg nimg", "LightGBM, StyleGAN", weak=True),
    Known(STEP, "icmp_seq seq sequence scan", "ping", weak=True),
    Known(STEP, "étape schritt paso passo etapa krok итерация шаг 步 步数 步骤 迭代", "other languages", weak=True),
    Known(STEP, "itération iteración iteração iterazione 迭代次数 ステップ 스텝 エポック 에포크", "others", weak=True),
    Known(STEP, "epoch", "Keras, fastai, Ultralytics", fractional=True),
    Known(
        STEP, "epochs epoch_id époque epoche epoca época epoka эпоха 轮 轮次 轮数", "W&B", weak=True, fractional=True
    ),
    Known(STEP, "batch batches batch_id minibatch i", "Keras, scripts", weak=True),
    Known(STEP, "sample samples n_samples nsamples tokens", "guided-diffusion", weak=True, alone=True),
    Known(STEP, "samples_seen *_samples_seen images_seen *tokens_seen episodes", "OpenCLIP, Megatron", weak=True),
    # Columns that are not params.
    Known(COUNTER, "episodes_* *_episodes episode_id val_step* val_epoch* val_iter*", "baselines, RLlib", weak=True),
    Known(COUNTER, "*_so_far *_since_restore *_lifetime *_timesteps_total steps_done", "baselines, RLlib"),
    Known(COUNTER, "consumed_samples num_samples num_examples offset", "Megatron, Comet", weak=True),
    Known(COUNTER, "total_tokens num_tokens *batches_seen *buffer_size learner_steps", "LLaMA-Factory, DrQ", weak=True),
    Known(COUNTER, "num_gpus num_workers world_size *batch_size sample_size", "StyleGAN, FLAML", weak=True, alone=True),
    Known(COUNTER, "num_steps_total num_paths_total execution_count", "rlkit, Jupyter", weak=True),
    Known(COUNTER, "total_epochs training_epochs num_train_epochs best_epoch max_steps", "AllenNLP, Transformers"),
    Known(COUNTER, "percentage *_served progress progress_percentage total_flos bad_epochs", "Transformers, Flair, ab"),
    Known(COUNTER, "*total_parameters n_parameters num_parameters n_params num_params total_params", "DeiT, Dreamer"),
    Known(
        CLOCK,
        "wall_time walltime timestamp timestamps _timestamp time datetime date unix_time created created_at",
        "all",
    ),
    Known(CLOCK, "ts unix unixtime date_time *timestamp* *_datetime local_time utc rdtsc start end", "all", weak=True),
    Known(CLOCK, "time_stamp mess_datum datum uhrzeit zeit jahr monat woche stunde fecha hora время", "", whole=True),
    Known(CLOCK, "année annee mois jour heure anno mese giorno ora 年 月 日 时 時 时间 時間 日期 日時", "", whole=True),
    Known(CLOCK, "año anio ano mes mês semana día rok miesiąc dzień godzina год месяц день час дата", "", whole=True),
    Known(CLOCK, "clock ns yyyy year month week day hour minute decimal_date decimal_year decimal", "NOAA", whole=True),
    Known(CLOCK, "t temps tempo tiempo", "the monitors of baselines and SB3; simulations", whole=True, weak=True),
    Known(CLOCK, "hours minutes seconds ms millis micros hrs mins secs seconds_* uptime*", "", weak=True, alone=True),
    Known(
        DURATION,
        "*_runtime runtime elapsed elapsed_* time_elapsed *_elapsed eta eta_* *_eta used_time time_in_*",
        "all",
        alone=True,
    ),
    Known(
        DURATION,
        "passed_time remaining_time passed remaining total_time cum*_time trial_time time_cost time_s time_ms wallclock"
        " wall_clock *clock_time duration *_duration *_seconds *_secs dur wall *_wall time_total_s time_this_iter_s"
        " time_total time_per_* sec_per_* ms_per_* *_time_ms data_time *_data_time batch_time step_time iter_time"
        " itr_time iteration_time epoch_time episode_time train_time training_time warmup_time forward_time"
        " backward_time cpu_time gpu_time *env_time *exec_time eval_time sample_time update_time delta_t δt",
        "CatBoost, skorch, RLlib, MMCV, Detectron2",
        alone=True,
    ),
    Known(CLOCK, "time_* sim_time simulation_time flow_time rel_time relative_time", "sensors, solvers", weak=True),
    Known(SPEED, "it_per_s *_it_per_s *iter_per_s *iteration_per_s *step_per_s *update_per_s *_fps", "", alone=True),
    Known(SPEED, "*epoch_per_s *batch_per_s *batche_per_s *episode_per_s *frame_per_s po_per_s", "all", alone=True),
    Known(SPEED, "*sample_per_s *image_per_s *img_per_s *token_per_s *tok_per_s *throughput", "all", alone=True),
    Known(
        SPEED, "train_speed samples_sec tokens_sec fps sps tflops wps ups t_per_s *time_per_s", "ms-swift", alone=True
    ),
    Known(SPEED, "*example_per_s *word_per_s", "TensorFlow, word2vec", alone=True),
    Known(
        SPEED,
        "fps/* time/* timer/* timers/* perf/* speed/* memory/* system/* throughput/* wall_clock/* replay_buffer/size",
        "Dreamer, SB3, RLlib, Composer",
        whole=True,
        alone=True,
    ),
    Known(MEMORY, "memory mem *memory_* *mem_* *_memory *_mem *vram* ram ram_*", "MMCV, ms-swift", alone=True),
    Known(TRIAL, "name run_name display_name run_id trial_id trial_name experiment_name", "Weights & Biases, MLflow"),
    Known(
        IDENTIFIER,
        "pid seed rank local_rank *_id id itemid uuid run run_number worker fold node hostname $oid _pid uid _uid gid"
        " _gid lineno line_number priority _score *_version scope levelno level_value msecs relative_created @version"
        " status_code response_code code stock_code 股票代码 证券代码 代码 进程pid",
        "all; journald, logging, Elasticsearch, Datadog",
    ),
    Known(
        IDENTIFIER,
        "id_* gpu cpu core device pids per channel stn station table *_no *_nr *_number *_code código* codigo*"
        " estación status interval",
        "sysstat, k6",
        weak=True,
    ),
    Known(
        IDENTIFIER,
        "staid souid latitude longitude lat lon lng location coordinate decimals source validity quality qn qn_* q_*"
        " unit_mult socket mm hop level process thread version port zip serial imei trial",
        "weather services, machines, loggers",
        weak=True,
        alone=True,
    ),
    Known(INDEX, "index idx row rowid row_id row_nr row_number rownames level_0 unnamed:_*", "pandas, R", weak=True),
    Known(INDEX, "threads n*threads rep reps matrix_size train_size hidden_size n_layers N", "benchmarks", weak=True),
    Known(INDEX, "number entry record nr no # n obs № nº номер 序号 编号 番号 tag", "sheets", weak=True, alone=True),
    Known(RUNS, "runs", "ema-calc: it repeats its row"),
    Known(EXTREME, "*__min *__max", "charts of Weights & Biases"),
    Known(SETTING, "config.* config/* args.* hparams.* hyperparameters.*", "RLlib's result.json", whole=True),
)
"""The first matching entry decides, except that settings come first."""

_SETTINGS = [place for place, entry in enumerate(NAMES) if entry.role == SETTING]
"""Entries for settings: they are tried first, whatever the last part of a name is."""

STEP_RANKS = sum(known.role == STEP for known in NAMES)

_COMPUTED = frozenset(["decay", "shadow"])
"""The columns that identify ema-calc's own output."""


def plain(name: str) -> str:
    """Normalize a name: lower case, underscores between words, no unit at the end, `_per_s` for a rate.

    >>> plain("TimestepsSoFar"), plain("Time (s)"), plain("time/total timesteps"), plain("tokens/s"), plain("<TIME>")
    ('timesteps_so_far', 'time', 'time/total_timesteps', 'token_per_s', 'time')
    """
    if name.isalpha() and name.islower():
        return name
    bare = re.sub(r"^(?:<(.*)>|'(.*)')$", r"\1\2", name)
    bare = re.sub(r"[\s_]*[(\[][^)\]]*[)\]]\s*$|(?<=[\w )])[ _]*[#.:]$", "", bare) or bare
    bare = re.sub(r"(?i)([_ ]time|wall|clock|duration|tiempo|temps|tempo|zeit)[ _](m?s|secs?)$", r"\1", bare)
    if len(bare) == 1:
        return bare  # T is a temperature, t a time
    bare = re.sub(r"(?i)s?(?:/|[_ ]per[_ ])s(ec|econd)?$", "_per_s", re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", bare))
    return re.sub(r"[\s_-]+(?=[^_])", "_", bare.strip()).lower() if "__" not in bare else bare.lower()


_TIMED = r"[\[(](?:m?s|secs?|seconds|min|h)[\])]\s*$"
"""A unit of time at the end of a name, in brackets."""

_COUNTED = (
    r"^(?:(?:n|num|nb|total|cur|current|global|train|training|eval|env|environment|opt|optim|optimizer|grad|gradient|agent"
    r"|actor|learner|model|comm|communication|mini)_)+|_(?:num|no|nr|number|idx|index|count|sampled|trained|seen|total)$"
)
"""Words around a step's name: `n_steps`, `epoch_idx`."""

_TIMED_CLOCK = next(place for place, entry in enumerate(NAMES) if entry.names.startswith("hours "))


@lru_cache(4096)
def rank(name: str) -> int:
    """Index in NAMES of the entry that a name matches, if need be without words such as `num`; len(NAMES) if none."""
    whole = plain(name)
    last = whole if whole.isalpha() else re.split(r"/|\.(?=[a-z_$])", plain(name.rpartition(" - ")[2]))[-1]
    first = STEP_RANKS if name != whole and re.search(_TIMED, name) else 0  # `epoch (s)` is the duration of an epoch
    places = (place for place in (*_SETTINGS, *range(first, len(NAMES))) if _fits(NAMES[place], whole, last))
    found = next(places, _TIMED_CLOCK if first else len(NAMES))
    bare = re.sub(_COUNTED, "", last)
    if first or bare == last or (found < len(NAMES) and NAMES[found].role != IDENTIFIER):
        return found
    step = rank(bare)
    step = step if step >= STEP_RANKS or NAMES[step].weak else rank(f"{bare.removesuffix('s')}s")
    return step if step < STEP_RANKS else found


def _fits(known: Known, name: str, last: str) -> bool:
    """True if a name, or its last part, matches one of the patterns of an entry."""
    text = name if known.whole else last
    for pattern in known.names.split():
        start, star, end = pattern.partition("*")
        ends = star and text.startswith(start) and text.endswith(end) and len(text) >= len(start + end)
        if pattern == text or ends or (end.endswith("*") and end[:-1] in text):  # *_memory_*
            return True
    return False


def known_as(name: str) -> Known | None:
    """The entry that a name matches; None if none does."""
    place = rank(name)
    return NAMES[place] if place < len(NAMES) else None


def step_rank(name: str) -> int:
    """Rank of a name as the step, 0 the best; STEP_RANKS if it does not name a step."""
    return min(rank(name), STEP_RANKS)


def is_setting(key: str) -> bool:
    """True if a key holds settings, not metrics.

    >>> is_setting("config"), is_setting("loss")
    (True, False)
    """
    known = known_as(f"{key}.x")
    return known is not None and known.role == SETTING


def is_own_output(names: Iterable[str]) -> bool:
    """True if these columns are ema-calc's own output: there is a shadow and a decay."""
    return set(map(_kind, names)) >= _COMPUTED


def is_computed(name: str, own: Container[str] = ()) -> bool:
    """True if ema-calc computes a column of this name: always, or as one of its `own` columns if the file is its
    output, as `weight` may be a param of other files.
    """
    kind = _kind(name)
    return kind in _COMPUTED or kind in own


def _kind(name: str) -> str:
    """The kind of an output column: `shadow` for `shadow`, `w1.shadow` and `shadow[0.9]`."""
    bare = name.rpartition("[")[0] if name.endswith("]") else name
    return bare.lower().rpartition(".")[2]
