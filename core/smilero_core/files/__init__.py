"""Files of plugins: rows in the database, content in a folder or in S3, nothing of it in a transaction."""
