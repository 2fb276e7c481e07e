"""Numbers and text as they are printed."""
