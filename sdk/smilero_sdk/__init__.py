"""The contracts between Smilero and its plugins: all that a plugin may import."""

__version__ = "0.1.0"
