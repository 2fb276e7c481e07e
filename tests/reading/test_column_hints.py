"""Notes on columns for which there is an option, and on the notation of numbers, names and dates."""

from __future__ import annotations

import pytest

from tests.harness import csv_of, error_of


def note_of(text: str, options: str = "") -> str:
    """The note on a file."""
    return csv_of(options, text).err.removeprefix("ema-calc: note: ").removesuffix("\n")


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("phase", ["train", "val"] * 3, "'train', 'val'"),
        ("run_id", ["7", "8"] * 3, "'7', '8'"),
        ("id_czujnika", list("123") * 4, "'1', '2', '3'"),
        ("phase", list("abcde") * 2, "'a', 'b', 'c' and 2 more"),
        ("run", ["b"] * 4 + [""] * 4, "'b', ''"),
        ("run", ["a", "", "b"] * 2, "'a', '', 'b'"),
    ],
)
def test_a_column_that_tells_series_apart(column: str, values: list[str], told: str) -> None:
    """A few values that repeat suggest several series, and the note suggests --by."""
    text = f"{column},step,loss\n" + "".join(f"{value},{row},1\n" for row, value in enumerate(values))
    expected = f"'{column}' has several values, {told}, averaged together: --by '{column}' separates them"
    assert note_of(text).endswith(f"; {expected}")
    assert "--by" not in note_of(text, f"--where {column}={values[0]}")
    assert "--by" not in note_of(text, f"--by {column}")


@pytest.mark.parametrize(
    "values", [["a"] * 6, list("abcdef"), ["a", *[""] * 9, "b"] * 2, ["a"] * 9 + [""], ["2020-01-01", "2020-01-02"] * 3]
)
def test_a_column_that_tells_no_series_apart(values: list[str]) -> None:
    """A single value, values that do not repeat, gaps and dates do not suggest series."""
    text = "tag,step,loss\n" + "".join(f"{value},{row},1\n" for row, value in enumerate(values))
    assert "--by" not in note_of(text)


def test_series_that_a_condition_leaves() -> None:
    """The values that --where leaves may still be several series."""
    text = "run,step,loss\n" + "".join(f"{run},{row},1\n" for row, run in enumerate("abcabcabc"))
    assert "'run' has several values, 'b', 'c', averaged together" in note_of(text, "--where run!=a")
    assert "averaged together" not in note_of(text, "--where run!=a --where run!=b")


def test_series_whose_params_are_apart() -> None:
    """A column separates no series where each param has numbers under one of its values alone."""
    rows = '{"step":1,"loss":3}\n{"step":1,"eval_loss":2,"split":"eval"}\n' * 3
    assert "--by" not in note_of(rows, "--missing skip")
    assert "'', 'eval', averaged together: --by 'split'" in note_of(rows.replace("eval_loss", "loss"))


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("n,loss\n1,5\n2,6\n3,7.5\n", "--param-column loss", True),
        ("n,loss\n1,5\n2,6\n3,7.5\n", "--param-column loss --step-column none", False),
        ("n,loss\n1,5\n2,6\n2,7.5\n", "--param-column loss", False),
        ("n,loss\n1,5\n2,6\n", "--param-column loss", False),
        ("n,m,loss\n1,1,5\n2,2,6\n3,3,7\n", "--param-column loss", False),
        ("step,n,loss\n1,1,5\n2,2,6\n3,3,7\n", "--param-column loss", False),
    ],
)
def test_a_column_that_counts_up(text: str, options: str, told: bool) -> None:
    """If there is no step, the only column that counts up is suggested."""
    assert told == ("'n' counts up: --step-column 'n' makes it the step" in note_of(text, options))
    text = text.replace("n,", "trial,", 1)  # the number of a thing, if it comes again
    assert told == ("'trial' counts up: --step-column 'trial' makes it the step" in note_of(text, options))


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("step", ["3", "2", "1"]),
        ("date", ["2020-03-01", "2020-02-01", "2020-01-01"]),
        ("date", ["2020/03/01 10:00", "2020/03/01 09:00", "2020/03/01 08:59"]),
        ("date", ["2020-03-01T10:00:00+01:00", "2020-03-01T08:30:00Z", "2020-03-01T08:00:00"]),
        ("month", ["2020-12", "2020-11", "2019-12"]),
        ("month", ["2020-1", "2019-12", "2019-11"]),
        ("day", ["01.03.2020", "28.02.2020", "27.02.2020"]),
        ("day", ["3/1/2020", "2/28/2020", "2/27/2020"]),
        ("day", ["01.03.2020 10:00:30", "01.03.2020 10:00", "01.03.2020 09:59:59.5"]),
        ("clock", ["10:00", "09:59:59.5", "9:00"]),
        ("date", ["20200301", "20200229", "20200228"]),
        ("date", ["2020030110", "2020030109", "2020022823"]),
    ],
)
def test_the_newest_row_first(name: str, cells: list[str]) -> None:
    """A note says that steps, dates or times of day run backwards, in any notation."""
    rows = [f"{cell},{loss}.5\n" for loss, cell in enumerate(cells)]
    told = f"'{name}' runs backwards, the newest row first: (head -n 1 FILE; tail -n +2 FILE | tac) | ema-calc"
    assert told in note_of(f"{name},loss\n{''.join(rows)}")
    assert "backwards" not in note_of(f"{name},loss\n{''.join(reversed(rows))}")


