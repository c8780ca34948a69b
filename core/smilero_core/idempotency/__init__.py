"""One effect and one answer for a command that is sent twice."""
