"""What the platform's own login does across tenants: making and listing them. Nothing else uses that login."""
