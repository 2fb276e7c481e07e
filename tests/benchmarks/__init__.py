"""Speed, as ratios against a reference that runs beside it. Nothing here is a test: machines differ."""
