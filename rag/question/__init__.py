"""From what was typed, and the conversation before it, to a question that stands alone."""
