"""A call as the REST interface shows it (rest.md section 2): dates RFC 2822 or null, durations as strings."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ivr.simulator.carrier.sids import rfc2822

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall

_SUBRESOURCES = {
    "notifications": "Notifications",
    "recordings": "Recordings",
    "payments": "Payments",
    "events": "Events",
    "siprec": "Siprec",
    "streams": "Streams",
    "transcriptions": "Transcriptions",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    "user_defined_messages": "UserDefinedMessages",
}


def call_json(call: CarrierCall) -> dict[str, object]:
    """The whole resource; `start_time` is the answer, or the creation of a call that ended unanswered."""
    resource = call.resource
    base = f"/2010-04-01/Accounts/{resource.account_sid}/Calls/{resource.sid}"
    started = resource.answered_at or (resource.created_at if resource.status.is_final else None)
    duration = resource.duration_secs
    return {
        "sid": resource.sid,
        "account_sid": resource.account_sid,
        "parent_call_sid": resource.parent_sid or None,
        "to": resource.to_number,
        "to_formatted": formatted(resource.to_number),
        "from": resource.from_number,
        "from_formatted": formatted(resource.from_number),
        "phone_number_sid": None,
        "status": resource.status.value,
        "start_time": date_text(started),
        "end_time": date_text(resource.ended_at),
        "duration": None if duration is None else str(duration),
        "price": None,
        "price_unit": "USD",
        "direction": resource.direction.value,
        "answered_by": resource.answered_by,
        "api_version": "2010-04-01",
        "forwarded_from": call.extra_params.get("ForwardedFrom"),
        "group_sid": None,
        "caller_name": None,
        "queue_time": str(resource.queue_ms),
        "trunk_sid": None,
        "annotation": None,
        "date_created": date_text(resource.created_at),
        "date_updated": date_text(resource.updated_at or resource.created_at),
        "uri": f"{base}.json",
        "subresource_uris": {name: f"{base}/{path}.json" for name, path in _SUBRESOURCES.items()},
    }


def formatted(number: str) -> str:
    """`+12025550123` -> `(202) 555-0123`; other countries' numbers as they are."""
    if number.startswith("+1") and len(number) == 12:
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


def date_text(at: datetime | None) -> str | None:
    """RFC 2822 to the second; None stays None."""
    return None if at is None else rfc2822(at.replace(microsecond=0))
