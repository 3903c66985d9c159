"""From a question to ranked passages and the evidence that they hold for it."""
