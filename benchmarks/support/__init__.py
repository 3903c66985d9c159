"""What the benchmarks share: data, alterations, attacks, cached embeddings."""
