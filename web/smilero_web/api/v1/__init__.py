"""The core's own operations of the first version."""
