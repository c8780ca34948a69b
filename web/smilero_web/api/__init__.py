"""The JSON API under `/api/v1`: mounting, documents, and the core's own operations in `v1`."""
