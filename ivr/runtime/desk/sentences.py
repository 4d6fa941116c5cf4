"""What the counter says when something cannot be done. Spoken by flows; English and Japanese."""

from __future__ import annotations

from ivr.core.queueing.wished_times import WrongTime

_NUMBERS = {
    "en": {
        "not_a_number": "I'm sorry, that is not a telephone number.",
        "too_short": "I'm sorry, that number is too short. I need it with its area code.",
        "too_long": "I'm sorry, that number is too long.",
        "not_in_use": "I'm sorry, that number is not in use.",
        "premium": "I'm sorry, we can't call premium numbers.",
        "country": "I'm sorry, we can't call that country from here.",
        "own_number": "That is our own number. I need one where we can reach you.",
        "": "I'm sorry, we can't call that number.",
    },
    "ja": {
        "not_a_number": "申し訳ございません、電話番号ではないようです。",
        "too_short": "申し訳ございません、番号が短いようです。市外局番からお願いいたします。",
        "too_long": "申し訳ございません、番号が長いようです。",
        "not_in_use": "申し訳ございません、その番号は使われておりません。",
        "premium": "申し訳ございません、有料番号にはお電話できません。",
        "country": "申し訳ございません、その国の番号にはお電話できません。",
        "own_number": "それは弊社の番号です。お客様の番号をお願いいたします。",
        "": "申し訳ございません、その番号にはお電話できません。",
    },
}
_TIMES = {
    "en": {
        WrongTime.PAST: "That time is already over.",
        WrongTime.CLOSED_DAY: "We are closed on that day.",
        WrongTime.HOLIDAY: "That day is a holiday, and we are closed.",
        WrongTime.CLOSED_THEN: "We are closed at that time.",
        WrongTime.TOO_FAR: "That is too far away for me to promise.",
        WrongTime.OUTSIDE_CALLING_HOURS: "That is too early or too late to call where you are.",
    },
    "ja": {
        WrongTime.PAST: "そのお時間は過ぎております。",
        WrongTime.CLOSED_DAY: "その日は休業日でございます。",
        WrongTime.HOLIDAY: "その日は祝日のため、休業しております。",
        WrongTime.CLOSED_THEN: "そのお時間は受付時間外でございます。",
        WrongTime.TOO_FAR: "その日は先すぎるため、承ることができません。",
        WrongTime.OUTSIDE_CALLING_HOURS: "そのお時間は、お電話するには早すぎるか、遅すぎます。",
    },
}
_OTHER = {
    "en": {
        "unclear": "I'm sorry, I didn't understand when.",
        "too_many": "I'm sorry, you have asked for several calls already. We will keep those promises first.",
        "full": "I'm sorry, so many people are waiting that I can't promise you a call today.",
        "unanswered": "I'm sorry, we have called this number several times, and nobody answered. Please call us again "
        "when you can talk.",
        "other_numbers": "I'm sorry, I can't note down any more other numbers today.",
        "in_flight": "We are calling you right now.",
        "texts_off": "I'm sorry, I can't send text messages.",
        "text_number": "I'm sorry, I can't send a text to that number.",
        "text_cap": "I'm sorry, I can't send any more texts today.",
    },
    "ja": {
        "unclear": "申し訳ございません、お時間が聞き取れませんでした。",
        "too_many": "申し訳ございません、すでに何件か承っております。そちらを先にお電話いたします。",
        "full": "申し訳ございません、大変多くの方がお待ちのため、本日はお約束ができません。",
        "unanswered": "申し訳ございません、この番号には何度かお電話しましたが、おつながりになりませんでした。"
        "ご都合のよいときにもう一度お電話ください。",
        "other_numbers": "申し訳ございません、本日はこれ以上ほかの番号を承ることができません。",
        "in_flight": "ただいまお電話しているところです。",
        "texts_off": "申し訳ございません、メッセージをお送りすることができません。",
        "text_number": "申し訳ございません、その番号にはメッセージをお送りできません。",
        "text_cap": "申し訳ございません、本日はこれ以上メッセージをお送りできません。",
    },
}


def number_problem(word: str, language: str) -> str:
    """Why a number will not do; empty when it does."""
    table = _NUMBERS.get(language, _NUMBERS["en"])
    return table.get(word, table[""]) if word else ""


def wrong_time(reason: WrongTime, language: str) -> str:
    """Why a time will not do."""
    return _TIMES.get(language, _TIMES["en"])[reason]


def sentence(name: str, language: str) -> str:
    """One of the others."""
    return _OTHER.get(language, _OTHER["en"])[name]
