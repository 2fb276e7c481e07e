"""The engine: what an exponential moving average computes. It knows nothing of files, options or tables."""
