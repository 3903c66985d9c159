"""Articles and the spans of their passages in SQLite."""
