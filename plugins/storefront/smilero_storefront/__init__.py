"""Shop pages that bring people to the market: the directory, each market, each shop."""
