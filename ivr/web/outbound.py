"""Webhooks of legs that we dialled: answered, progress, machine detection, waiting for the other party, the meeting."""

from __future__ import annotations

import re

import structlog
from flask import Blueprint, request

from ivr.core.queueing.leg_events import LegNews
from ivr.core.queueing.legs import Leg, LegOutcome, LegState
from ivr.ports import CallRecord, QueueService, StoredReply
from ivr.telephony import twiml
from ivr.telephony.errors import BadWebhook
from ivr.telephony.webhooks import (
    CallStatus,
    parse_machine_guess,
    parse_status_callback,
    parse_voice_request,
)
from ivr.web.deps import WebDeps
from ivr.web.handover import hand_over, pick_new, spoken
from ivr.web.metrics import Route, WebMetrics
from ivr.web.passing_on import sent_back
from ivr.web.query import count
from ivr.web.signed import Endpoint, Form, SignedWebhooks
from ivr.web.spoken import Sentence, text_of

log = structlog.get_logger(__name__)

MAX_WAITS = 5
"""How often an answered leg asks for a media node, once a second, before it is given up."""
MAX_ROUNDS = 60
"""How often somebody alone in a conference is told where things stand."""
WAIT_PAUSE_SECS = 4
"""Quiet between two such sentences."""
_TAG = re.compile(r"[0-9a-f]{32}")
_PROGRESS = {
    CallStatus.QUEUED: (LegState.PLACED, None),
    CallStatus.INITIATED: (LegState.PLACED, None),
    CallStatus.RINGING: (LegState.RINGING, None),
    CallStatus.IN_PROGRESS: (LegState.ANSWERED, None),
    CallStatus.COMPLETED: (LegState.OVER, LegOutcome.COMPLETED),
    CallStatus.BUSY: (LegState.OVER, LegOutcome.BUSY),
    CallStatus.NO_ANSWER: (LegState.OVER, LegOutcome.NO_ANSWER),
    CallStatus.FAILED: (LegState.OVER, LegOutcome.FAILED),
    CallStatus.CANCELED: (LegState.OVER, LegOutcome.CANCELLED),
}


