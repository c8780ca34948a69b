"""Plugins of the tests' own: one with every kind of setting, and three that stand in the way of each other."""
