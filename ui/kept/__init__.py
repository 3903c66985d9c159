"""Quotes that a person keeps over many questions."""
