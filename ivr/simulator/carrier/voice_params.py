"""The parameters that every voice webhook carries (webhooks.md section 2)."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.simulator.carrier.state import CallResource

_COUNTRIES = {"+1": "US", "+81": "JP", "+44": "GB", "+49": "DE", "+82": "KR"}
_PLACES = ("City", "State", "Zip")


def standard_params(resource: CallResource, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Call, account, both numbers and what is known of where they are: empty strings where nothing is."""
    caller, called = resource.from_number, resource.to_number
    params = {
        "CallSid": resource.sid,
        "AccountSid": resource.account_sid,
        "From": caller,
        "To": called,
        "Caller": caller,
        "Called": called,
        "CallStatus": resource.status.value,
        "ApiVersion": "2010-04-01",
        "Direction": resource.direction.value,
    }
    params |= places_of(caller, called) | _places("Caller", caller) | _places("Called", called)
    if resource.parent_sid:
        params["ParentCallSid"] = resource.parent_sid
    if resource.answered_by is not None:
        params["AnsweredBy"] = resource.answered_by
    return params | dict(extra or {})


def places_of(from_number: str, to_number: str) -> dict[str, str]:
    """Where both numbers are; empty strings where that is unknown."""
    return _places("From", from_number) | _places("To", to_number)


def _places(side: str, number: str) -> dict[str, str]:
    return {f"{side}{place}": "" for place in _PLACES} | {f"{side}Country": _country(number)}


def _country(number: str) -> str:
    return next((country for prefix, country in _COUNTRIES.items() if number.startswith(prefix)), "")
