"""The built-in tags, one file for each category."""
