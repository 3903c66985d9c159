"""Articles that are brought in while the page is served: uploads, removals, a watched folder."""
