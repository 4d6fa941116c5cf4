"""What callers ask by text: where they stand, another time, to be left alone; only of promises we texted about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ivr.core.queueing import life
from ivr.core.queueing.model import Callback, CallbackState, Cause
from ivr.core.queueing.offers import TextOffer
from ivr.core.queueing.replies import Reply, TextCommand, reply, text_command
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.steps import Attempt, Step, Text, TextState
from ivr.core.queueing.wished_times import Slot, TimeProblem
from ivr.core.queueing.wording import place_text, when_text, window_text
from ivr.runtime.desk.offering import wished_slot
from ivr.runtime.desk.parts import ALWAYS_OPEN
from ivr.runtime.desk.sentences import wrong_time
from ivr.runtime.desk.windows import CAP

if TYPE_CHECKING:
    from ivr.runtime.queue_service.service import QueueParts

BY = "customer by text"
DAY = timedelta(days=1)
ANSWERS_A_DAY = 20
"""To one number: machines may answer each other for ever."""
_JAPAN = "+81"


class Texting:
    """Answers inbound texts."""

    def __init__(self, parts: QueueParts) -> None:
        self._parts = parts

    def came(self, text: Text, now: datetime) -> str:
        """What to answer, or nothing. The text and its answer are kept; one that came before does nothing twice."""
        texts = self._parts.texts
        known = texts.by_sid(text.key)
        callback = self._parts.callbacks.get(known.callback_id) if known is not None else self._callback_of(text)
        callback_id = callback.id if callback is not None else ""
        texts.add(replace(text, carrier_sid=text.key, callback_id=callback_id))
        answer = self._answer(text, callback, now)
        if not answer or not self._may_answer(text, callback, now):
            return ""
        ours = Text(f"{text.key}:answer", text.number, text.our_number, answer, now, callback_id, TextState.SENT)
        texts.add(ours)
        return answer

    def _may_answer(self, text: Text, callback: Callback | None, now: datetime) -> bool:
        """Texts are on (in the promise's queue, or in any), the number costs no more than others, and not too often."""
        queues = [self._rules(callback)] if callback is not None else self._parts.rules().values()
        checked = self._parts.numbers.check(text.number)
        if not any(rules.texts for rules in queues) or checked.problem or not checked.can_text:
            return False
        return self._parts.texts.sent_since(now - DAY, number=text.number) < ANSWERS_A_DAY

    def _answer(self, text: Text, callback: Callback | None, now: datetime) -> str:
        command, words = text_command(text.body)
        if command is TextCommand.STOP:
            return self._stop(text, callback, now)
        if command is TextCommand.CALL and callback is None:
            return self._call(text, now)
        if command is None:
            return reply(Reply.TEXT_HELP, callback.language) if callback is not None else ""
        if callback is None:
            return reply(Reply.TEXT_NONE, _language(text, None))
        if command in (TextCommand.WHEN, TextCommand.CALL):
            return self._when(callback, now)
        return self._cancel(callback, now) if command is TextCommand.CANCEL else self._later(callback, words, now)

    def _callback_of(self, text: Text) -> Callback | None:
        """The open promise to this number that we had texted about: what comes from elsewhere proves nothing (T10)."""
        for callback in self._parts.callbacks.open_for(text.number):
            if callback.state.is_final:
                continue
            ours = (one for one in self._parts.texts.for_callback(callback.id) if one.state is not TextState.RECEIVED)
            if any(sent.number == text.number for sent in ours):
                return callback
        return None

    def _call(self, text: Text, now: datetime) -> str:
        """Takes up what was offered by text in the last day. The promise's own text, with its code, is the answer."""
        sent = self._parts.texts.sent_to(text.number, now - DAY)
        made = next(((offer, one) for one in sent if (offer := TextOffer.of(one.key))), None)
        if made is None:
            return reply(Reply.TEXT_NONE, _language(text, None))
        offer, one = made
        problem = self._parts.book_by_text(offer, text.number, one.our_number, one.at)
        return reply(Reply.NOT_BOOKED, offer.language) if problem is None else problem

    def _when(self, callback: Callback, now: datetime) -> str:
        if callback.state.is_in_flight:
            return reply(Reply.TEXT_BUSY, callback.language)
        start, end = callback.promised_from, callback.promised_to
        told = when_text if callback.is_time_chosen else window_text
        window = told(start, end, now, callback.zone, callback.language)
        return reply(Reply.TEXT_WHEN, callback.language, window=window, place=self._place(callback, now))

    def _place(self, callback: Callback, now: datetime) -> str:
        """How many are ahead, as a sentence; nothing where the place in the line is not what is waited for."""
        if callback.is_time_chosen or callback.eligible_at > now:
            return ""
        ahead = self._parts.callbacks.ahead(callback.queue, callback.order_at, now, cap=CAP)
        place = place_text(ahead, ahead >= CAP, callback.language)
        return f"{place}。" if callback.language == "ja" else f"{place[:1].upper()}{place[1:]}."

    def _cancel(self, callback: Callback, now: datetime) -> str:
        def decide(attempt: Attempt) -> Step | None:
            return life.cancel(attempt, cause=Cause.BY_TEXT, now=now, by=BY)

        done = self._parts.callbacks.step(callback.id, decide)
        is_cancelled = done is not None or callback.state is CallbackState.CANCELLED
        return reply(Reply.TEXT_CANCELLED if is_cancelled else Reply.TEXT_BUSY, callback.language)

    def _stop(self, text: Text, callback: Callback | None, now: datetime) -> str:
        """Nobody calls this number any more, whatever was promised to it."""
        store = self._parts.callbacks
        store.stop(text.number, at=now, by=BY)
        for promise in store.open_for(text.number):
            store.step(promise.id, lambda attempt: life.stop(attempt, now=now, by=BY))
        return reply(Reply.TEXT_STOPPED, _language(text, callback))

    def _later(self, callback: Callback, words: str, now: datetime) -> str:
        language, zone = callback.language, callback.zone
        local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        value = self._parts.read_time(words, language, local) if words else None
        rules = self._rules(callback)
        hours = (self._parts.hours(rules.hours) if rules.hours else None) or ALWAYS_OPEN
        slot = wished_slot(value, rules, hours, zone, now) if value and "/" in value else None
        if slot is None:
            return reply(Reply.TEXT_LATER, language)
        if isinstance(slot, TimeProblem):
            return reply(Reply.TEXT_NOT_MOVED, language, problem=wrong_time(slot.reason, language))
        if not self._moved(callback, slot, now):
            return reply(Reply.TEXT_BUSY, language)
        return reply(Reply.TEXT_MOVED, language, window=when_text(slot.start, slot.end, now, zone, language))

    def _moved(self, callback: Callback, slot: Slot, now: datetime) -> bool:
        """Whether it is promised for that time now; it may have been before."""
        if (callback.promised_from, callback.promised_to, callback.is_time_chosen) == (slot.start, slot.end, True):
            return True

        until = slot.start + timedelta(days=self._rules(callback).expires_days)

        def decide(attempt: Attempt) -> Step | None:
            return life.move(attempt, slot.start, slot.end, now=now, by=BY, expires_at=until)

        return self._parts.callbacks.step(callback.id, decide) is not None

    def _rules(self, callback: Callback) -> QueueRules:
        return self._parts.rules().get(callback.queue) or QueueRules(callback.queue)


def _language(text: Text, callback: Callback | None) -> str:
    if callback is not None:
        return callback.language
    return "ja" if text.number.startswith(_JAPAN) else "en"
