"""The words of `why` in English. Pure texts; what each says is in `why_words.Say`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ivr.core.queueing.model import Cause
from ivr.core.queueing.why_words import Say

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ORDINALS = ("Next", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")


class _English:
    _VAIN = {
        Cause.BUSY: "the line was busy",
        Cause.NO_ANSWER: "nobody answered",
        Cause.FAILED: "the number could not be reached",
        Cause.VOICEMAIL: "a voicemail answered",
        Cause.NOT_PRESENT: "nobody spoke or pressed a key",
        Cause.CUSTOMER_LEFT: "the caller hung up before an agent was there",
        Cause.AGENT_LEFT: "the agent hung up first",
        Cause.AGENT_MISSED: "the agent did not answer",
        Cause.AGENT_DECLINED: "the agent passed",
        Cause.NEVER_PLACED: "the carrier did not place the call",
    }
    _ENDED = {
        Cause.BY_CALLER: "cancelled by the caller",
        Cause.BY_TEXT: "cancelled by text message",
        Cause.BY_SUPERVISOR: "cancelled by a supervisor",
        Cause.STOPPED: "asked never to be called again",
        Cause.MOVED: "moved to another time",
    }
    _FAILED = {
        Cause.TOO_MANY: "no tries are left",
        Cause.EXPIRED: "the promise is too old",
        Cause.REFUSED: "this number may not be called",
        Cause.UNKNOWN: "what became of the last call cannot be known",
    }

    def moment(self, local: datetime, days_ahead: int) -> str:
        clock = f"{local.hour}:{local.minute:02d}"
        if days_ahead in (-1, 0, 1):
            return clock + ("", " tomorrow", " yesterday")[days_ahead]
        return f"{clock} on {local.year}-{local.month:02d}-{local.day:02d}"

    def done(self, cause: Cause, at: str) -> str:
        return f"Done: the message was taken at {at}." if cause is Cause.TAKEN else f"Done: they talked until {at}."

    def cancelled(self, cause: Cause, at: str) -> str:
        return f"Will not be called: {self._ENDED.get(cause, 'cancelled')} at {at}."

    def failed(self, cause: Cause, tries: int) -> str:
        tried = f" after {self._count(tries, 'try', 'tries')}" if tries else ""
        return f"A person must decide: {self._FAILED.get(cause, 'it could not be kept')}{tried}."

    def ending(self, cause: Cause) -> str:
        return f"Being called off: {self._ENDED.get(cause, 'cancelled')} while it was dialled."

    def claimed(self, name: str) -> str:
        return f"{name} is reserved for it."

    def dialling(self, name: str) -> str:
        return f"Being dialled for {name}." if name else "Being dialled; another agent is looked for."

    def talking(self, name: str) -> str:
        return f"Talking with {name}."

    def message(self) -> str:
        return "A recorded message: waits until somebody takes it."

    def retry(self, at: str, cause: Cause, tried_at: str, number: int, of: int) -> str:
        when = f" at {tried_at}" if tried_at else ""
        return f"Waits until {at}, because {self._VAIN.get(cause, 'it was in vain')}{when} (try {number} of {of})."

    def retimed(self, at: str) -> str:
        return f"Waits until {at}: it may not be called before (calling hours or limits)."

    def chosen(self, at: str) -> str:
        return f"Waits until {at}, the time the caller chose."

    def later(self, at: str, cause: Cause) -> str:
        return f"Waits until {at}, because {self._VAIN[cause]}." if cause in self._VAIN else f"Waits until {at}."

    def closed(self, at: str) -> str:
        return f"The queue is closed until {at}."

    def quiet(self, at: str) -> str:
        return f"Outside calling hours at the caller's place until {at}."

    def nobody(self) -> str:
        return "No agent of this queue is signed in."

    def no_language(self, language: str) -> str:
        name = {"ja": "Japanese", "en": "English"}.get(language, language)
        return f"No agent who speaks {name} is signed in."

    def no_skill(self, skills: Sequence[str]) -> str:
        word = "skill" if len(skills) == 1 else "skills"
        return f"No agent with the {word} {' and '.join(skills)} is signed in."

    def owned(self, name: str, until: str) -> str:
        return f"Belongs to {name}, who is not free; anybody's from {until}." if until else f"Waits for {name} alone."

    def on_break(self) -> str:
        return "Every agent who could take it is on a break."

    def next(self, is_somebody_free: bool) -> str:
        return "Next: an agent is free." if is_somebody_free else "Next: waits for an agent to be free."

    def counted(self, ahead: int) -> str:
        return f"{self._ordinal(ahead)}: {self._count(ahead, 'caller is', 'callers are')} ahead."

    def placed(self, earlier: int, higher: Sequence[int], overtakers: Sequence[int]) -> str:
        parts = []
        if earlier:
            verb = "caller who arrived earlier is", "callers who arrived earlier are"
            parts.append(f"{self._count(earlier, *verb)} ahead{self._among(earlier, higher)}")
        if overtakers:
            parts.append(self._overtaken(overtakers, is_first=not earlier))
        return f"{self._ordinal(earlier + len(overtakers))}: {', and '.join(parts)}."

    def _among(self, earlier: int, higher: Sequence[int]) -> str:
        if not higher:
            return ""
        if earlier == 1:
            return f", with priority {higher[0]}"
        return f", {_number(len(higher))} of them with priority {_list(higher, 'and')}"

    def _overtaken(self, priorities: Sequence[int], *, is_first: bool) -> str:
        who = "caller who arrived later" if is_first else "who arrived later"
        several = "callers who arrived later" if is_first else "who arrived later"
        ahead = (" is ahead" if len(priorities) == 1 else " are ahead") if is_first else ""
        known = [each for each in priorities if each]
        reason = f" with priority {_list(known, 'and')}" if known else ", brought forward"
        return f"{_number(len(priorities))} {who if len(priorities) == 1 else several}{ahead}{reason}"

    def _count(self, count: int, one: str, several: str) -> str:
        return f"{_number(count)} {one if count == 1 else several}"

    def _ordinal(self, ahead: int) -> str:
        return _ORDINALS[ahead] if ahead < len(_ORDINALS) else f"Number {ahead + 1:,}"


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"


def _list(priorities: Sequence[int], word: str) -> str:
    different = [str(each) for each in dict.fromkeys(priorities)]
    return different[0] if len(different) == 1 else f"{', '.join(different[:-1])} {word} {different[-1]}"


ENGLISH: Say = _English()
