"""Which tenant: foundations, the hosts they answer on, and how a request finds its own."""
