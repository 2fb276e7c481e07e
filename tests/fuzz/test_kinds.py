"""Files of other shapes: JSON documents, tables as programs print them, text logs, numbers of other countries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.fuzz.calls import drawn_call, holds, records
from tests.fuzz.draws import generated
from tests.fuzz.oracle import call
from tests.fuzz.test_records import as_meant, value

if TYPE_CHECKING:
    from tests.fuzz.draws import Draws


@pytest.mark.long
@generated(10)
def test_shapes_of_json(draws: Draws) -> None:
    """Columns, rows without names, and a log below other keys have the steps and values that were written."""
    rows = draws.many(lambda: (str(draws.below(99)), draws.number()), 1, 8)
    cells = [(step, value(draws, text)) for step, text in rows]
    listed = ", ".join(f'{{"step": {step}, "loss": {text}}}' for step, text in cells)
    steps, values = (", ".join(column) for column in zip(*cells, strict=True))
    text = draws.pick(
        [
            f'{{"step": [{steps}], "loss": [{values}]}}',
            "[" + ",".join(f"[{step}, {text}]" for step, text in cells) + "]",
            f'{{"name": "x", "data": {{"history": [{listed}]}}}}',
            f'{{"config": {{"layers": [1, 2, 3]}},\n"run": [{listed}]}}',
            f'{{"columns": ["step", "loss"], "data": [{",".join(f"[{step}, {text}]" for step, text in cells)}]}}',
        ]
    )
    as_meant(draws, drawn_call(draws), rows, text.encode())


@pytest.mark.long
@generated(10)
def test_tables_as_they_are_printed(draws: Draws) -> None:
    """Bars, rules, row counts and spaces are not cells."""
    rows = draws.many(lambda: (str(draws.below(99)), draws.number()), 1, 8)
    start, form, end = draws.pick(
        [
            ("| step | loss |\n|------|-----:|\n", "| {} | {} |\n", ""),
            (" step | loss \n------+------\n", " {} | {}\n", f"({len(rows)} rows)\n\n"),
            ("step  loss\n====  ====\n", "{}  {}\n", "====  ====\n"),
            ("+------+------+\n| step | loss |\n+======+======+\n", "| {} | {} |\n+------+------+\n", ""),
            ("sep=;\nstep;loss\r\n", "{};{}\r\n", ""),
        ]
    )
    text = start + "".join(form.format(step, number) for step, number in rows) + end
    as_meant(draws, drawn_call(draws), rows, text.encode())


@pytest.mark.long
@generated(10)
def test_text_logs_and_other_texts(draws: Draws) -> None:
    """A text log is refused in one message, whatever it says."""
    form = draws.pick(
        [
            "iter {}: loss {}, time 3ms\n",
            "\rEpoch {}: 10%|# | 1/9 [00:01<00:04, loss={}]",
            "64 bytes: icmp_seq={} time={} ms\n",
            "{{'step': {}, 'loss': {}}}\n",
            "│ {} │ {} │\n",
            "{} & {} \\\\\n",
            "[{}]\ttrain-rmse:{}\n",
        ]
    )
    lines = "".join(form.format(draws.below(99), draws.number()) for _ in range(1 + draws.below(5)))
    start = draws.pick(["", "started\n", "┌──┬──┐\n", "\\begin{tabular}\n", draws.text() + "\n"])
    average = drawn_call(draws)
    outcome = call(average.options(), draws.mutated((start + lines).encode("utf-8", "replace")))
    if outcome.code == 0:
        holds(average, outcome)
    else:
        assert (outcome.code in (1, 2), outcome.out) == (True, ""), outcome


@pytest.mark.long
@generated(10)
def test_event_files(draws: Draws) -> None:
    """A file that is damaged, or ends within a record, is read up to there or refused."""
    pytest.importorskip("tensorboard")
    from tests.reading.test_event_file import event, log

    steps = draws.many(lambda: draws.below(99), 1, 8)
    data = log(event(0, "brain.Event:2"), *(event(step, loss=step / 8) for step in steps))
    options = ["--decay", "0.9", "--rule", "fixed", "-F", "csv"]
    rows = [(row["step"], float(row["param"])) for row in records(call(options, data).out)]
    assert rows == [(str(step), step / 8) for step in steps]
    outcome = call(options, draws.mutated(data))
    assert outcome.code in (0, 1, 2), outcome
    short = call(options, data[: len(data) - 1 - draws.below(9)])
    assert len(steps) == 1 or [(row["step"], float(row["param"])) for row in records(short.out)] == rows[:-1]


@pytest.mark.long
@generated(10)
def test_other_encodings(draws: Draws) -> None:
    """UTF-16 and other line ends change nothing."""
    rows = draws.many(lambda: (str(draws.below(99)), draws.number()), 1, 8)
    end = draws.pick(["\r", "\r\n", "\r\r\n", "\n"])
    text = f"step,loss{end}" + "".join(f"{step},{number}{end}" for step, number in rows)
    as_meant(draws, drawn_call(draws), rows, text.encode(draws.pick(["utf-8-sig", "utf-16"])))


@pytest.mark.long
@generated(10)
def test_decimal_commas(draws: Draws) -> None:
    """A comma is decimal if some cell shows that it does not separate thousands."""
    rows = draws.many(lambda: (str(draws.below(99)), f"{draws.below(99)}.{draws.below(99)}"), 1, 8)
    text = "step;loss\n" + "".join(f"{step};{number.replace('.', ',')}\n" for step, number in rows)
    as_meant(draws, drawn_call(draws), rows, text.encode())


@pytest.mark.long
@generated(10)
def test_groups(draws: Draws) -> None:
    """Each group has the result that it has alone, in whatever order its rows stand."""
    options = drawn_call(draws)._replace(missing="error").options()
    rows = draws.many(lambda: (draws.pick(["a", "b", ""]), str(draws.below(9)), draws.number()), 1, 9)

    def shadows(chosen: list[tuple[str, str, str]]) -> list[dict[str, str]] | None:
        data = "run,step,param\n" + "".join(",".join(row) + "\n" for row in chosen)
        outcome = call([*options, "--by", "run"], data.encode())
        return None if outcome.code else records(outcome.out)

    together = shadows(rows)
    if together is not None:
        for run in {run for run, _, _ in rows}:
            own = [row for row in together if row["run"] == run]
            assert own == shadows([row for row in rows if row[0] == run])
            data = "run,step,param\n" + "".join(",".join(row) + "\n" for row in rows)
            chosen = records(call([*options, "--where", f"run={run}"], data.encode()).out)
            assert [row | {"run": run} for row in chosen] == own


_DATES = ["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y%m%d %H%M%S", "%Y-%m-%dT%H:%M:%SZ", "%b %d %Y", "%d-%b-%y", "%m/%d/%Y"]
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.mark.long
@generated(10)
def test_dates_beside_values(draws: Draws) -> None:
    """Dates are not steps, in any notation; three or more that only run backwards are reported."""
    days = draws.many(lambda: draws.below(9000), 1, 8)
    days = draws.pick([days, sorted(days), sorted(days, reverse=True)])
    form, numbers = draws.pick(_DATES), [draws.number() for _ in days]
    dates = [(_FIRST + timedelta(days=day)).strftime(form) for day in days]
    header = draws.pick(["Date;loss\n", "time;loss\n", "step;loss\n", ""])
    text = header + "".join(f"{date};{number}\n" for date, number in zip(dates, numbers, strict=True))
    outcome = call(["--decay", "0.9", "--rule", "fixed", "-F", "csv"], text.encode())
    found = [(row["step"], float(row["param"])) for row in records(outcome.out)]
    assert found == [("", float(number)) for number in numbers], (text, outcome)
    falls = days == sorted(days, reverse=True) and len(days) > 2 and days[0] > days[-1]
    assert falls == ("runs backwards" in outcome.err) or form == "%m/%d/%Y", text
