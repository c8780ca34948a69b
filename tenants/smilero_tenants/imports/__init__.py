"""Sheets that a foundation takes in: sent, read in the worker, looked at line by line, kept whole or not at all."""
