"""Words that every stage of the loop shares. Standard library only."""
