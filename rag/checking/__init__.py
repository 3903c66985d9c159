"""From a written sentence and the passages that it quotes to a verdict."""
