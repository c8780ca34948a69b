"""Search: the registry's own answer, then what each plugin that is on has found."""
