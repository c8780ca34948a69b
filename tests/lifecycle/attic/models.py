"""So that the host knows that there are tables."""
