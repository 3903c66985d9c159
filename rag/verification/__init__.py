"""Whether the words that a written sentence quotes bear it out."""
