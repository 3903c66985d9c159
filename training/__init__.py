"""The recipes of the bundled models: embedding, lexicon, reader."""
