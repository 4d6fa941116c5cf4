"""Small numbers in the query of addresses we made ourselves."""

from __future__ import annotations

from flask import request


def count(name: str) -> int:
    """A small number from the query; 0 when there is none, and large when it is not one of ours."""
    text = request.args.get(name, "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 999
