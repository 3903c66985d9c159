"""The names in a sentence: found, looked up and compared."""
