"""A plugin of the tests: it counts what reaches it."""
