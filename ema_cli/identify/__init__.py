"""--identify: find the average that made a log."""
