"""What callers say for a `choice` slot, and the value it stands for."""

from __future__ import annotations

import pytest

from tests.unit.understanding.slots.reading import SIZES, value

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the medium please", "medium"),
        ("big one", "large"),
        ("the second one", "medium"),
        ("last one", "large"),
        ("meedium", "medium"),
        ("purple", None),
    ],
)
def test_english_choice_phrases(text: str, expected: str | None) -> None:
    assert value(text, "choice", "en", choices=SIZES) == expected
