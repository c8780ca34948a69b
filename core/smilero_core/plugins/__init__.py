"""The plugin host: finds plugins, asks them once, and lets a tenant's requests through to those that are on."""
