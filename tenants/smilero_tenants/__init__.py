"""What a tenant does: provisioning, its markets, and the faces that people see."""
