"""An ordinary Django project: default middleware, token authentication, ORM with select_for_update, persistent connections."""
