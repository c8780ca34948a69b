"""What is done later: rows that are the truth, and arq as their doorbell."""
