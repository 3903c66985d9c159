"""Numbers, units, dates and times in a sentence, compared as values."""
