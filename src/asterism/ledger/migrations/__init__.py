"""Steps that bring a ledger from any earlier shape to the present one."""
