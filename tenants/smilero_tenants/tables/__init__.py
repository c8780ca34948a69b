"""Tables of the console: asked by an address, drawn as a page, written as a file, and many rows done with at once."""