class OutboundWebhooks:
    """Views under `/voice/outbound/<tag>` and `/voice/wait/<tag>`; the tag was stored before the carrier heard it."""

    def __init__(self, deps: WebDeps, queue: QueueService, metrics: WebMetrics) -> None:
        self._deps, self._queue, self._metrics = deps, queue, metrics

    def blueprint(self, webhooks: SignedWebhooks) -> Blueprint:
        """The routes."""
        outbound = Blueprint("outbound", __name__, url_prefix="/voice")
        endpoints = {
            "/outbound/<tag>": Endpoint("outbound", self.answered, self._failed),
            "/outbound/<tag>/status": Endpoint("outbound_status", self.status, lambda _: nothing(503)),
            "/outbound/<tag>/amd": Endpoint("outbound_amd", self.machine, lambda _: nothing(503)),
            # Has no effect, and must work while the ledger does not.
            "/wait/<tag>": Endpoint("wait", self.wait, self._failed, uses_ledger=False),
            "/met/<tag>": Endpoint("met", self.met, self._failed, uses_ledger=False),
        }
        for path, endpoint in endpoints.items():
            outbound.add_url_rule(path, endpoint.name, webhooks.route(endpoint), methods=["POST"])
        return outbound

    def answered(self, form: Form) -> StoredReply:
        """Somebody, or something, answered: a call record, a node, a ticket, and the leg's own flow."""
        asked = parse_voice_request(form, self._deps.settings.carrier.account_sid)
        now = self._deps.clock.now()
        known = self._queue.leg(_tag())
        flow = self._deps.flow_for(asked.caller)
        if known is None or flow is None or asked.status.is_final:
            return spoken(twiml.hang_up())
        call = self._deps.calls.create(
            CallRecord(
                id=self._deps.new_call_id(),
                carrier_sid=asked.call_sid,
                flow=self._queue.flow_of(known),
                flow_version=flow.version,
                caller=asked.dialled,
                dialled=asked.caller,
                direction="outbound",
                created_at=now,
                language=self._queue.language_of(known),
            )
        )
        leg = self._queue.leg_answered(known.tag, asked.call_sid, call.id, now)
        if leg is None or call.status == "ended":
            log.info("answered leg is void", call_id=call.id, role=known.role.value)
            return spoken(twiml.hang_up())
        node = pick_new(self._deps, now)
        if node is None:
            return self._come_back(call, leg)
        self._metrics.routed(Route.MEDIA)
        log.info("dialled leg answered", call_id=call.id, node_id=node.id, role=leg.role.value)
        return hand_over(self._deps, call, node, next_resume=call.resumes + 1, now=now)

    def _come_back(self, call: CallRecord, leg: Leg) -> StoredReply:
        language, waits = call.language or "en", count("wait")
        if waits >= MAX_WAITS:
            self._metrics.routed(Route.NO_ROOM)
            return spoken(twiml.say_and_hang_up(text_of(Sentence.FAILED, language), language))
        url = f"{self._deps.settings.public_url}/voice/outbound/{leg.tag}?wait={waits + 1}"
        text = text_of(Sentence.ONE_MOMENT, language) if waits == 0 else ""
        return spoken(twiml.say_and_redirect(text, url, language, pause_secs=1))

    def status(self, form: Form) -> StoredReply:
        """How far the leg has come. In any order, any number of times."""
        update = parse_status_callback(form, self._deps.settings.carrier.account_sid)
        state, outcome = _PROGRESS[update.status]
        progress = LegNews(state, outcome, update.call_sid, ended_at=update.occurred_at)
        self._queue.leg_progressed(_tag(), progress, self._deps.clock.now())
        return nothing(204)

    def machine(self, form: Form) -> StoredReply:
        """The carrier's guess whether a machine answered; only kept."""
        guess = parse_machine_guess(form, self._deps.settings.carrier.account_sid)
        progress = LegNews(LegState.PLACED, None, guess.call_sid, guess.answered_by)
        self._queue.leg_progressed(_tag(), progress, self._deps.clock.now())
        return nothing(204)

    def wait(self, form: Form) -> StoredReply:
        """Alone in the conference: where things stand, a pause, and again."""
        parse_voice_request(form, self._deps.settings.carrier.account_sid)
        leg, round_number = self._queue.leg(_tag()), count("round")
        if leg is None or round_number > MAX_ROUNDS:
            return spoken(twiml.hang_up())
        words = self._queue.waiting_words(leg, round_number)
        url = wait_url(self._deps, leg.tag, round_number + 1)
        return spoken(twiml.say_and_redirect(words, url, self._queue.language_of(leg), pause_secs=WAIT_PAUSE_SECS))

    def met(self, form: Form) -> StoredReply:
        """A caller on the line who waited for an agent in vain was taken out of the conference."""
        asked = parse_voice_request(form, self._deps.settings.carrier.account_sid)
        leg = self._queue.leg(_tag())
        back = sent_back(self._deps, self._queue, leg, asked) if leg is not None else None
        return back if back is not None else spoken(twiml.hang_up())

    def _failed(self, form: Form) -> StoredReply:
        language = self._deps.settings.speech.languages[0]
        return spoken(twiml.say_and_hang_up(text_of(Sentence.FAILED, language), language))


def meeting(deps: WebDeps, queue: QueueService, carrier_sid: str) -> StoredReply | None:
    """Where a leg goes whose own conversation with us has ended: to the other party, if it said yes; else None."""
    leg = queue.leg_by_sid(carrier_sid)
    if leg is None or leg.state is not LegState.ACCEPTED or (leg.is_inbound and leg.answered_at is None):
        return None
    room = queue.room_of(leg)
    bridge = f"{deps.settings.public_url}/voice/bridge/{room}"
    joining = twiml.Joining(
        wait_url=wait_url(deps, leg.tag, 0),
        after_url=f"{bridge}/{leg.tag}/after",
        events_url=f"{bridge}/events",
        label=leg.tag,
    )
    return spoken(twiml.join_conference(room, joining))


def wait_url(deps: WebDeps, tag: str, round_number: int) -> str:
    """Where the carrier asks for the next words."""
    return f"{deps.settings.public_url}/voice/wait/{tag}?round={round_number}"


def nothing(status: int) -> StoredReply:
    """An answer without words."""
    return StoredReply(status, "", "text/plain; charset=utf-8")


def _tag() -> str:
    tag = str((request.view_args or {}).get("tag", ""))
    if _TAG.fullmatch(tag) is None:
        raise BadWebhook("tag", "has a wrong shape")
    return tag
