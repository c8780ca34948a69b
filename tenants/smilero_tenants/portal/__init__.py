"""The portal: what merchants and clerks see on their phones."""
