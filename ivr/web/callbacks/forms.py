"""What a supervisor may do with a callback, as forms; each is checked here and carried out by the queue's service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.core.queueing.model import Callback
from ivr.ports import Done, QueueService, Refusal

MAX_TEXT = 200
Act = Callable[[QueueService, Callback, Mapping[str, str], str, datetime], Done]
"""(service, callback, form, who, now) -> what became of it."""


def _dial_now(queue: QueueService, callback: Callback, form: Mapping[str, str], by: str, now: datetime) -> Done:
    return queue.dial_now(callback.id, by=by, now=now)


def _move(queue: QueueService, callback: Callback, form: Mapping[str, str], by: str, now: datetime) -> Done:
    zone = ZoneInfo(queue.queues().get(callback.queue, "UTC"))
    try:
        start = datetime.fromisoformat(form.get("from", "")[:32])
        minutes = int(form.get("minutes", "30")[:4])
    except ValueError:
        return Done(refusal=Refusal.TIME, sentence="Give a date and a time, such as 2026-11-26 15:00.")
    if not 5 <= minutes <= 600:
        return Done(refusal=Refusal.TIME, sentence="The window is 5 to 600 minutes long.")
    local = start.replace(tzinfo=zone) if start.tzinfo is None else start
    begins = local.astimezone(UTC)
    return queue.move(callback.id, begins, begins + timedelta(minutes=minutes), by=by, now=now)


def _renumber(queue: QueueService, callback: Callback, form: Mapping[str, str], by: str, now: datetime) -> Done:
    number = form.get("number", "").strip()
    if not number or len(number) > 40:
        return Done(
            refusal=Refusal.NUMBER, sentence="Give a telephone number with its country code, such as +12025550123."
        )
    return queue.renumber(callback.id, number, by=by, now=now)


def _cancel(queue: QueueService, callback: Callback, form: Mapping[str, str], by: str, now: datetime) -> Done:
    reason = form.get("reason", "").strip()[:MAX_TEXT]
    if not reason:
        return Done(refusal=Refusal.STATE, sentence="Say why it is cancelled; the reason is kept in its history.")
    return queue.cancel(callback.id, reason, by=by, now=now)


def _assign(queue: QueueService, callback: Callback, form: Mapping[str, str], by: str, now: datetime) -> Done:
    return queue.assign(callback.id, form.get("agent", "")[:64], by=by, now=now)


def _take(queue: QueueService, callback: Callback, form: Mapping[str, str], by: str, now: datetime) -> Done:
    return queue.take(callback.id, by=by, now=now)


ACTIONS: Mapping[str, Act] = {
    "dial-now": _dial_now,
    "move": _move,
    "renumber": _renumber,
    "cancel": _cancel,
    "assign": _assign,
    "take": _take,
}
