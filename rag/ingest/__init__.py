"""From files to articles, from articles to passages, and those into the store."""
