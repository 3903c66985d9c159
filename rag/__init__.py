"""Retrieval and answers: from files to passages, from a question to an answer that cites them."""
