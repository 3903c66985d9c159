"""The recipe of the bundled model: a German–English embedding and a lexicon, made from pairs."""
