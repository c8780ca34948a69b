"""Making a foundation ready: its markets from the national file, and in the demo its shops and people."""
