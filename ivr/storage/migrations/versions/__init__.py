"""The schema changes, oldest first by number. Each can be undone."""
