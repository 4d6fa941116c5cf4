"""What callers say for a `phone` slot, and the value it stands for."""

from __future__ import annotations

import pytest

from tests.unit.understanding.slots.reading import value

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("six five oh two five three zero zero zero zero", "+16502530000"),
        ("(650) 253-0000", "+16502530000"),
        ("plus eight one nine oh one two three four five six seven eight", "+819012345678"),
        ("it's six fifty two fifty three double oh double oh", "+16502530000"),
        ("four one five five five five two six seven one", "+14155552671"),
        ("area code two one two seven three six five thousand", "+12127365000"),
        ("1 800 275 2273", "+18002752273"),
        ("two oh two, four five six, one four one four", "+12024561414"),
        ("my number is 415-555-2671 call me there", "+14155552671"),
    ],
)
def test_english_phone_phrases(text: str, expected: str | None) -> None:
    assert value(text, "phone", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("〇九〇の一二三四の五六七八", "+819012345678"),
        ("ゼロキュウゼロ一二三四五六七八", "+819012345678"),
        ("０９０−１２３４−５６７８", "+819012345678"),
        ("零三の五二二二の三三三三です", "+81352223333"),
        ("ゼロハチゼロの九八七六の五四三二です", "+818098765432"),
        ("ぜろさんのさんごーななろくのいちにさんよん", "+81335761234"),
        ("090 1111 2222", "+819011112222"),
    ],
)
def test_japanese_phone_phrases(text: str, expected: str | None) -> None:
    assert value(text, "phone", "ja") == expected
