"""The page as HTML, everything escaped."""
