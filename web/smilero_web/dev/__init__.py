"""`/dev/*`: what exists in the demo alone."""
