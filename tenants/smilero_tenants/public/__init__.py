"""What customers see at a foundation's address: its markets, who is open today, and its shops."""
