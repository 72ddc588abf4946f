"""Import: from a bank's files to canonical tables, checked row by row."""
