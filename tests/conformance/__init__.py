"""Replay sequences that were recorded from the frameworks themselves."""
