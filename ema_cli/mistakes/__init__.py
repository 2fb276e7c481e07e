"""What to type instead: for an option, a value, or an operand that there is none of. Imported only to say so."""
