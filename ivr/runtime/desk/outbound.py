"""Legs that we dialled: what their flows know, and what they report."""

from __future__ import annotations

from datetime import datetime

from ivr.core.queueing.leg_events import Word, leg_said
from ivr.core.queueing.legs import Leg, Role
from ivr.core.queueing.model import Callback, Kind
from ivr.core.queueing.standing import is_live
from ivr.core.queueing.steps import Attempt, Step
from ivr.core.queueing.wording import code_text, when_text, window_text
from ivr.runtime.desk.parts import Arguments, DeskParts, Record, yes

BRIEF_CHARS = 160
"""About eight seconds of speech."""
BY = "customer"


class Outbound:
    """Operation `leg`, and the facts of a leg's flow."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts

    def said(self, given: Arguments) -> Record:
        """A word of whoever is at the other end; `ok` no: the attempt is void, say sorry and hang up."""
        now, leg = self._parts.now(), self._parts.callbacks.leg_by_call(given.text("call_id", 32))
        word = given.text("word", 16)
        if leg is None or word not in {one.value for one in Word}:
            return {"ok": "no"}
        if word == Word.STOPPED.value and leg.role is Role.CUSTOMER:
            self._parts.callbacks.stop(leg.number, at=now, by=BY)
        heard: list[bool] = []

        def decide(attempt: Attempt) -> Step | None:
            heard[:] = [is_live(attempt, leg.tag)]
            return leg_said(attempt, leg.tag, Word(word), at=now)

        self._parts.callbacks.step_leg(leg.tag, decide)
        return {"ok": yes(bool(heard) and heard[0])}

    def facts(self, leg: Leg, now: datetime) -> dict[str, Record]:
        """What prompts of the leg's flow can name."""
        callback = self._parts.callbacks.get(leg.callback_id)
        if callback is None:
            return {"leg": {"role": leg.role.value, "tag": leg.tag}}
        return {"leg": {"role": leg.role.value, "tag": leg.tag}, "callback": self._callback(callback, now)}

    def _callback(self, callback: Callback, now: datetime) -> Record:
        language = callback.language
        told = when_text if callback.is_time_chosen else window_text
        return {
            "id": callback.id,
            "kind": callback.kind.value,
            "queue": callback.queue,
            "zone": callback.zone,
            "company": self._parts.company(callback.flow),
            "name": callback.name,
            "reason": callback.reason,
            "brief_text": brief_text(callback),
            "promised_text": told(callback.promised_from, callback.promised_to, now, callback.zone, language),
            "number": callback.number,
            "our_number": callback.dialled,
            "code": callback.code,
            "code_text": code_text(callback.code, language),
            "language": language,
            "leaves_voicemail": yes(self._parts.queue(callback.queue).leaves_voicemail),
            "waited_text": str(max(0, round((now - callback.arrived_at).total_seconds() / 60))),
        }


_SOMEBODY = ("a caller", "お客様")
_MISSING = ("no {label}", "{label}はまだ伺っておりません")


def brief_text(callback: Callback) -> str:
    """Who, why, what was found out, in about eight seconds of speech; also which first thing is not known yet."""
    known = [(label.replace("_", " ").replace(".", " "), value) for label, value in callback.brief.items()]
    parts = [callback.name, callback.reason]
    parts += [f"{label} {value}" for label, value in known if value]
    if known and not known[0][1]:
        is_live = callback.kind is Kind.TRANSFER
        parts[:1] = [callback.name or ("" if is_live else _SOMEBODY[callback.language == "ja"])]
        parts.append(_MISSING[callback.language == "ja"].format(label=known[0][0]))
    parts += list(callback.notes[-1:])
    joint = "、" if callback.language == "ja" else ", "
    whole = joint.join(part for part in parts if part)
    if len(whole) <= BRIEF_CHARS:
        return whole
    cut = whole[: BRIEF_CHARS + 1]
    # Where words are written without gaps, it is cut anywhere.
    end = max(cut.rfind(" "), cut.rfind("、"))
    return cut[: end if end > BRIEF_CHARS // 2 else BRIEF_CHARS].rstrip(" ,、")
