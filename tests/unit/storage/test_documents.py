"""Dataclasses as documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ivr.core.bridging.model import Target, TargetKind
from ivr.storage.documents import from_document, to_document

pytestmark = pytest.mark.unit


@dataclass(frozen=True)
class Note:
    target: Target
    at: datetime
    pair: tuple[int, int]
    words: tuple[str, ...] = ()
    last: datetime | None = None


NOTE = Note(Target(TargetKind.QUEUE, "a\0b"), datetime(2026, 11, 25, tzinfo=UTC), (1, 2), ("x",))


def test_a_nested_dataclass_comes_back() -> None:
    back = from_document(Note, to_document(NOTE))
    assert back == Note(Target(TargetKind.QUEUE, "a\ufffdb"), NOTE.at, (1, 2), ("x",))


def test_what_an_older_version_did_not_write_has_its_default() -> None:
    document = {name: value for name, value in to_document(NOTE).items() if name != "words"} | {"gone": 1}
    assert from_document(Note, document).words == ()


def test_foreign_types_are_refused() -> None:
    with pytest.raises(TypeError, match="Decimal"):
        to_document(Decimal(1))
