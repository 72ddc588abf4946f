"""The bank's analytical data: canonical tables, mapped import, quality, snapshots."""
