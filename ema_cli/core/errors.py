"""What the core refuses, in words."""


class SettingError(ValueError):
    """A setting that is not a number, out of its range, unknown, or that does not go with another one."""
