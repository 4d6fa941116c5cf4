"""What callers ask by text: where they stand, another time, to be left alone; only of promises we texted about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ivr.core.queueing import life
from ivr.core.queueing.model import Callback, Cause
from ivr.core.queueing.replies import Reply, TextCommand, reply, text_command
from ivr.core.queueing.steps import Attempt, Step, Text
from ivr.core.queueing.wording import when_text, window_text

if TYPE_CHECKING:
    from ivr.runtime.queue_service.service import QueueParts

BY = "customer by text"
_JAPAN = "+81"


class Texting:
    """Answers inbound texts."""

    def __init__(self, parts: QueueParts) -> None:
        self._parts = parts

    def came(self, text: Text, now: datetime) -> str:
        """What to answer. The text is kept; a key that came before is answered again without doing anything twice."""
        self._parts.texts.add(text)
        command, words = text_command(text.body)
        callback = self._callback_of(text)
        language = callback.language if callback is not None else ("ja" if text.number.startswith(_JAPAN) else "en")
        if command is TextCommand.STOP:
            return self._stop(text, callback, language, now)
        if callback is None:
            return reply(Reply.TEXT_NONE, language)
        match command:
            case TextCommand.WHEN:
                return self._when(callback, now)
            case TextCommand.CANCEL:
                return self._cancel(callback, now)
            case TextCommand.LATER:
                return self._later(callback, words, now)
            case _:
                return reply(Reply.TEXT_HELP, language)

    def _callback_of(self, text: Text) -> Callback | None:
        """The open promise to this number that we had texted about: what comes from elsewhere proves nothing (T10)."""
        for callback in self._parts.callbacks.open_for(text.number):
            if callback.state.is_final:
                continue
            if any(sent.number == text.number for sent in self._parts.texts.for_callback(callback.id)):
                return callback
        return None

    def _when(self, callback: Callback, now: datetime) -> str:
        start, end = callback.promised_from, callback.promised_to
        told = when_text if callback.is_time_chosen else window_text
        window = told(start, end, now, callback.zone, callback.language)
        place = "" if callback.is_time_chosen else self._parts.why(callback, now, callback.language)
        return reply(Reply.TEXT_WHEN, callback.language, window=window, place=place)

    def _cancel(self, callback: Callback, now: datetime) -> str:
        def decide(attempt: Attempt) -> Step | None:
            return life.cancel(attempt, cause=Cause.BY_TEXT, now=now, by=BY)

        done = self._parts.callbacks.step(callback.id, decide)
        return reply(Reply.TEXT_CANCELLED if done is not None else Reply.TEXT_BUSY, callback.language)

    def _stop(self, text: Text, callback: Callback | None, language: str, now: datetime) -> str:
        self._parts.callbacks.stop(text.number, at=now, by=BY)
        if callback is not None:
            self._parts.callbacks.step(callback.id, lambda attempt: life.stop(attempt, now=now, by=BY))
        return reply(Reply.TEXT_STOPPED, language)

    def _later(self, callback: Callback, words: str, now: datetime) -> str:
        language, zone = callback.language, ZoneInfo(callback.zone)
        local = now.astimezone(zone).replace(tzinfo=None)
        value = self._parts.read_time(words, language, local) if words else None
        if value is None or "/" not in value:
            return reply(Reply.TEXT_LATER, language)
        start, end = (datetime.fromisoformat(part).replace(tzinfo=zone).astimezone(UTC) for part in value.split("/"))
        problem = self._problem(callback, start, end, now)
        if problem:
            return reply(Reply.TEXT_NOT_MOVED, language, problem=problem)

        def decide(attempt: Attempt) -> Step | None:
            return life.move(attempt, start, end, now=now, by=BY)

        done = self._parts.callbacks.step(callback.id, decide)
        if done is None:
            return reply(Reply.TEXT_BUSY, language)
        window = when_text(start, end, now, callback.zone, language)
        return reply(Reply.TEXT_MOVED, language, window=window)

    def _problem(self, callback: Callback, start: datetime, end: datetime, now: datetime) -> str:
        """Why that time will not do, in the caller's words; empty when it will."""
        rules = self._parts.rules().get(callback.queue)
        hours = self._parts.hours(rules.hours) if rules is not None and rules.hours else None
        is_japanese = callback.language == "ja"
        if end <= now:
            return "その時間は過ぎております。" if is_japanese else "That time is over."
        if rules is not None and start > now + timedelta(days=rules.horizon_days):
            return "その日は先すぎます。" if is_japanese else "That is too far away."
        if hours is not None and not (hours.is_open(max(start, now)) or hours.is_open(end - timedelta(minutes=5))):
            text = hours.text(callback.language)
            return f"受付時間は{text}です。" if is_japanese else f"People are there {text}."
        return ""
