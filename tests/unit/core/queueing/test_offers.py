from __future__ import annotations

import pytest

from ivr.core.queueing.offers import TextOffer

pytestmark = pytest.mark.unit


def test_an_offer_is_known_by_the_key_of_its_text() -> None:
    offer = TextOffer("c" * 32, "general", "support", "ja")
    assert TextOffer.of(offer.key) == offer


@pytest.mark.parametrize("key", ["", "offer", "offer:c:general:support", "c:promised", "offers:a:b:c:d"])
def test_other_texts_made_no_offer(key: str) -> None:
    assert TextOffer.of(key) is None
