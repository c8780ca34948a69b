"""What is stored about somebody: seen, handed over and erased, by the person or for the person."""
