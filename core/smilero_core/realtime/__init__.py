"""Bells between processes: something changed, look again. What redis loses, the next look finds."""
