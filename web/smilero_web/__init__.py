"""The assembled application: ASGI, the API, pages, and the command line."""