@pytest.mark.parametrize(
    "cells",
    [
        ["31.13.2020", "30.13.2020", "29.13.2020"],
        ["2020-13", "2020-12", "2020-11"],
        ["2020-02-30", "2020-02-29", "2020-02-28"],
        ["2020-03-01", "2020-03-01", "2020-03-01"],
        ["2020-03-01", "2020-02-01", "2020-03-01"],
        ["2020-03-01", "2020-02-28"],
    ],
)
def test_no_order_is_told_where_there_is_none(cells: list[str]) -> None:
    """Impossible days, equal dates and just two rows show no order."""
    text = "".join(f"{cell},{loss}.5\n" for loss, cell in enumerate(cells))
    assert "backwards" not in note_of(f"day,loss\n{text}", "--param-column loss")


@pytest.mark.parametrize(
    ("text", "params", "note"),
    [
        ("step;loss\n0;0,5\n1;1,25\n", ["0.5", "1.25"], "0,5 is read as 0.5"),
        ('step,loss\n0,"1,234.5"\n1,"12,345,678.0"\n', ["1234.5", "12345678.0"], "1,234.5 is read as 1234.5"),
    ],
)
def test_how_numbers_are_written(text: str, params: list[str], note: str) -> None:
    """Decimal commas and thousands separators are read and noted."""
    outcome = csv_of("", text)
    assert (params, True) == (outcome.column("param"), note in outcome.err)


def test_a_name_that_stands_twice() -> None:
    """The second column gets a number after its name, by which options find it."""
    outcome = csv_of("--param-column loss.1", "step,loss,loss\n0,1,5\n1,2,6\n")
    assert ["5", "6"] == outcome.column("param")
    assert "two columns are called 'loss'; the second is read as 'loss.1'" in outcome.err
    assert ["5", "6"] == csv_of("--param-column loss.2", "step,loss,loss,loss\n0,1,2,5\n1,2,2,6\n").column("param")


@pytest.mark.parametrize("options", ["", "--rule fixed"])
@pytest.mark.parametrize(
    ("first", "note"),
    [
        ("0.5 1.5", "column 1 has fractions, so it is not a step"),
        ("1.5 0.5", "has no header: no step, param from column 1, column 2"),
        ("a b", "no step, param from column 2; left out: column 1"),
    ],
)
def test_a_first_column_without_a_name(first: str, note: str, options: str) -> None:
    """Fractions that never fall are a clock, or the step of a rule with a fractional counter; others are a param."""
    outcome = csv_of(f"--header no {options}", "".join(f"{cell},7\n" for cell in first.split()))
    is_step = bool(options) and first == "0.5 1.5"
    assert (first.split() if is_step else ["", ""]) == outcome.column("step")
    assert ["7", "7"] == outcome.column("param2" if first == "1.5 0.5" else "param")
    assert ("step from column 1" if is_step else note) in outcome.err


def test_a_column_of_fractions_with_the_name_of_a_step() -> None:
    """A fractional epoch is not a step, and the note says so."""
    outcome = csv_of("", "epoch,loss\n0.5,1\n1.0,2\n")
    assert (["", ""], ["1", "2"]) == ([row.get("step", "") for row in outcome.rows], outcome.column("param"))
    assert "'epoch' has fractions, so it is not a step" in outcome.err


def test_a_table_of_runs() -> None:
    """Rows that are a run each are not a series, unless a param is chosen."""
    text = "Name,Runtime,loss\nbright-sky-1,5,0.5\ndark-sea-2,6,0.25\n"
    assert error_of("--decay 0.9", text).startswith("<stdin>: each row is a separate run, named by 'Name'")
    assert ["0.5", "0.25"] == csv_of("-q --param-column loss", text).column("param")
    again = text.replace("dark-sea-2", "bright-sky-1")
    assert ["0.5", "0.25"] == csv_of("-q --param-column loss", again).column("param")
    assert ["0.5", "0.25"] == csv_of(
        "-q", again.replace("Runtime,", "").replace("1,5", "1").replace("1,6", "1")
    ).column("param")


