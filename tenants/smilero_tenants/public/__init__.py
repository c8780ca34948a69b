"""A foundation's front page, which a plugin gives."""
