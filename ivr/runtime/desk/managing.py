"""Callers who ring in about their promise. Nothing is told or changed without the code (T10)."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from ivr.core.queueing import life
from ivr.core.queueing.model import Callback, CallbackState, Cause
from ivr.core.queueing.wished_times import TimeProblem
from ivr.core.queueing.wording import place_text, when_text, window_text
from ivr.ports import Decide, StoreFailed
from ivr.runtime.desk.offering import ASAP, slot_of, suggestion
from ivr.runtime.desk.parts import Arguments, DeskParts, Record, yes
from ivr.runtime.desk.sentences import number_problem, sentence, wrong_time
from ivr.runtime.desk.windows import CAP, Wanted, expected, promised

BY = "caller"
MAX_WRONG_CODES = 5
"""Per number and day, across calls; then a person has to help."""
DAY = timedelta(days=1)
IN_USE = "in_use"


class Managing:
    """Operations `unlock`, `move`, `renumber`, `note`, `cancel`."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts

    def unlock(self, given: Arguments) -> Record:
        """With the right code: where the promise stands. A caller who could not be reached is in line again."""
        parts, now, language = self._parts, self._parts.now(), given.language()
        caller, code = given.text("caller", 40), given.text("code", 12)
        nothing = dict.fromkeys(("id", "code", "queue", "place_text", "window_text", "number", "zone"), "")
        # Counted before it is looked at: a caller who rings five times at once has no more tries than one.
        this_try = parts.callbacks.take_try(caller, now, since=now - DAY, most=MAX_WRONG_CODES)
        if this_try is None:
            return {"ok": "no", "is_locked": "yes", "is_time_chosen": "no", **nothing}
        callback = next((one for one in parts.callbacks.open_for(caller) if _is_right(one, code)), None)
        if callback is None:
            is_locked = parts.callbacks.wrong_codes(caller, now - DAY) >= MAX_WRONG_CODES
            return {"ok": "no", "is_locked": yes(is_locked), "is_time_chosen": "no", **nothing}
        parts.callbacks.give_try_back(this_try)
        callback = self._restored(callback, now)
        return {
            "ok": "yes",
            "is_locked": "no",
            "id": callback.id,
            "code": callback.code,
            "queue": callback.queue,
            "place_text": self._place(callback, language, now),
            "window_text": self._window(callback, language, now),
            "number": callback.number,
            "zone": callback.zone,
            "is_time_chosen": yes(callback.is_time_chosen),
        }

    def _restored(self, callback: Callback, now: datetime) -> Callback:
        until = now + timedelta(days=self._parts.queue(callback.queue).expires_days)
        attempt = self._parts.callbacks.step(
            callback.id, lambda found: life.rang_in(found, now=now, by=BY, expires_at=until)
        )
        return attempt.callback if attempt is not None else callback

    def _place(self, callback: Callback, language: str, now: datetime) -> str:
        if callback.state.is_in_flight:
            return sentence("in_flight", language).rstrip(".。")
        if callback.is_time_chosen:
            return ""
        ahead = self._parts.callbacks.ahead(callback.queue, callback.order_at, now, cap=CAP)
        return place_text(ahead, ahead >= CAP, language)

    def _window(self, callback: Callback, language: str, now: datetime) -> str:
        """A time that was chosen is told as it was; else what the line says now, never earlier than it can be."""
        if callback.is_time_chosen:
            return when_text(callback.promised_from, callback.promised_to, now, callback.zone, language)
        rules = self._parts.queue(callback.queue)
        wanted = Wanted(
            callback.language, callback.skills, callback.order_at, callback.call_id or callback.id, callback.number
        )
        found = expected(self._parts, rules, wanted, max(now, callback.eligible_at))
        return window_text(found.start, found.end, now, callback.zone, language)

    def move(self, given: Arguments) -> Record:
        """Another time, or as soon as possible after all."""
        parts, now, language = self._parts, self._parts.now(), given.language()
        callback = self._proven(given)
        if callback is None:
            return _moved("", sentence("unclear", language))
        zone = given.text("zone") and given.zone() or callback.zone
        when = given.text("when") or ASAP
        if when == ASAP:
            rules = parts.queue(callback.queue)
            wanted = Wanted(
                callback.language, callback.skills, callback.order_at, callback.call_id or callback.id, callback.number
            )
            start, end = promised(parts, rules, wanted, now, zone)
            is_chosen = False
        else:
            slot = slot_of(parts, callback.queue, when, zone, now)
            if slot is None:
                return _moved("", sentence("unclear", language))
            if isinstance(slot, TimeProblem):
                return _moved("", wrong_time(slot.reason, language)) | suggestion(slot, now, zone, language)
            start, end, is_chosen = slot.start, slot.end, True
        validity = timedelta(days=parts.queue(callback.queue).expires_days)
        done = self._step(
            callback,
            lambda found: life.move(
                found, start, end, now=now, by=BY, is_time_chosen=is_chosen, expires_at=start + validity
            ),
        )
        if not done:
            return _moved("", sentence("in_flight", language))
        told = when_text if is_chosen else window_text
        return _moved(told(start, end, now, zone, language), "")

    def renumber(self, given: Arguments) -> Record:
        """Another number that may be called."""
        now, language = self._parts.now(), given.language()
        callback = self._proven(given)
        if callback is None:
            return {"ok": "no", "problem_text": sentence("unclear", language)}
        checked = self._parts.numbers.check(given.text("number", 60), near=callback.number)
        problem = number_problem(checked.problem, language)
        if problem:
            return {"ok": "no", "problem_text": problem}
        if checked.e164 == callback.number:
            return {"ok": "yes", "problem_text": ""}
        if checked.e164 != callback.caller and self._parts.callbacks.is_stopped(checked.e164, callback.queue):
            return {"ok": "no", "problem_text": number_problem("stopped", language)}
        zone = checked.zones[0] if checked.zones else ""
        try:
            done = self._step(callback, lambda found: life.renumber(found, checked.e164, now=now, by=BY, zone=zone))
        except StoreFailed as failure:
            if failure.reason != IN_USE:
                raise
            # Somebody has a promise to that number; who that is concerns nobody else.
            return {"ok": "no", "problem_text": number_problem(IN_USE, language)}
        return {"ok": yes(done), "problem_text": "" if done else sentence("in_flight", language)}

    def note(self, given: Arguments) -> Record:
        """A word for the agent."""
        now, callback, words = self._parts.now(), self._proven(given), given.text("words")
        return {
            "ok": yes(
                callback is not None
                and bool(words)
                and self._step(callback, lambda found: life.add_note(found, words, now=now, by=BY))
            )
        }

    def cancel(self, given: Arguments) -> Record:
        """Taken back by the caller."""
        now, callback = self._parts.now(), self._proven(given)
        return {
            "ok": yes(
                callback is not None
                and self._step(callback, lambda found: life.cancel(found, cause=Cause.BY_CALLER, now=now, by=BY))
            )
        }

    def _proven(self, given: Arguments) -> Callback | None:
        """The promise with that id, if the code is its own."""
        callback = self._parts.callbacks.get(given.text("id", 32))
        return callback if callback is not None and _is_right(callback, given.text("code", 12)) else None

    def _step(self, callback: Callback, decide: Decide) -> bool:
        return self._parts.callbacks.step(callback.id, decide) is not None


def _is_right(callback: Callback, code: str) -> bool:
    is_open = callback.state not in (CallbackState.DONE, CallbackState.CANCELLED)
    return is_open and bool(callback.code) and hmac.compare_digest(callback.code.encode(), code.encode())


def _moved(text: str, problem: str) -> Record:
    return {"ok": yes(not problem), "text": text, "problem_text": problem, "suggestion": "", "suggestion_text": ""}
