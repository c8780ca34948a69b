"""What happened, written in the transaction that caused it."""
