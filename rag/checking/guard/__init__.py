"""What never counts as evidence: instructions, links, garbled or invisible text."""
