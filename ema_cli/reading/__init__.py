"""Readers: from arguments, files and pipes to batches of updates."""
