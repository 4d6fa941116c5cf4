"""What the queue says by itself outside of flows: to whoever waits in a conference, and by text. Pure."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

_VALUE = re.compile(r"\{(\w+)\}")


class Reply(Enum):
    """Names of the sentences."""

    CALLING_CUSTOMER = "calling_customer"
    STILL_CALLING_CUSTOMER = "still_calling_customer"
    CALLING_AGENT = "calling_agent"
    STILL_CALLING_AGENT = "still_calling_agent"
    CONNECTING = "connecting"
    NO_CUSTOMER = "no_customer"
    CALLED_OFF = "called_off"
    NO_AGENT = "no_agent"
    CALLER_GONE = "caller_gone"
    BOOKED_BY_KEY = "booked_by_key"
    ALREADY_BOOKED = "already_booked"
    NOT_BOOKED = "not_booked"
    TEXT_WHEN = "text_when"
    TEXT_NONE = "text_none"
    TEXT_CANCELLED = "text_cancelled"
    TEXT_STOPPED = "text_stopped"
    TEXT_LATER = "text_later"
    TEXT_MOVED = "text_moved"
    TEXT_NOT_MOVED = "text_not_moved"
    TEXT_BUSY = "text_busy"
    TEXT_HELP = "text_help"
    TEXT_PROMISED = "text_promised"
    TEXT_CALLED_OFF = "text_called_off"
    TEXT_ABANDONED = "text_abandoned"


_TEXTS: dict[str, dict[Reply, str]] = {
    "en": {
        Reply.CALLING_CUSTOMER: "Thank you. I am calling the customer now.",
        Reply.STILL_CALLING_CUSTOMER: "It is still ringing. One moment please.",
        Reply.CALLING_AGENT: "Thank you. I am getting a colleague on the line for you.",
        Reply.STILL_CALLING_AGENT: "Our colleague's telephone is ringing. One moment please.",
        Reply.CONNECTING: "You are being connected.",
        Reply.NO_CUSTOMER: "The customer could not be reached. We will try again later. Thank you.",
        Reply.CALLED_OFF: "This call back was called off. Goodbye.",
        Reply.NO_AGENT: "I am sorry, nobody can take your call after all. You keep your place, and we call you again. "
        "Goodbye.",
        Reply.CALLER_GONE: "The caller is no longer waiting. Thank you. Goodbye.",
        Reply.BOOKED_BY_KEY: "Thank you. We will call you back {window}. Goodbye.",
        Reply.ALREADY_BOOKED: "There is a call back noted for this number already. We keep that promise. Goodbye.",
        Reply.NOT_BOOKED: "I am sorry, I could not note that down. Please call again in a few minutes. Goodbye.",
        Reply.TEXT_WHEN: "We will call you {window}. {place} Reply LATER and a time, or NOCALL.",
        Reply.TEXT_NONE: "I can't tell you anything about a call back by text. Call us any time.",
        Reply.TEXT_CANCELLED: "Your call back is cancelled. Call us any time.",
        Reply.TEXT_STOPPED: "You will not be called again. Call us any time.",
        Reply.TEXT_LATER: "Which time suits you? Reply, for example: LATER tomorrow after three.",
        Reply.TEXT_MOVED: "We will call you {window}.",
        Reply.TEXT_NOT_MOVED: "{problem} Reply, for example: LATER tomorrow after three.",
        Reply.TEXT_BUSY: "We are calling you right now.",
        Reply.TEXT_HELP: "Reply WHEN to hear your place, LATER and a time for another time, or NOCALL to cancel.",
        Reply.TEXT_PROMISED: "{company}: we will call you {window}. Your code is {code}. Reply WHEN, LATER or NOCALL.",
        Reply.TEXT_CALLED_OFF: "{company}: your call back was cancelled. Call us any time.",
        Reply.TEXT_ABANDONED: "{company}: your call ended before we had noted a call back. Reply CALL, and we "
        "call you.",
    },
    "ja": {
        Reply.CALLING_CUSTOMER: "ありがとうございます。お客様にお電話しております。",
        Reply.STILL_CALLING_CUSTOMER: "まだ呼び出し中です。少々お待ちください。",
        Reply.CALLING_AGENT: "ありがとうございます。ただいま担当者をお呼びしております。",
        Reply.STILL_CALLING_AGENT: "担当者を呼び出しております。もう少々お待ちください。",
        Reply.CONNECTING: "おつなぎしております。",
        Reply.NO_CUSTOMER: "お客様につながりませんでした。後ほど改めてお電話します。ありがとうございました。",
        Reply.CALLED_OFF: "この折り返しは取り消されました。失礼いたします。",
        Reply.NO_AGENT: "申し訳ございません。担当者が出られなくなりました。順番はそのままで、改めてお電話いたします。",
        Reply.CALLER_GONE: "お客様はもうお待ちではありません。ありがとうございました。失礼いたします。",
        Reply.BOOKED_BY_KEY: "ありがとうございます。{window}にこちらからお電話いたします。失礼いたします。",
        Reply.ALREADY_BOOKED: "この番号への折り返しは、すでに承っております。順番にお電話いたします。失礼いたします。",
        Reply.NOT_BOOKED: "申し訳ございません、承ることができませんでした。数分後におかけ直しください。",
        Reply.TEXT_WHEN: "{window}にお電話いたします。{place}取消は「取消」、変更は「変更」と時間をご返信ください。",
        Reply.TEXT_NONE: "折り返しのお電話について、こちらではお答えできません。いつでもお電話ください。",
        Reply.TEXT_CANCELLED: "折り返しのお電話を取り消しました。いつでもお電話ください。",
        Reply.TEXT_STOPPED: "今後こちらからお電話いたしません。いつでもお電話ください。",
        Reply.TEXT_LATER: "ご都合のよい時間をご返信ください。例: 変更 明日の三時以降",
        Reply.TEXT_MOVED: "{window}にお電話いたします。",
        Reply.TEXT_NOT_MOVED: "{problem}例: 変更 明日の三時以降",
        Reply.TEXT_BUSY: "ただいまお電話しております。",
        Reply.TEXT_HELP: "順番は「いつ」、時間の変更は「変更」と時間、取消は「取消」とご返信ください。",
        Reply.TEXT_PROMISED: "{company}です。{window}にお電話いたします。確認番号は{code}です。"
        "「いつ」「変更」「取消」とご返信いただけます。",
        Reply.TEXT_CALLED_OFF: "{company}です。折り返しのお電話を取り消しました。いつでもお電話ください。",
        Reply.TEXT_ABANDONED: "{company}です。折り返しを承る前にお電話が切れました。「電話」とご返信いただければ、"
        "こちらからお電話いたします。",
    },
}


def reply(name: Reply, language: str, **values: str) -> str:
    """The sentence in a language (English where there is none), with its values; an empty one leaves no gap."""
    text = _TEXTS.get(language, _TEXTS["en"])[name]
    return _VALUE.sub(lambda found: values.get(found[1], found[0]), text).replace("  ", " ").strip()


class TextCommand(Enum):
    """What a caller may ask by text."""

    WHEN = "when"
    LATER = "later"
    CANCEL = "cancel"
    STOP = "stop"
    CALL = "call"


# Carriers take STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, REVOKE and OPTOUT for themselves and send nothing more
# to whoever wrote one of them. So CANCEL is understood, but our own texts recommend NOCALL.
_COMMANDS = {
    TextCommand.WHEN: ("when", "where", "status", "いつ", "何時", "順番"),
    TextCommand.LATER: ("later", "move", "change", "変更", "あとで", "後で"),
    TextCommand.CANCEL: ("nocall", "no call", "cancel", "取消", "取り消し", "キャンセル"),
    TextCommand.CALL: ("call", "電話", "お電話", "折り返し"),
    TextCommand.STOP: ("stop", "stopall", "unsubscribe", "revoke", "optout", "停止", "やめて"),
}
_ALONE = {"end": TextCommand.STOP, "quit": TextCommand.STOP}
"""Everyday words: they mean it only when nothing follows."""
_NOT = ("ない", "ません")
_MARKS = " \t\n\r.,:;!?、。"
"""Around words, once full-width signs are made plain."""


def text_command(body: str) -> tuple[TextCommand | None, str]:
    """The command a text begins with, and what follows it, in small letters.

    Case and marks do not count. Only whole words do, but Japanese is written without gaps: there a beginning is enough.
    """
    words = unicodedata.normalize("NFKC", body).strip(_MARKS).casefold()
    if words in _ALONE:
        return _ALONE[words], ""
    for command, names in _COMMANDS.items():
        for name in names:
            if words.startswith(name) and not _goes_on(name, rest := words.removeprefix(name)):
                return command, rest.strip(_MARKS)
    return None, words


def _goes_on(name: str, rest: str) -> bool:
    """Whether it is another word, or says that it is not wanted ("キャンセルしないで")."""
    if name.isascii():
        return rest[:1].isascii() and rest[:1].isalnum()
    return any(ending in rest for ending in _NOT)
