"""Charts by time: the axis has round dates or numbers, and each point stands at its time."""

import re

import pytest

from tests.harness import output

pytest.importorskip("plotille", reason="the extra plot is not installed")

DAY = "2024-03-01T00:00,1\n2024-03-01T06:00,3\n2024-03-01T18:00,2\n"


def axis(tmp_path, rows, *options, columns="time,param"):
    """The line of labels below a chart in the terminal, and the column of each point of the params."""
    (tmp_path / "log.csv").write_text(f"clock,temp\n{rows}")
    line = ("--time-column", "clock", *options, str(tmp_path / "log.csv"), "--plot", "-q", "-c", columns)
    drawn = output(*line).partition("\n\n")[2].splitlines()
    return drawn[-3].split(), sorted(match.start() for row in drawn[:-4] for match in re.finditer("o", row))


def test_points_stand_at_their_times(tmp_path):
    """Six and twelve hours later are a third of the width and all of it."""
    labels, (first, second, third) = axis(tmp_path, DAY, "--half-life", "2h")
    assert labels == ["00:00", "06:00", "12:00", "18:00", "clock"]
    assert second - first == pytest.approx((third - first) / 3, abs=1)


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        ("2024-03-01T00:00:00,1\n2024-03-01T00:00:07,2\n", ["00:00:00", "00:00:02", "00:00:04", "00:00:06"]),
        ("2024-03-01T20:00,1\n2024-03-03T02:00,2\n", ["03-02", "00:00", "03-02", "12:00", "03-03", "00:00"]),
        ("2024-03-01,1\n2024-03-29,2\n", ["2024-03-04", "2024-03-18", "clock"]),
        ("2024-03-01,1\n2024-12-29,2\n", ["2024-04", "2024-07", "2024-10"]),
        ("1950-03-01,1\n2024-12-29,2\n", ["1960", "1980", "2000", "2020"]),
        ("2024-03-01T00:00:00.1234567,1\n", ["00:00:00.500000", "00:00:01.000000"]),
        ("0001-01-01,1\n9999-12-31,2\n", ["5000", "clock"]),
    ],
)  # fmt: skip
def test_dates_on_the_axis_are_round(rows, labels, tmp_path):
    """Ticks are at round seconds, hours, Mondays, months or years, whatever the log spans."""
    assert axis(tmp_path, rows, "--half-life", "2d")[0][: len(labels)] == labels


def test_plain_times_are_numbers(tmp_path):
    """Plain times get round numbers; a time beyond a chart's range gets no point."""
    assert axis(tmp_path, "0.5,1\n2.5,2\n", "--decay", "0.9")[0] == ["0.5", "1", "1.5", "2", "2.5", "clock"]
    assert len(axis(tmp_path, "1,1\n2,2\n1e301,3\n", "--decay", "0.9")[1]) == 2


def test_rounds_can_be_asked_for(tmp_path):
    """`-c round,...` draws by round, as for steps."""
    assert axis(tmp_path, DAY, "--half-life", "2h", columns="round,param")[0] == ["1", "2", "3", "round"]


def test_a_time_beyond_every_step_is_read_in_full(tmp_path):
    """The difference from the time before is exact, however large the times are."""
    (tmp_path / "log.csv").write_text("clock,temp\n1,1\n1e21,3\n")
    line = ("--time-column", "clock", "--decay", "0.9", str(tmp_path / "log.csv"), "-c", "elapsed", "-F", "csv", "-q")
    assert output(*line).split() == ["elapsed", "1e+21"]