@pytest.mark.parametrize(
    ("steps", "note"),
    [
        ("5 5 5", "the steps of column 'step' are all the same, 5; --step-column none ignores them"),
        (
            "1 1 2 2",
            "the steps of column 'step' occur twice each, 2 steps in 4 rows: does the file hold several series?",
        ),
        (
            "1 1 1 2 2",
            "the steps of column 'step' occur several times each, 2 steps in 5 rows: does the file hold several",
        ),
        ("1 2 0 1", "<stdin>:4: step 0 comes after step 2: was the run resumed there?"),
    ],
)
@pytest.mark.parametrize("options", ["", "--missing skip"])
def test_steps_that_come_again(steps: str, note: str, options: str) -> None:
    """A note says that steps are all equal, repeat or start again."""
    text = "step,loss\n" + "".join(f"{step},1\n" for step in steps.split())
    assert note in note_of(text, options)


def test_steps_that_params_share() -> None:
    """A step that repeats only for another param does not count as repeated."""
    rows = "".join(f"{step},1,\n{step},,2\n" for step in range(4))
    assert "stand" not in note_of(f"step,a,b\n{rows}", "--missing skip")


@pytest.mark.parametrize(
    "header",
    [
        *("Jahr;Monat;Tag;Stunde", "année;mois;jour;heure", "año;mes;día;hora", "anno;mese;giorno;ora"),
        *(
            "rok;miesiąc;dzień;godzina",
            "annee;mois;jour;heure",
            "anio;mes;día;hora",
            "год;месяц;день;час",
            "年;月;日;時",
            "№;月;日;时",
        ),
    ],
)
def test_parts_of_dates_in_other_languages(header: str) -> None:
    """Years, months, days and hours are no params, though days and hours start again."""
    rows = "".join(f"2031;{9 + day // 31};{day % 31};{day * 7 % 24};{day},5\n" for day in range(28, 36))
    note = note_of(f"{header};Wert\n{rows}")
    assert ": no step, param from 'Wert'; left out: " in note


@pytest.mark.parametrize("name", ["temps", "tiempo", "tempo", "序号", "番号", "Nº", "lfd. Nr."])
def test_clocks_and_numbers_of_rows_in_other_languages(name: str) -> None:
    """They are no params where they never fall."""
    text = "".join(f"{row},{row % 3}.5\n" for row in range(1, 7))
    assert f"no step, param from 'value'; left out: '{name}'" in note_of(f"{name},value\n{text}")
    assert f"param from '{name}', 'value'" in note_of(f"{name},value\n1.5,2\n0.5,3\n1.5,2\n")


@pytest.mark.parametrize(
    ("cells", "command"),
    [
        (["<0.2", "0.4"], r"sed -E 's/(<|>|~|≈|≤|≥) ?([-+0-9.])/\2/g' FILE"),
        (["≈ 7100", "7000"], r"sed -E 's/(<|>|~|≈|≤|≥) ?([-+0-9.])/\2/g' FILE"),
        (["1:31.25", "1:30.75"], r"perl -pe 's/(\d+):(\d\d\.\d+)/$1*60+$2/ge' FILE"),
    ],
)
def test_limits_and_minutes(cells: list[str], command: str) -> None:
    """A limit, an estimate, or minutes before seconds are refused with the command that reads them."""
    text = "lap,best\n" + "".join(f"{row},{cell}\n" for row, cell in enumerate(cells))
    assert f"{command} | ema-calc reads it" in error_of("--decay 0.9 -q", text)


def test_no_command_for_the_coordinates_of_a_compass() -> None:
    """A column that stays left out by its name needs no plain numbers."""
    rows = "".join(f"51{row}7.25N,00{row}1.5W,3{row}.5\n" for row in range(4))
    assert "sed" not in note_of(f"Latitude,Longitude,Altitude\n{rows}")


@pytest.mark.parametrize(
    ("first", "step"),
    [
        ([40, 38, 39, 36, 37, 35, 36, 34], "no step"),
        ([0, 100, 200, 150, 250, 300], "step from column 1"),
        ([0, 1, 0, 1, 0, 1], "step from column 1"),
        ([9, 8, 7, 6], "step from column 1"),
    ],
)
def test_a_first_column_that_falls(first: list[int], step: str) -> None:
    """Without a header, values that fall as often as they rise are a param; a run that starts again has steps."""
    assert f" has no header: {step}, " in note_of("".join(f"{one},{one + 5},3\n" for one in first))
