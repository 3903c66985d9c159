"""From files to articles, from articles to passages, and from passages into the store."""
