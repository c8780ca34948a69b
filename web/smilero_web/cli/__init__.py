"""`smilero`: everything that an operator does from a shell."""

from smilero_web.cli.main import main

__all__ = ["main"]
