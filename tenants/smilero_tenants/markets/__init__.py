"""The foundations that Smilero starts with."""
