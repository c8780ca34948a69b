"""Who did what, in sentences."""
