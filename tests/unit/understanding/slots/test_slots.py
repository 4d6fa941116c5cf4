"""What holds for every slot grammar."""

from __future__ import annotations

import pytest

from ivr.core.meaning import SlotType
from ivr.understanding.slots import PARSERS, SlotContext, parse_slot
from tests.unit.understanding.slots.reading import FRIDAY, SIZES

pytestmark = pytest.mark.unit


def test_every_slot_type_of_the_contract_has_a_grammar() -> None:
    expected = "callback_time choice date digits letters money name number phone text time yes_no"
    assert " ".join(sorted(PARSERS)) == expected


@pytest.mark.parametrize("kind", sorted(PARSERS))
@pytest.mark.parametrize("language", ["en", "ja", "de"])
@pytest.mark.parametrize("text", ["", "   ", "…", "\x00\x07", "🙂", "9" * 600, "one " * 400, "一" * 500, "((((", "١٢٣"])
def test_no_grammar_chokes_on_odd_text(kind: str, language: str, text: str) -> None:
    guess = parse_slot(text, SlotType(kind, choices=SIZES), SlotContext(language, FRIDAY))
    assert guess is None or len(guess.value) <= 500
