"""The sentences the line says by itself, per language; a flow's own prompts come before them.

A language without sentences of its own hears the English ones only when the flow has no better text.
"""

from __future__ import annotations

from enum import Enum


class Phrase(Enum):
    """Names of built-in sentences."""

    NO_MATCH = "no_match"
    NO_INPUT = "no_input"
    KEYPAD_DIGITS = "keypad_digits"
    WRONG_LENGTH = "wrong_length"
    INVALID = "invalid"
    READ_BACK = "read_back"
    SAY_YES_OR_NO = "say_yes_or_no"
    ASK_AFRESH = "ask_afresh"
    DID_YOU_WANT = "did_you_want"
    RESUMED = "resumed"
    NOT_RECORDED = "not_recorded"
    NO_OTHER_LANGUAGE = "no_other_language"
    WORKING = "working"
    STILL_WORKING = "still_working"
    TROUBLE = "trouble"
    GOODBYE = "goodbye"


_PHRASES: dict[str, dict[Phrase, str]] = {
    "en": {
        Phrase.NO_MATCH: "Sorry, I didn't get that.",
        Phrase.NO_INPUT: "Sorry, I didn't hear anything.",
        Phrase.KEYPAD_DIGITS: "You can also enter it on your keypad, then press the hash key.",
        Phrase.WRONG_LENGTH: "I need {length} digits.",
        Phrase.INVALID: "That number doesn't seem to be right.",
        Phrase.READ_BACK: "Thank you. I have {value}. Is that right?",
        Phrase.SAY_YES_OR_NO: "Please say yes or no, or press 1 for yes and 2 for no.",
        Phrase.ASK_AFRESH: "All right, once more.",
        Phrase.DID_YOU_WANT: "Is this about {topic}?",
        Phrase.RESUMED: "Sorry, I lost you for a second.",
        Phrase.NOT_RECORDED: "All right, this call is not recorded.",
        Phrase.NO_OTHER_LANGUAGE: "Sorry, I don't speak that language here.",
        Phrase.WORKING: "One moment, please.",
        Phrase.STILL_WORKING: "I'm still looking, one more moment.",
        Phrase.TROUBLE: "Sorry, something went wrong on our side. Please call again in a little while. Goodbye.",
        Phrase.GOODBYE: "Thank you for calling. Goodbye.",
    },
    "ja": {
        Phrase.NO_MATCH: "申し訳ありません、聞き取れませんでした。",
        Phrase.NO_INPUT: "お声が聞こえませんでした。",
        Phrase.KEYPAD_DIGITS: "電話機のボタンで入力し、最後にシャープを押していただくこともできます。",
        Phrase.WRONG_LENGTH: "{length}桁でお願いします。",
        Phrase.INVALID: "その番号は正しくないようです。",
        Phrase.READ_BACK: "ありがとうございます。{value}、でよろしいですか。",
        Phrase.SAY_YES_OR_NO: "はい、または、いいえ、とお答えください。ボタンなら、はいは1、いいえは2です。",
        Phrase.ASK_AFRESH: "承知しました。もう一度お願いします。",
        Phrase.DID_YOU_WANT: "{topic}のご用件でしょうか。",
        Phrase.RESUMED: "失礼しました、一瞬お電話が途切れました。",
        Phrase.NOT_RECORDED: "承知しました。この通話は録音しません。",
        Phrase.NO_OTHER_LANGUAGE: "申し訳ありません、こちらではその言語でのご案内はいたしておりません。",
        Phrase.WORKING: "少々お待ちください。",
        Phrase.STILL_WORKING: "お調べしております。もう少々お待ちください。",
        Phrase.TROUBLE: "申し訳ありません、不具合が起きました。しばらくしてからおかけ直しください。失礼いたします。",
        Phrase.GOODBYE: "お電話ありがとうございました。失礼いたします。",
    },
}


def phrase(name: Phrase, language: str, **values: str) -> str:
    """The sentence in a language (English where there is none), with its values."""
    text = _PHRASES.get(language, _PHRASES["en"])[name]
    for key, value in values.items():
        text = text.replace("{" + key + "}", value)
    return text


def all_phrases(language: str) -> list[str]:
    """Every text, as far as it holds no value; they can be rendered beforehand.

    A reply with a value begins with words that are the same for everybody, so that the caller hears them at once.
    """
    return [kept for text in _PHRASES.get(language, {}).values() if (kept := opening(text))]


def opening(text: str, value: str = "{") -> str:
    """The sentences before the first value: all of a text without one."""
    before, mark, _ = text.partition(value)
    return before[: max(before.rfind(end) for end in ".?!。？！") + 1] if mark else before
