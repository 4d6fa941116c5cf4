from __future__ import annotations

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from ivr.runtime.accounts.hashing import Argon2Hasher

pytestmark = pytest.mark.unit


def test_a_hash_is_argon2id_with_a_salt_of_its_own() -> None:
    hasher = Argon2Hasher()
    first, second = hasher.hash("blue kettle on Tuesday"), hasher.hash("blue kettle on Tuesday")
    assert first != second
    parameters = extract_parameters(first)
    assert (parameters.type, parameters.memory_cost, parameters.time_cost) == (Type.ID, 19_456, 2)


def test_only_the_right_password_fits() -> None:
    hasher = Argon2Hasher()
    hashed = hasher.hash("blue kettle")
    assert hasher.verify(hashed, "blue kettle")
    assert not hasher.verify(hashed, "blue kettlE")
    assert not hasher.verify("no hash at all", "blue kettle")
    assert not hasher.verify(hashed, "half a pair \ud800")


def test_a_hash_of_other_costs_is_outdated() -> None:
    hasher = Argon2Hasher()
    assert not hasher.is_outdated(hasher.hash("x"))
    assert hasher.is_outdated(PasswordHasher(1, 8, 1).hash("x"))
