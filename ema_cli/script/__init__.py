"""Where updates come from: arguments, delimited text, JSON Lines; all become batches."""
