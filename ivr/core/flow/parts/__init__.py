"""Verbs that are dialogues of their own, made of the other verbs: built-in steps with built-in words."""
