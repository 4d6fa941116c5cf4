"""What comes with a yes or a no."""

from __future__ import annotations

import pytest

from ivr.understanding.replies import is_denial, split

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "language", "said", "rest"),
    [
        ("Yes, I want to return something.", "en", True, "i want to return something"),
        ("yes please", "en", True, ""), ("yes that's right", "en", True, ""), ("okay sure, thanks", "en", True, ""),
        ("no, where is my order", "en", False, "where is my order"), ("no", "en", False, ""),
        ("no problem", "en", None, "no problem"), ("my order is not here", "en", None, "my order is not here"),
        ("well where is my order", "en", None, "where is my order"), ("nothing", "en", None, "nothing"),
        ("はい、返品したいです", "ja", True, "返品したいです"), ("はい、お願いします", "ja", True, ""),
        ("いいえ、返品です", "ja", False, "返品です"), ("うんと高い", "ja", None, "うんと高い"),
        ("荷物がまだ届きません", "ja", None, "荷物がまだ届きません"),
        ("いやな思いをした", "ja", None, "いやな思いをした"),
    ],
)  # fmt: skip
def test_the_answer_is_told_from_what_follows_it(text: str, language: str, said: bool | None, rest: str) -> None:
    assert split(text, language) == (said, rest)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("its not about a return", "en"), ("i dont want to return it", "en"), ("thats not what i want", "en"),
        ("i have no complaint", "en"), ("i dont have any more questions", "en"), ("its not that", "en"),
        ("返品ではありません", "ja"), ("注文のことじゃないです", "ja"), ("質問はないです", "ja"),
        ("問題ありません", "ja"),
    ],
)  # fmt: skip
def test_what_is_turned_down_is_no_wish(text: str, language: str) -> None:
    assert is_denial(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("my package hasnt come", "en"), ("this is not what i ordered i want to return it", "en"),
        ("i dont want it but can i return it", "en"), ("i want to return something", "en"),
        ("荷物がまだ届きません", "ja"), ("注文したものではないので返品したい", "ja"), ("サイズが合わない", "ja"),
    ],
)  # fmt: skip
def test_a_wish_with_a_no_in_it_is_still_one(text: str, language: str) -> None:
    assert not is_denial(text, language)
