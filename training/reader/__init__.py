"""The recipe of the bundled reader and of the entailment head beside it."""
