"""Charts of params and averages."""
