"""Languages of the tables."""
