"""REST for conferences: fetch, list, end (rest.md section 3)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from ivr.simulator.carrier.conference import Conference
from ivr.simulator.carrier.errors import RequestRefused
from ivr.simulator.carrier.rest_form import address, json_answer, method, not_found, text
from ivr.simulator.carrier.rest_list import DateFilter
from ivr.simulator.carrier.rest_paging import Page, page_of
from ivr.simulator.carrier.rest_resource import date_text
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.carrier import Carrier

_IS_OVER = "Conference does not exist or completed"


class ConferenceRoutes:
    """Handlers of the `Conferences` resource."""

    def __init__(self, carrier: Carrier) -> None:
        """All state lives in the carrier."""
        self._carrier = carrier

    async def fetch(self, request: web.Request) -> web.Response:
        """200 with the conference as it is now."""
        return json_answer(conference_json(self._known(request)))

    async def update(self, request: web.Request) -> web.Response:
        """`Status=completed` ends it, `AnnounceUrl` is said to all; one that has ended is 404 with 16022."""
        conference = self._known(request)
        if conference.is_over:
            raise RequestRefused(404, 16022, _IS_OVER)
        form = await request.post()
        status = text(form, "Status")
        if status not in ("", "completed"):
            raise RequestRefused(400, 20001, "Status must be completed")
        if url := address(form, "AnnounceUrl"):
            for one in conference.present:
                one.announce(WebhookRequest(url, method(form, "AnnounceMethod")))
        if status:
            conference.complete()
        return json_answer(conference_json(conference))

    async def list(self, request: web.Request) -> web.Response:
        """200 with one page, newest first."""
        query = request.query
        created, updated = DateFilter.read(query, "DateCreated"), DateFilter.read(query, "DateUpdated")
        found = [
            one
            for one in reversed(self._carrier.conferences)
            if query.get("FriendlyName", one.name) == one.name
            and query.get("Status", one.status.value) == one.status.value
            and created.fits(one.created_at)
            and updated.fits(one.updated_at)
        ]
        path = f"/2010-04-01/Accounts/{self._carrier.settings.account_sid}/Conferences.json"
        entries = [(one.sid, partial(conference_json, one)) for one in found]
        return json_answer(page_of("conferences", entries, Page.read(query), path, query))

    def _known(self, request: web.Request) -> Conference:
        found = self._carrier.services.conferences.get(request.match_info["sid"])
        if found is None:
            raise not_found(request)
        return found


def conference_json(conference: Conference) -> dict[str, object]:
    """The whole resource."""
    account_sid = conference.account_sid
    base = f"/2010-04-01/Accounts/{account_sid}/Conferences/{conference.sid}"
    reason = conference.end_reason
    return {
        "sid": conference.sid,
        "account_sid": account_sid,
        "friendly_name": conference.name,
        "status": conference.status.value,
        "region": "us1",
        "reason_conference_ended": None if reason is None else reason.value,
        "call_sid_ending_conference": conference.ended_by_call or None,
        "api_version": "2010-04-01",
        "date_created": date_text(conference.created_at),
        "date_updated": date_text(conference.updated_at),
        "uri": f"{base}.json",
        "subresource_uris": {"participants": f"{base}/Participants.json", "recordings": f"{base}/Recordings.json"},
    }
