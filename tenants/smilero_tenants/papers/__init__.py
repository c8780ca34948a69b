"""Paper: what plugins and the host have to print, set as PDF."""
