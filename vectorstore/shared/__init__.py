"""A store on a Chroma server that several processes share, and the copies that follow it."""
