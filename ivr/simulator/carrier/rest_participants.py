"""REST for participants: dial in, list, fetch, mute, hold, kick (rest.md section 3)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from ivr.simulator.carrier.conference import Conference
from ivr.simulator.carrier.errors import RequestRefused
from ivr.simulator.carrier.participant import CarrierMusic, LeaveReason, Music, Participant
from ivr.simulator.carrier.rest_form import Form, address, flag, json_answer, method, not_found, text
from ivr.simulator.carrier.rest_join import dial_in
from ivr.simulator.carrier.rest_paging import Page, page_of
from ivr.simulator.carrier.rest_resource import date_text
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.carrier import Carrier

_COACHED_ON_HOLD, _COACHED_MISSING = 16027, 16028


class ParticipantRoutes:
    """Handlers of the `Participants` resource; the key is a call's SID or a label."""

    def __init__(self, carrier: Carrier) -> None:
        """All state lives in the carrier."""
        self._carrier = carrier

    async def create(self, request: web.Request) -> web.Response:
        """201 with a participant that is being dialled; a name makes the conference, an unknown SID is 404."""
        participant = dial_in(self._carrier, request.match_info["conference"], await request.post())
        return json_answer(participant_json(participant), 201)

    async def list(self, request: web.Request) -> web.Response:
        """200 with one page; empty for a conference that has ended."""
        conference, query = self._conference(request), request.query
        found = [
            one
            for one in conference.participants
            if _fits(query.get("Muted"), one.is_muted)
            and _fits(query.get("Hold"), one.is_held)
            and _fits(query.get("Coaching"), bool(one.coaches))
        ]
        path = f"/2010-04-01/Accounts/{conference.account_sid}/Conferences/{conference.sid}/Participants.json"
        entries = [(one.call.sid, partial(participant_json, one)) for one in found]
        return json_answer(page_of("participants", entries, Page.read(query), path, query))

    async def fetch(self, request: web.Request) -> web.Response:
        """200 with the participant as it is now."""
        return json_answer(participant_json(self._known(request)))

    async def update(self, request: web.Request) -> web.Response:
        """Mute, hold, coach, or change what its leaving does; takes effect before the answer."""
        participant, form = self._known(request), await request.post()
        _set_hold(participant, form)
        _set_muted(participant, form)
        _set_coaching(participant, form)
        if text(form, "EndConferenceOnExit"):
            participant.ends_on_exit = flag(form, "EndConferenceOnExit")
            participant.conference.changed(participant, "participant-modify")
        if url := address(form, "AnnounceUrl"):
            participant.announce(WebhookRequest(url, method(form, "AnnounceMethod")))
        return json_answer(participant_json(participant))

    async def delete(self, request: web.Request) -> web.Response:
        """204: it leaves, and its call goes on with its document."""
        participant = self._known(request)
        participant.conference.leave(participant, LeaveReason.BY_API, is_kicked=True)
        return web.Response(status=204)

    def _conference(self, request: web.Request) -> Conference:
        wanted = request.match_info["conference"]
        conferences = self._carrier.services.conferences
        found = conferences.get(wanted) or conferences.live(wanted)
        if found is None:
            raise not_found(request)
        return found

    def _known(self, request: web.Request) -> Participant:
        found = self._conference(request).find(request.match_info["participant"])
        if found is None:
            raise not_found(request)
        return found


def participant_json(participant: Participant) -> dict[str, object]:
    """The whole resource; it has no SID of its own."""
    conference = participant.conference
    base = f"/2010-04-01/Accounts/{conference.account_sid}/Conferences/{conference.sid}/Participants"
    return {
        "account_sid": conference.account_sid,
        "call_sid": participant.call.sid,
        "label": participant.label or None,
        "conference_sid": conference.sid,
        "muted": participant.is_muted,
        "hold": participant.is_held,
        "coaching": bool(participant.coaches),
        "call_sid_to_coach": participant.coaches or None,
        "start_conference_on_enter": participant.order.starts,
        "end_conference_on_exit": participant.ends_on_exit,
        "status": participant.status,
        "queue_time": str(participant.call.resource.queue_ms),
        "date_created": date_text(participant.created_at),
        "date_updated": date_text(participant.updated_at),
        "uri": f"{base}/{participant.call.sid}.json",
    }


def _set_muted(participant: Participant, form: Form) -> None:
    if not text(form, "Muted") or flag(form, "Muted") == participant.is_muted:
        return
    participant.is_muted = flag(form, "Muted")
    participant.apply()
    participant.conference.changed(participant, "participant-mute" if participant.is_muted else "participant-unmute")


def _set_hold(participant: Participant, form: Form) -> None:
    if not text(form, "Hold"):
        return
    was_held, participant.is_held = participant.is_held, flag(form, "Hold")
    if participant.is_held:
        participant.hold_music = _hold_music(form)
    participant.apply()
    if was_held != participant.is_held:
        event = "participant-hold" if participant.is_held else "participant-unhold"
        participant.conference.changed(participant, event)


def _hold_music(form: Form) -> Music:
    url = address(form, "HoldUrl")
    return WebhookRequest(url, method(form, "HoldMethod", "GET")) if url else CarrierMusic()


def _set_coaching(participant: Participant, form: Form) -> None:
    if not text(form, "Coaching") and not text(form, "CallSidToCoach"):
        return
    wanted = text(form, "CallSidToCoach") or participant.coaches
    if not flag(form, "Coaching", bool(participant.coaches)):
        wanted = ""
    elif not wanted or (coached := participant.conference.find(wanted)) is None:
        raise RequestRefused(400, _COACHED_MISSING, "Participant to coach is not in the conference")
    elif coached.is_held:
        raise RequestRefused(400, _COACHED_ON_HOLD, "Participant to coach is on hold")
    participant.coaches = wanted
    participant.apply()
    participant.conference.changed(participant, "participant-modify")


def _fits(wanted: str | None, is_set: bool) -> bool:
    return wanted is None or (wanted.lower() == "true") == is_set
