"""What the core refuses, in words."""


class SettingError(ValueError):
    """A setting that is not a number, out of its range, unknown, or that does not go with another one."""


class ParamError(ValueError):
    """A param that cannot be computed with.

    Attributes:
        index: Its position in the batch it came in, from 0.
    """

    def __init__(self, message: str, index: int = 0) -> None:
        super().__init__(message)
        self.index = index
