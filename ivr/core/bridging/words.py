"""What is said around a bridge: to whoever waits, is asked in, comes back, or is let go. Pure."""

from __future__ import annotations

import re
from enum import Enum

from ivr.core.bridging.model import Bridge, BridgeEnding, Party, PartyRole, PassKind
from ivr.core.queueing.model import Callback

_VALUE = re.compile(r"\{(\w+)\}")
ABOUT_CHARS = 140


class Say(Enum):
    """Names of the sentences."""

    HOLD = "hold"
    HOLD_AGAIN = "hold_again"
    ASKING = "asking"
    ASKING_AGAIN = "asking_again"
    PASSING = "passing"
    PASSING_AGAIN = "passing_again"
    RETURNING = "returning"
    RETURNING_AGAIN = "returning_again"
    OFFER = "offer"
    OFFER_AGAIN = "offer_again"
    OFFER_TAKEN = "offer_taken"
    OFFER_REFUSED = "offer_refused"
    BRIEF = "brief"
    BRIEF_RETURN = "brief_return"
    ASK_KEY = "ask_key"
    JOINING = "joining"
    PASSED = "passed"
    VOID = "void"
    CUSTOMER_LEFT = "customer_left"
    PASSED_ON = "passed_on"
    GOODBYE = "goodbye"
    OVER = "over"
    CONNECTING = "connecting"
    CHECK_TEXT = "check_text"
    SOMEBODY = "somebody"
    COLLEAGUE = "colleague"


_TEXTS: dict[str, dict[Say, str]] = {
    "en": {
        Say.HOLD: "One moment please, {agent} is looking something up.",
        Say.HOLD_AGAIN: "Thank you for waiting. {agent} is still looking, and will be back with you soon.",
        Say.ASKING: "One moment please, {agent} is asking a colleague.",
        Say.ASKING_AGAIN: "Thank you for waiting. {agent} is still talking with a colleague.",
        Say.PASSING: "You are being connected to {third}. One moment please.",
        Say.PASSING_AGAIN: "Thank you for waiting. {third} has not answered yet.",
        Say.RETURNING: "{third} cannot take the call just now. I am getting {agent} back for you.",
        Say.RETURNING_AGAIN: "Thank you for waiting. {agent}'s telephone is ringing.",
        Say.OFFER: "I am sorry, nobody can take your call just now. If you would like us to call you back, press 1.",
        Say.OFFER_AGAIN: "Press 1, and we will call you back as soon as somebody is free.",
        Say.OFFER_TAKEN: "Thank you. We will call you back as soon as somebody is free. Goodbye.",
        Say.OFFER_REFUSED: "You can call us again at any time. Goodbye.",
        Say.BRIEF: "{agent} passes you a call. {about}.",
        Say.BRIEF_RETURN: "Your caller is coming back to you, nobody else took the call. {about}.",
        Say.ASK_KEY: "To take the call, press 1. To pass, press 2.",
        Say.JOINING: "Thank you. You are being connected.",
        Say.PASSED: "All right. Goodbye.",
        Say.VOID: "The call does not need you any more. Thank you. Goodbye.",
        Say.CUSTOMER_LEFT: "The customer has hung up. Goodbye.",
        Say.PASSED_ON: "You have passed the call on. Thank you.",
        Say.GOODBYE: "Thank you for calling. Goodbye.",
        Say.OVER: "The call is over. Thank you.",
        Say.CONNECTING: "One moment please. You are being connected again.",
        Say.CHECK_TEXT: "{company}: you called us, and we passed you on. Was it solved? If not, reply CALL, and we "
        "call you.",
        Say.SOMEBODY: "a customer",
        Say.COLLEAGUE: "a colleague",
    },
    "ja": {
        Say.HOLD: "少々お待ちください。{agent}がお調べしております。",
        Say.HOLD_AGAIN: "お待たせしております。{agent}がまだお調べしております。もう少々お待ちください。",
        Say.ASKING: "少々お待ちください。{agent}がほかの担当者に確認しております。",
        Say.ASKING_AGAIN: "お待たせしております。{agent}がまだ確認しております。もう少々お待ちください。",
        Say.PASSING: "{third}におつなぎしております。少々お待ちください。",
        Say.PASSING_AGAIN: "お待たせしております。{third}を呼び出しております。",
        Say.RETURNING: "申し訳ございません。{third}が出られませんので、{agent}をお呼びしております。",
        Say.RETURNING_AGAIN: "お待たせしております。{agent}を呼び出しております。",
        Say.OFFER: "申し訳ございません。ただいま担当者が出られません。"
        "こちらからの折り返しをご希望の方は、1を押してください。",
        Say.OFFER_AGAIN: "1を押していただければ、担当者が空きしだい、こちらからお電話いたします。",
        Say.OFFER_TAKEN: "ありがとうございます。担当者が空きしだい、こちらからお電話いたします。失礼いたします。",
        Say.OFFER_REFUSED: "いつでもお電話ください。失礼いたします。",
        Say.BRIEF: "{agent}からの転送です。{about}。",
        Say.BRIEF_RETURN: "ほかの担当者が出られなかったため、お客様をお戻しします。{about}。",
        Say.ASK_KEY: "電話に出る場合は1を、出られない場合は2を押してください。",
        Say.JOINING: "ありがとうございます。おつなぎします。",
        Say.PASSED: "承知しました。失礼いたします。",
        Say.VOID: "この電話への対応は不要になりました。ありがとうございました。",
        Say.CUSTOMER_LEFT: "お客様が電話をお切りになりました。",
        Say.PASSED_ON: "電話を引き継ぎました。ありがとうございました。",
        Say.GOODBYE: "お電話ありがとうございました。失礼いたします。",
        Say.OVER: "通話は終了しました。ありがとうございました。",
        Say.CONNECTING: "少々お待ちください。もう一度おつなぎしております。",
        Say.CHECK_TEXT: "{company}です。先日のお電話の件は解決しましたか。まだの場合は「電話」とご返信ください。"
        "こちらからお電話いたします。",
        Say.SOMEBODY: "お客様",
        Say.COLLEAGUE: "担当者",
    },
}


