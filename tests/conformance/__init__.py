"""Replays sequences that were recorded from the frameworks themselves."""
