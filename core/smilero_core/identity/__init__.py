"""Who: people of a foundation, what they are there, and how a request proves it."""
