"""What foundations pay, and the port to those who move their customers' money."""
