"""What an exponential moving average does, round by round."""

__version__ = "0.1.0"
