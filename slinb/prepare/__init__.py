"""Runs inside an authority: its records in, the quarterly return out; only counts leave."""
