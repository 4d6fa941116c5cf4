"""Pages about people: signing in, the own account, everybody's accounts."""
