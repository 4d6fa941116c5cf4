"""Texts on their way to the carrier: within the day's budget, each by one worker, tried again after a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import structlog

from ivr.core.queueing.steps import Text, TextState
from ivr.ports import CarrierSilent, DialRefused
from ivr.runtime.dispatch.hands import Hands
from ivr.runtime.dispatch.ports import DispatchPorts

log = structlog.get_logger(__name__)

PAUSES = (timedelta(0), timedelta(seconds=30), timedelta(minutes=3), timedelta(minutes=15))
"""Since a text was queued, before each try; after the last one it has failed."""
AT_ONCE = 20
LOOKED_AT = 200
DAY = timedelta(days=1)


class TextDesk:
    """One per worker."""

    def __init__(self, ports: DispatchPorts, hands: Hands) -> None:
        self._ports, self._hands = ports, hands

    def send_due(self, now: datetime) -> None:
        """Starts what is due, as far as the day's budget goes."""
        limits = self._ports.limits()
        waiting = self._ports.texts.unsent(limit=LOOKED_AT) if limits.is_enabled else []
        due = [text for text in waiting if now >= text.at + PAUSES[min(text.tries, len(PAUSES) - 1)]]
        if not due:
            return
        # Those that wait count as sent.
        counted = sum(text.at >= now - DAY for text in waiting)
        room = limits.texts_per_day - self._ports.texts.sent_since(now - DAY) + counted
        for text in due[: max(0, min(AT_ONCE, room))]:
            self._hands.start(("text", text.key), partial(self._send, text), now=now)

    def _send(self, text: Text) -> None:
        """Taken first: a worker that dies now leaves a text unsent rather than sent twice.

        One whose answer was lost is tried again: twice the same text does less harm than none.
        """
        texts = self._ports.texts
        if not texts.take(text.key):
            return
        if self._ports.callbacks.is_stopped(text.number, "") or self._ports.numbers.check(text.number).problem:
            texts.update(text.key, state=TextState.FAILED)
            return
        try:
            sid = self._ports.carrier.send_text(text.number, text.our_number, text.body, tag=text.key)
        except DialRefused as refused:
            self._not_sent(text, refused.reason, is_final=refused.is_final)
        except CarrierSilent:
            self._not_sent(text, "no answer", is_final=False)
        else:
            texts.update(text.key, state=TextState.SENT, carrier_sid=sid)

    def _not_sent(self, text: Text, reason: str, *, is_final: bool) -> None:
        tries = text.tries + 1
        is_over = is_final or tries >= len(PAUSES)
        log.warning("text not sent", reason=reason, tries=tries, is_over=is_over)
        self._ports.texts.update(text.key, state=TextState.FAILED if is_over else TextState.QUEUED, tries=tries)
