"""Answers that a chat model writes, each sentence checked against the words it rests on."""
