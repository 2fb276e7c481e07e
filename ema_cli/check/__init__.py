"""--check: what is computed beside what somebody's code logged."""
