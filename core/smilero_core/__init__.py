"""What every foundation has: which tenant, who, what they pay, what they are told, which plugins."""
