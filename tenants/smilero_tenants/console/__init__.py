"""The console: what the people of the foundation see at their desks."""
