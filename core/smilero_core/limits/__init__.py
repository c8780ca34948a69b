"""How often somebody may do something, counted in redis for all processes."""
