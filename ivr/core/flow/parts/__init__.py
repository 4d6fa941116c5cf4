"""Verbs that are dialogues of their own, made of the other verbs: built-in steps with built-in words."""

COUNTER = "callbacks"
"""The connector that is always there: the callback queue's own counter."""
OPERATIONS = (
    "offer", "check_time", "check_number", "guess_zone", "book", "unlock", "move", "renumber", "note", "cancel", "leg",
    "message", "text", "abandoned", "transfer", "transfer_stands", "transfer_withdraw",
    "transfer_number",
)  # fmt: skip
