"""A guest book for each shop: customers greet, merchants thank. The example that uses every hook."""
