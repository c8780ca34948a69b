"""OAuth 2 for programs outside: consent, codes, tokens (RFC 6749, 7009, 7636, 8414, 9207)."""
