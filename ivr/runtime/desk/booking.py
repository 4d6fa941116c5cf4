"""Promises: stored, with their text, before anybody hears of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ivr.core.queueing.model import Callback, Kind
from ivr.core.queueing.policy import order_at
from ivr.core.queueing.replies import Reply, reply
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.steps import Text
from ivr.core.queueing.wished_times import TimeProblem
from ivr.core.queueing.wording import code_text, when_text, window_text
from ivr.ports import NumberCheck
from ivr.runtime.desk.offering import ASAP, others_promised, skills_of, slot_of
from ivr.runtime.desk.parts import Arguments, DeskParts, Record, yes
from ivr.runtime.desk.sentences import number_problem, sentence, wrong_time
from ivr.runtime.desk.windows import Wanted, promised

HOUR = timedelta(hours=1)
REASON_CHARS = 200
FORGED = "failed"
"""Of a calling number: its own telephone company says that it is not the caller's."""
_PREFIX_LESS = 4
"""Numbers that differ in their last so many digits are of one prefix (T9)."""


class Booking:
    """Operations `book` and `message`."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts

    def book(self, given: Arguments, key: str) -> Record:
        """A call back; the same key is the same promise, and there is never a second one to a number in a queue."""
        parts, now, language = self._parts, self._parts.now(), given.language()
        rules, caller = parts.queue(given.needed("queue")), given.text("caller", 40)
        checked = parts.numbers.check(given.text("number", 60) or caller, near=caller)
        known = parts.callbacks.by_key(key) if key else None
        if known is not None:
            return self._told(known, given, now, is_new=_is_of_this_call(known, given))
        problem = number_problem(checked.problem, language)
        if problem:
            return _refused(problem)
        known_ones = parts.callbacks.open_for(checked.e164)
        already = next((one for one in known_ones if not one.state.is_final and one.queue == rules.name), None)
        if already is not None:
            return self._told(already, given, now, is_new=False)
        if sum(one.state.is_final for one in known_ones) >= parts.limits.unanswered:
            return _refused(sentence("unanswered", language))
        problem = self._refusal(rules, checked.e164, given, now)
        found = problem or self._times(given, rules, checked.e164, language, now)
        if isinstance(found, str):
            return _refused(found)
        callback = self._callback(given, rules, checked, found, now)
        texts = self._texts(callback, rules, given, now) if checked.can_text else []
        if callback.number == caller and parts.callbacks.is_stopped(callback.number, callback.queue):
            parts.callbacks.allow_again(callback.number)
        made = parts.callbacks.promise(callback, key=key or callback.id, texts=texts)
        return self._told(made.callback, given, now, is_new=made.is_new)

    def message(self, given: Arguments, key: str) -> Record:
        """A recorded message: work in the same queue."""
        parts, now, language = self._parts, self._parts.now(), given.language()
        rules = parts.queue(given.needed("queue"))
        words, file = given.text("words", 2000), given.text("file", 200)
        if not words and not file:
            return _refused(sentence("unclear", language))
        checked = parts.numbers.check(given.text("number", 60) or given.text("caller", 40))
        base = self._callback(given, rules, checked, (now, now + timedelta(days=1), False), now)
        details = {name: given.text(name) for name in ("file", "seconds") if given.text(name)}
        notes = (words,) if len(words) > REASON_CHARS else ()
        brief = {**base.brief, **details}
        callback = replace(base, kind=Kind.MESSAGE, reason=words[:REASON_CHARS], brief=brief, notes=notes)
        made = parts.callbacks.promise(callback, key=key or callback.id)
        is_new = made.is_new or _is_of_this_call(made.callback, given)
        return self._told(made.callback, given, now, is_new=is_new)

    def _refusal(self, rules: QueueRules, number: str, given: Arguments, now: datetime) -> str:
        """Why nothing is promised: others are not to be called on somebody's wish, robots are slowed down (T8, T9)."""
        limits, store = self._parts.limits, self._parts.callbacks
        caller, language = given.text("caller", 40), given.language()
        if _is_forged(given) and store.promises(now - HOUR, attested=FORGED) >= limits.per_forged_hour:
            return sentence("full", language)
        if number != caller and store.is_stopped(number, rules.name):
            return number_problem("stopped", language)
        if number != caller and caller and others_promised(store, caller, now) >= rules.other_numbers_per_day:
            return sentence("other_numbers", language)
        if caller and store.promises(now - HOUR, caller=caller) >= limits.per_caller_hour:
            return sentence("too_many", language)
        if rules.max_waiting and store.waiting(rules.name, now, cap=rules.max_waiting) >= rules.max_waiting:
            return sentence("full", language)
        if store.promises(now - HOUR, prefix=number[:-_PREFIX_LESS]) >= limits.per_prefix_hour:
            return sentence("full", language)
        return ""

    def _times(
        self, given: Arguments, rules: QueueRules, number: str, language: str, now: datetime
    ) -> tuple[datetime, datetime, bool] | str:
        """(from, to, whether the caller chose it), or a sentence about what is wrong."""
        when = given.text("when") or ASAP
        if when != ASAP:
            when = given.text("chosen") or when
        if when == ASAP:
            arrived, priority = given.moment("arrived_at", now), given.whole("priority", 5, 0, 9)
            place = order_at(arrived, priority, rules)
            wanted = Wanted(language, skills_of(given), place, given.text("call_id") or given.text("caller"), number)
            return *promised(self._parts, rules, wanted, now, self._zone(given)), False
        slot = slot_of(self._parts, rules.name, when, given.zone(), now)
        if slot is None:
            return sentence("unclear", language)
        if isinstance(slot, TimeProblem):
            return wrong_time(slot.reason, language)
        return slot.start, slot.end, True

    def _callback(
        self,
        given: Arguments,
        rules: QueueRules,
        checked: NumberCheck,
        times: tuple[datetime, datetime, bool],
        now: datetime,
    ) -> Callback:
        start, end, is_chosen = times
        number, keys = checked.e164, given.text("extension", 20) or checked.extension
        arrived, priority = min(given.moment("arrived_at", now), now), given.whole("priority", 5, 0, 9)
        taken = frozenset(one.code for one in self._parts.callbacks.open_for(number)) if number else frozenset()
        return Callback(
            id=self._parts.new_id(),
            queue=rules.name,
            number=number,
            language=given.language(),
            arrived_at=arrived,
            promised_from=start,
            promised_to=end,
            eligible_at=start if is_chosen else now,
            order_at=order_at(arrived, priority, rules),
            state_at=now,
            zone=self._zone(given),
            is_time_chosen=is_chosen,
            name=given.text("name", 80),
            extension="".join(mark for mark in keys if mark in "0123456789*#w"),
            reason=given.text("reason", REASON_CHARS) or given.text("topic", REASON_CHARS),
            brief=given.brief(),
            flow=given.text("flow", 64),
            dialled=given.text("dialled", 40),
            call_id=given.text("call_id", 32),
            caller=given.text("caller", 40),
            attested=given.text("attested", 8),
            priority=priority,
            skills=skills_of(given),
            code=self._parts.new_code(taken),
            expires_at=max(start, now) + timedelta(days=rules.expires_days),
            invitation=_invitation(given, now),
        )

    def _zone(self, given: Arguments) -> str:
        """What the caller told, else where the number is that will be called, else where the caller's own is."""
        return Arguments({"zone": given.text("told_zone") or given.text("number_zone") or given.text("zone")}).zone()

    def _texts(self, callback: Callback, rules: QueueRules, given: Arguments, now: datetime) -> list[Text]:
        """A text with the code, where texts are on: only to the caller's own number (T9)."""
        if not rules.texts or not callback.dialled or given.text("confirm_by_text") == "no":
            return []
        if callback.number != callback.caller:
            return []
        window = self._window(callback, callback.language, now)
        body = reply(
            Reply.TEXT_PROMISED,
            callback.language,
            company=self._parts.company(callback.flow),
            window=window,
            code=callback.code,
        )
        return [Text(_text_key(callback), callback.number, callback.dialled, body, now, callback.id)]

    def _told(self, callback: Callback, given: Arguments, now: datetime, *, is_new: bool) -> Record:
        """Of another call's promise no more than that there is one: whoever calls has not given its code (T10)."""
        if not is_new and not _is_of_this_call(callback, given):
            return {**_refused(""), "ok": "yes"}
        language = given.language()
        window = self._window(callback, language, now)
        texts = self._parts.texts.for_callback(callback.id)
        return {
            "ok": "yes",
            "problem_text": "",
            "id": callback.id,
            "code": callback.code,
            "code_text": code_text(callback.code, language),
            "is_new": yes(is_new),
            "window_text": window,
            "when_text": window,
            "texted": yes(is_new and any(text.key == _text_key(callback) for text in texts)),
        }

    def _window(self, callback: Callback, language: str, now: datetime) -> str:
        told = when_text if callback.is_time_chosen else window_text
        return told(callback.promised_from, callback.promised_to, now, callback.zone, language)


def _is_forged(given: Arguments) -> bool:
    return given.text("attested", 8) == FORGED


def _is_of_this_call(callback: Callback, given: Arguments) -> bool:
    call_id = given.text("call_id", 32)
    return bool(call_id) and callback.call_id == call_id


def _text_key(callback: Callback) -> str:
    return f"{callback.id}:promised"


def _refused(problem: str) -> Record:
    told = dict.fromkeys(("id", "code", "code_text", "window_text", "when_text"), "")
    return {"ok": "no", "problem_text": problem, "is_new": "no", "texted": "no", **told}


def _invitation(given: Arguments, now: datetime) -> dict[str, str]:
    """Evidence that the caller asked for it: when, in which call and flow, by what words or key (C10)."""
    names = ("call_id", "flow", "flow_version", "language", "when", "dialled", "said", "said_number")
    told = {name: given.text(name, 80) for name in names}
    return {"at": now.isoformat(), **{name: value for name, value in told.items() if value}}
