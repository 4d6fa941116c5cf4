"""Argon2id. A few at a time: each takes memory and a core that calls need, too."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

TIME_COST, MEMORY_KIB, LANES = 2, 19_456, 1
"""The least that OWASP's password storage cheat sheet calls enough for argon2id."""
AT_ONCE = 2


class Argon2Hasher:
    """`ivr.ports.Hasher`. Thread-safe."""

    def __init__(self) -> None:
        self._argon2 = PasswordHasher(TIME_COST, MEMORY_KIB, LANES)
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        """With a salt of its own."""
        with self._room:
            return self._argon2.hash(password.encode("utf-8", "surrogatepass"))

    def verify(self, password_hash: str, password: str) -> bool:
        """False for another password, and for a hash that is none."""
        try:
            with self._room:
                return self._argon2.verify(password_hash, password.encode("utf-8", "surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, password_hash: str) -> bool:
        """Made with other costs than those of today."""
        return self._argon2.check_needs_rehash(password_hash)
