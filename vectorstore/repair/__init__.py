"""Faults of a store, found and mended."""
