"""Sentences the carrier's own voice says when no media process can: short, honest, with a way on."""

from __future__ import annotations

from enum import Enum


class Sentence(Enum):
    """What has to be said."""

    FAILED = "failed"
    """Something broke; the caller should try again."""
    ONE_MOMENT = "one_moment"
    STILL_HERE = "still_here"
    """The moment takes longer."""
    NO_ROOM = "no_room"
    NO_ROOM_OFFER = "no_room_offer"
    """All lines are busy, and a key books a call back."""
    UNKNOWN_NUMBER = "unknown_number"
    LOST = "lost"
    """The call was interrupted and could not be taken up again."""


_TEXTS = {
    "en": {
        Sentence.FAILED: "I'm sorry, something went wrong on our side. Please call again in a few minutes. Goodbye.",
        Sentence.ONE_MOMENT: "I'm sorry, one moment please.",
        Sentence.STILL_HERE: "I'm still here. Please stay on the line.",
        Sentence.NO_ROOM: "I'm sorry, all our lines are busy right now. Please call again in a few minutes.",
        Sentence.NO_ROOM_OFFER: "I'm sorry, all our lines are busy right now. Press 1, and we will call you back "
        "on the number you are calling from.",
        Sentence.UNKNOWN_NUMBER: "I'm sorry, this number is not in service. Please check the number and call again.",
        Sentence.LOST: "I'm sorry, we were interrupted and I could not get you back. Please call again. Goodbye.",
    },
    "ja": {
        Sentence.FAILED: "申し訳ございません。こちらの不具合のため、数分後におかけ直しください。失礼いたします。",
        Sentence.ONE_MOMENT: "申し訳ございません。少々お待ちください。",
        Sentence.STILL_HERE: "もう少々お待ちください。このまま、お切りにならずにお待ちください。",
        Sentence.NO_ROOM: "申し訳ございません。ただいま大変混み合っております。数分後におかけ直しください。",
        Sentence.NO_ROOM_OFFER: "申し訳ございません。ただいま大変混み合っております。1を押していただければ、"
        "おかけいただいた番号に、こちらからお電話いたします。",
        Sentence.UNKNOWN_NUMBER: "申し訳ございません。この番号は現在使われておりません。番号をお確かめください。",
        Sentence.LOST: "申し訳ございません。お電話が途切れてしまいました。お手数ですが、おかけ直しください。",
    },
}
_PEOPLE = {"en": "People are here {hours}.", "ja": "担当者の受付時間は、{hours}です。"}


def text_of(sentence: Sentence, language: str) -> str:
    """The sentence in `language`; in English when there is no such text."""
    return _TEXTS.get(language, _TEXTS["en"])[sentence]


def no_room_text(language: str, hours: str) -> str:
    """All lines are busy, and when people are there (when that is known in words)."""
    base = text_of(Sentence.NO_ROOM, language)
    return f"{base} {_PEOPLE.get(language, _PEOPLE['en']).format(hours=hours)}" if hours else base


def language_of_number(dialled: str, default: str) -> str:
    """A guess by country code, for when the call flow cannot be asked."""
    return "ja" if dialled.startswith("+81") else default
