"""Markets, shops and the people who own or staff them."""
