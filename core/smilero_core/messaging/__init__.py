"""What people are told: messages with a kind that the law knows, and the channels that carry them."""
