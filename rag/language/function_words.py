"""Words without a topic."""
