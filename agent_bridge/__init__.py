"""Conversations of customers with people: decided here, from core and ports alone."""
