"""What console, portal and public pages have in common: who visits, what frame a page stands in, how plugins' pages are mounted."""
