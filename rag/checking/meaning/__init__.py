"""Whether a sentence means what its quotes mean: no, perhaps, opposites, who did what."""
