"""What recognisers share."""

from __future__ import annotations

import pytest

from speech.stt.base import DeafRecogniser, spoken_words

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" Yes,  please. ", "Yes, please."),
        ("[MUSIC PLAYING]", ""),
        ("(coughs) my order [noise] number", "my order number"),
        ("♪ la la ♪", "la la"),
        ("♪♪♪", ""),
        (". . . .", ""),
        ("*sighs*", ""),
        ("【音楽】はい", "はい"),
        ("（拍手）", ""),
    ],
)
def test_only_what_was_spoken_is_left(text: str, words: str) -> None:
    assert spoken_words(text) == words


def test_the_deaf_recogniser_hears_nothing() -> None:
    stream = DeafRecogniser().open("en")
    stream.push(b"\x00" * 320)
    stream.reset()
    assert (stream.partial(), stream.result().text) == ("", "")
    stream.close()
