"""One file per step, in the order in which they were written."""
