"""A hasher for tests that takes no time and counts its work."""

from __future__ import annotations


class CountingHasher:
    """`ivr.ports.Hasher`; a hash is the password behind a mark, and never leaves the tests."""

    def __init__(self, costs: str = "1") -> None:
        self.costs = costs
        self.verified = 0
        self.hashed = 0

    def hash(self, password: str) -> str:
        """Counts."""
        self.hashed += 1
        return f"{self.costs}${password}"

    def verify(self, password_hash: str, password: str) -> bool:
        """Counts."""
        self.verified += 1
        return password_hash.partition("$")[2] == password

    def is_outdated(self, password_hash: str) -> bool:
        """Made with other costs."""
        return password_hash.partition("$")[0] != self.costs
