"""How a telephone number is read back: as callers say it, not as carriers write it."""

from __future__ import annotations

import pytest

from ivr.core.commands import PlayPrompt
from ivr.core.flow.model import AskVerb, Confirm, HangUpVerb
from ivr.core.meaning import SlotType
from tests.unit.core.driving import Drive
from tests.unit.core.flows import flow_of, prompt

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("number", "language", "said"),
    [
        ("+12025550177", "en", "Thank you. I have two zero two, five five five, zero one seven seven. Is that right?"),
        (
            "+818011112222",
            "ja",
            "ありがとうございます。ゼロ ハチ ゼロ、イチ イチ イチ イチ、ニ ニ ニ ニ、でよろしいですか。",
        ),
    ],
)
def test_a_telephone_number_is_read_back_without_its_country_code(number: str, language: str, said: str) -> None:
    ask = AskVerb("number", SlotType("phone"), prompt("Which number?"), then="bye", confirm=Confirm.READ_BACK)
    drive = Drive(flow_of({"ask": ask, "bye": HangUpVerb(prompt("Goodbye."))}), language=language)
    drive.played()
    drive.slot(number)
    assert [one.text for one in drive.last if isinstance(one, PlayPrompt)] == [said]
