"""Sheets that a shop puts up: the host's own, and those of the plugins that are on."""
