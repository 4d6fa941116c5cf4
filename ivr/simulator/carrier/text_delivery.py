"""What becomes of a message that goes out: its states, and the callbacks that tell them (webhooks.md section 9)."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.simulator.carrier.callback_out import CallbackOut, send_callback
from ivr.simulator.carrier.clock import sleep_ms
from ivr.simulator.carrier.texts import Text, TextStatus
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.services import Services

_DEFAULT_ERRORS = {TextStatus.FAILED: 30008, TextStatus.UNDELIVERED: 30003}


@dataclass(frozen=True, slots=True)
class TextDelivery:
    """What one number does with one message. Times are line time."""

    final: TextStatus = TextStatus.DELIVERED
    """`DELIVERED`, `UNDELIVERED` (sent, but not received), `FAILED` (never sent), or `SENT` (no more is heard)."""
    error_code: int | None = None
    """None: 30003 for undelivered, 30008 for failed."""
    sent_ms: int = 100
    """From the request to `sent` or `failed`."""
    final_ms: int = 400
    """From `sent` to the final state."""


class TextDeliveries:
    """Number -> deliveries, used up from the front; the last one stays. Others receive everything."""

    def __init__(self) -> None:
        """Everybody receives everything."""
        self._waiting: dict[str, deque[TextDelivery]] = {}

    def put(self, number: str, sequence: Sequence[TextDelivery]) -> None:
        """Replace what `number` does; nothing at all is the default again."""
        self._waiting.pop(number, None)
        if sequence:
            self._waiting[number] = deque(sequence)

    def take(self, number: str) -> TextDelivery:
        """What `number` does this time."""
        waiting = self._waiting.get(number)
        if waiting is None:
            return TextDelivery()
        return waiting.popleft() if len(waiting) > 1 else waiting[0]


async def deliver(services: Services, text: Text, delivery: TextDelivery) -> None:
    """Take a queued message to its end."""
    tell_text(services, text)
    await sleep_ms(services.clock, delivery.sent_ms)
    if delivery.final is TextStatus.FAILED:
        _end(services, text, delivery)
        return
    text.move(TextStatus.SENT, services.clock.utc_now())
    tell_text(services, text)
    if delivery.final is not TextStatus.SENT:
        await sleep_ms(services.clock, delivery.final_ms)
        _end(services, text, delivery)


def _end(services: Services, text: Text, delivery: TextDelivery) -> None:
    text.error_code = delivery.error_code or _DEFAULT_ERRORS.get(delivery.final)
    text.move(delivery.final, services.clock.utc_now())
    tell_text(services, text)


def tell_text(services: Services, text: Text) -> None:
    """Fire the callback of the present state."""
    if not text.status_callback:
        return
    params = {
        "MessageSid": text.sid,
        "SmsSid": text.sid,
        "MessageStatus": text.status.value,
        "SmsStatus": text.status.value,
        "To": text.to_number,
        "From": text.from_number,
        "AccountSid": text.account_sid,
        "ApiVersion": "2010-04-01",
    }
    if text.error_code is not None:
        params["ErrorCode"] = str(text.error_code)
    request = WebhookRequest(text.status_callback, text.status_callback_method, params)
    send_callback(services, CallbackOut(request, text.status.value))
