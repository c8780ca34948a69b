"""The database: logins and roles, one transaction manager, migrations, and the proof that isolation holds."""
