"""Signing in by phone and code, the same for merchants, staff and customers."""
