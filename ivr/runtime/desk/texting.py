"""Texts that a call orders: those of a flow, and the offer to somebody who hung up too soon."""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.core.queueing.offers import TextOffer
from ivr.core.queueing.replies import Reply, reply
from ivr.core.queueing.steps import Text
from ivr.ports import NumberCheck
from ivr.runtime.desk.parts import Arguments, DeskParts, Record, yes
from ivr.runtime.desk.sentences import sentence

DAY = timedelta(days=1)
MAX_TEXT = 1500


class Texting:
    """Operations `text` and `abandoned`."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts

    def text(self, given: Arguments, key: str) -> Record:
        """The flow verb `text`: only where texts are on, only to the caller's own number unless the flow names one."""
        parts, now, language = self._parts, self._parts.now(), given.language()
        caller, ours, body = given.text("caller", 40), given.text("dialled", 40), given.needed("body", MAX_TEXT)
        checked = parts.numbers.check(given.text("to", 40) or caller, near=caller)
        problem = ""
        if not ours or not any(rules.texts for rules in parts.rules().values()):
            problem = "texts_off"
        else:
            problem = self._problem(checked, now, parts.limits.texts_per_number_day)
        if problem:
            return {"ok": "no", "problem_text": sentence(problem, language)}
        parts.texts.add(Text(key or parts.new_id(), checked.e164, ours, body, now))
        return {"ok": "yes", "problem_text": ""}

    def abandoned(self, given: Arguments) -> Record:
        """Offers a call back by text, where the queue wants that: one a day to a number, none where one is promised."""
        parts, now, language = self._parts, self._parts.now(), given.language()
        rules, caller, ours = parts.queue(given.needed("queue")), given.text("caller", 40), given.text("dialled", 40)
        offer = TextOffer(given.text("call_id", 32), rules.name, given.text("flow", 64), language)
        if not (rules.texts and rules.text_abandoned and ours and offer.call_id):
            return {"ok": "no"}
        checked = parts.numbers.check(caller)
        if self._problem(checked, now, parts.limits.texts_per_number_day) or self._knows(checked.e164, now):
            return {"ok": "no"}
        body = reply(Reply.TEXT_ABANDONED, language, company=parts.company(offer.flow))
        return {"ok": yes(parts.texts.add(Text(offer.key, checked.e164, ours, body, now)))}

    def _knows(self, number: str, now: datetime) -> bool:
        """Whether this number waits for a call already, or was offered one today."""
        if any(not one.state.is_final for one in self._parts.callbacks.open_for(number)):
            return True
        return any(TextOffer.of(text.key) for text in self._parts.texts.sent_to(number, now - DAY))

    def _problem(self, checked: NumberCheck, now: datetime, per_day: int) -> str:
        """Why a number gets no text; empty: it may."""
        if checked.problem or not checked.can_text or self._parts.callbacks.is_stopped(checked.e164, ""):
            return "text_number"
        if self._parts.texts.sent_since(now - DAY, number=checked.e164) >= per_day:
            return "text_cap"
        return ""
