"""The averages: rules, number types and the recurrence. Imports neither Click nor Rich, nor another room."""