def say(name: Say, language: str, **values: str) -> str:
    """The sentence in a language (English where there is none), with its values."""
    text = _TEXTS.get(language, _TEXTS["en"])[name]
    return _VALUE.sub(lambda found: values.get(found[1], found[0]), text)


def about(callback: Callback) -> str:
    """Who it is and what it is about, for whoever is asked in."""
    joint = "、" if callback.language == "ja" else ", "
    parts = [callback.name or say(Say.SOMEBODY, callback.language), callback.reason]
    parts += [value for value in callback.brief.values() if value]
    return joint.join(part for part in parts if part)[:ABOUT_CHARS]


def hold_words(bridge: Bridge, round_number: int) -> str:
    """What the customer hears who waits: what is being done, and by whom."""
    language, pending = bridge.language, bridge.pending
    names = {"agent": _agent_name(bridge), "third": _third_name(bridge)}
    first, again = Say.HOLD, Say.HOLD_AGAIN
    if pending is not None:
        first, again = {
            PassKind.CONSULT: (Say.ASKING, Say.ASKING_AGAIN),
            PassKind.COLD: (Say.PASSING, Say.PASSING_AGAIN),
            PassKind.RETURN: (Say.RETURNING, Say.RETURNING_AGAIN),
        }[pending.kind]
    return say(first if round_number == 0 else again, language, **names)


def brief_words(bridge: Bridge, party: Party) -> str:
    """What whoever is asked in hears first."""
    pending = bridge.pending
    is_back = pending is not None and pending.kind is PassKind.RETURN
    name = _name_of(bridge, pending.by if pending is not None else "", party.language)
    return say(Say.BRIEF_RETURN if is_back else Say.BRIEF, party.language, agent=name, about=bridge.about)


def last_words(bridge: Bridge, party: Party) -> str:
    """What a leg hears that is let go, or whose conference is over."""
    if party.role is PartyRole.CUSTOMER:
        return say(Say.GOODBYE, party.language)
    if bridge.ending is BridgeEnding.CUSTOMER_LEFT:
        return say(Say.CUSTOMER_LEFT, party.language)
    if party.role is PartyRole.THIRD and not bridge.is_over and party.tag != bridge.owner:
        return say(Say.VOID, party.language)
    if party.role is PartyRole.AGENT and not bridge.is_over and party.tag != bridge.owner:
        return say(Say.PASSED_ON, party.language)
    return say(Say.OVER, party.language)


def _agent_name(bridge: Bridge) -> str:
    pending = bridge.pending
    owner = bridge.party(bridge.owner)
    if pending is not None:
        return _name_of(bridge, pending.by, bridge.language)
    return (owner.name if owner is not None else "") or say(Say.COLLEAGUE, bridge.language)


def _name_of(bridge: Bridge, agent: str, language: str) -> str:
    names = (party.name for party in bridge.parties if agent and party.agent == agent and party.name)
    return next(names, say(Say.COLLEAGUE, language))


def _third_name(bridge: Bridge) -> str:
    """Whom the customer waits for; of a return: who did not take the call."""
    pending = bridge.pending
    if pending is None:
        return say(Say.COLLEAGUE, bridge.language)
    of = bridge.passings[-2] if pending.kind is PassKind.RETURN and len(bridge.passings) > 1 else pending
    party = bridge.party(of.tag)
    return (party.name if party is not None else "") or say(Say.COLLEAGUE, bridge.language)
