"""What an output says of itself: what its averages have in common, and what tells them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.numerals import printable
from ema_cli.errors import UsageError
from ema_cli.output.numbers import as_written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.engine import Average
    from ema_cli.output.numbers import Style


class Headline:
    """The words over an output.

    Args:
        averages: The averages, each for the first param.
        initials: The initial values as they were written.
        names: The params' names, empty if nothing names them.
        given: The title that the user gave.
        style: How numbers are rounded.

    Attributes:
        labels: What tells each average from the others; empty for a single one.
    """

    def __init__(
        self, averages: list[Average], initials: list[str], names: list[str], given: str | None, style: Style
    ) -> None:
        self.averages, self.initials, self.names, self.given = averages, initials, names, given
        aspects = {
            "rule": [average.rule.name for average in averages],
            "decay": [str(average.stated).removeprefix("decay ") for average in averages],
            "dtype": [average.dtype.name for average in averages],
        }
        differing = {name: texts for name, texts in aspects.items() if len(set(texts)) > 1}
        self.labels = [" ".join(texts[place] for texts in differing.values()) for place in range(len(averages))]
        if len(set(self.labels)) < len(averages):
            twice = next(label for label in self.labels if self.labels.count(label) > 1)
            raise UsageError(f"two of the averages are the same{': ' if twice else ''}{twice}")
        average = averages[0]
        common = {"decay": _decay(average, style), "rule": f"rule {average.rule.name}", "dtype": average.dtype.name}
        self._common = [text for name, text in common.items() if name not in differing]

    def title(self) -> list[str]:
        """The lines over a table."""
        initials = ", ".join("first param" if text == "first" else text for text in self.initials)
        line = ", ".join([*self._common, f"initial value {initials}"])
        if len(self.names) == 1 and self.names[0] != "param":
            line = f"{self.names[0]}: {line}"
        return [line] if self.given is None else [printable(self.given), line]

    def settings(self, params: Sequence[Average]) -> dict[str, Any]:
        """The same for programs.

        Args:
            params: The first average of each param.
        """
        each = [_settings(average) for average in self.averages]
        common = {key: value for key, value in each[0].items() if all(other.get(key) == value for other in each)}
        initials = [_number(average.initial) for average in params]
        settings = {**common, "initial": initials[0] if len(initials) == 1 else initials}
        if self.averages[0].count_from is not None:
            settings["count-from"] = self.averages[0].count_from
        if self.names:
            settings["params"] = self.names
        if len(each) > 1:
            settings["averages"] = [
                {"label": label, **{key: value for key, value in one.items() if key not in common}}
                for label, one in zip(self.labels, each, strict=True)
            ]
        return settings


def _decay(average: Average, style: Style) -> str:
    stated = str(average.stated)
    if average.stated.kind == "decay":
        return stated
    return f"{stated} (decay {as_written(average.decay_dtype, style)(str(average.constant))})"


def _settings(average: Average) -> dict[str, Any]:
    settings = {"rule": average.rule.name, "dtype": average.dtype.name, "decay": _number(average.constant)}
    if average.stated.kind != "decay":
        settings[average.stated.kind] = float(average.stated.value)
    return settings


def _number(value: Any) -> float | str | None:
    """A value as JSON has it: a fraction as a string."""
    return float(value) if isinstance(value, float) else None if value is None else str(value)
