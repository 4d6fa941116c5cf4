"""The four voice webhooks. Each parses, looks the call up, and answers with a document."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from flask import Blueprint

from ivr.core.events import EndCause
from ivr.core.flow.parts.transfer import number_of
from ivr.ports import CallRecord, EventRecord, StoredReply
from ivr.telephony import twiml
from ivr.telephony.webhooks import (
    CallStatus,
    StatusUpdate,
    VoiceRequest,
    parse_status_callback,
    parse_voice_request,
)
from ivr.web.deps import WebDeps
from ivr.web.handover import after_stream_url, alive_since, hand_over, is_anybody_serving, pick_again, pick_new, spoken
from ivr.web.metrics import Route, WebMetrics
from ivr.web.outbound import meeting, nothing
from ivr.web.passing_on import dial_on, dialled
from ivr.web.query import count
from ivr.web.signed import Endpoint, Form, SignedWebhooks
from ivr.web.spoken import Sentence, language_of_number, no_room_text, text_of

log = structlog.get_logger(__name__)

MAX_RESUMES = 5
"""A call that is lost more often is given up: something is wrong with it."""
MAX_WAITS = 10
"""How often a lost call asks for a node: once a second, and every other time after a sentence; about 20 s."""
MAX_RETRIES = 2
"""How often an incoming call is asked to come back when we fail inside, or while no media process is there."""
_RETRY_SECS = 2
_AT_THE_DOOR = timedelta(seconds=30)
"""As long as "all lines are busy" and the wait for a key take."""
_LONGEST_CALL = timedelta(hours=4)
"""The carrier's own limit of a call."""


class VoiceWebhooks:
    """Views of the voice webhooks."""

    def __init__(self, deps: WebDeps, metrics: WebMetrics) -> None:
        self._deps = deps
        self._metrics = metrics

    def blueprint(self, webhooks: SignedWebhooks) -> Blueprint:
        """The routes under `/voice`."""
        voice = Blueprint("voice", __name__, url_prefix="/voice")
        endpoints = {
            "/incoming": Endpoint("incoming", self.incoming, self._failed_incoming),
            # Must work with a broken database, so it has no ledger; it has no effect either.
            "/fallback": Endpoint("fallback", self.fallback, self._failed, uses_ledger=False),
            "/status": Endpoint("status", self.status, lambda _: nothing(503)),
            "/after-stream": Endpoint("after_stream", self.after_stream, self._failed_after_stream),
            "/no-room": Endpoint("no_room", self.no_room_key, self._failed),
            "/dialled": Endpoint("dialled", lambda form: dialled(self._deps, form), self._failed, uses_ledger=False),
        }
        for path, endpoint in endpoints.items():
            voice.add_url_rule(path, endpoint.name, webhooks.route(endpoint), methods=["POST"])
        return voice

    def incoming(self, form: Form) -> StoredReply:
        """A call arrives: a row, a node, a ticket."""
        asked = self._voice_request(form)
        flow = self._deps.flow_for(asked.dialled)
        if flow is None:
            self._metrics.routed(Route.UNKNOWN_NUMBER)
            log.warning("call to a number without a call flow", pii_dialled=asked.dialled)
            return self._goodbye(Sentence.UNKNOWN_NUMBER, self._guessed_language(asked.dialled))
        now = self._deps.clock.now()
        call = self._deps.calls.create(
            CallRecord(
                id=self._deps.new_call_id(),
                carrier_sid=asked.call_sid,
                flow=flow.name,
                flow_version=flow.version,
                caller=asked.caller,
                dialled=asked.dialled,
                created_at=now,
                language=flow.language,
                attested=asked.attested,
            )
        )
        if call.status == "ended" or asked.status.is_final:
            return spoken(twiml.hang_up())
        if self._has_too_many(call, now):
            return self._reject(call, now)
        node = pick_new(self._deps, now)
        again = count("again")
        if node is None and again < MAX_RETRIES and not is_anybody_serving(self._deps, now):
            self._metrics.routed(Route.WAITING)
            return self._come_back(again + 1, flow.language)
        if node is None:
            return self._no_room(call, flow.hours_text.get(flow.language, ""), flow.language)
        self._metrics.routed(Route.MEDIA)
        log.info("call sent to a media node", call_id=call.id, node_id=node.id, flow=flow.name)
        return hand_over(self._deps, call, node, next_resume=call.resumes + 1, now=now)

    def no_room_key(self, form: Form) -> StoredReply:
        """All media nodes are full, and the caller was offered a call back by key."""
        asked = self._voice_request(form)
        call = self._deps.calls.by_sid(asked.call_sid)
        if call is None or self._deps.queue is None:
            return self._goodbye(Sentence.NO_ROOM, self._guessed_language(asked.dialled))
        language, now = call.language or self._guessed_language(call.dialled), self._deps.clock.now()
        outcome, text = "no_room", text_of(Sentence.NO_ROOM, language)
        if asked.digits == "1" and not asked.status.is_final:
            outcome, text = (
                "callback_promised",
                self._deps.queue.book_by_key(call.id, call.caller, call.dialled, language, now),
            )
        self._deps.calls.end(call.id, ended_at=now, outcome=outcome, cause=EndCause.COMPLETED.value)
        return spoken(twiml.say_and_hang_up(text, language))

    def after_stream(self, form: Form) -> StoredReply:
        """The stream has ended and the caller is still there: because we are done, or because a node was lost."""
        asked = self._voice_request(form)
        bridged = None if self._deps.queue is None else meeting(self._deps, self._deps.queue, asked.call_sid)
        if bridged is not None and not asked.status.is_final:
            return bridged
        call = self._deps.calls.by_sid(asked.call_sid)
        if call is None:
            log.warning("stream of an unknown call ended")
            return self._goodbye(Sentence.LOST, self._guessed_language(asked.dialled))
        number = number_of(call.outcome, call.snapshot)
        if number and call.status == "ended" and not asked.status.is_final:
            return dial_on(self._deps, call, number)
        if call.status == "ended" or asked.status.is_final:
            return spoken(twiml.hang_up())
        resume, wait = count("resume"), count("wait")
        if resume not in (call.resumes, call.resumes + 1):
            log.warning("stale address after a stream", call_id=call.id)
            return spoken(twiml.hang_up())
        language = call.language or self._guessed_language(call.dialled)
        if resume > MAX_RESUMES or wait > MAX_WAITS:
            return self._give_up(call, language)
        now = self._deps.clock.now()
        node = pick_again(self._deps, now, call.node_id, wait)
        if node is None:
            # Nobody owns the call while it waits: the lost node, should it come back, is fenced off.
            if call.node_id is not None:
                self._deps.calls.update(call.id, node_id=None)
            self._metrics.routed(Route.WAITING)
            return self._wait(resume, wait, language)
        self._deps.calls.update(call.id, resumes=resume)
        self._deps.calls.add_events([EventRecord(call.id, 0, "handed_over", {"resume": resume, "waited_secs": wait})])
        self._metrics.routed(Route.RESUMED)
        log.warning("lost call sent to a media node", call_id=call.id, node_id=node.id, resume=resume)
        return hand_over(self._deps, call, node, next_resume=resume + 1, now=now)

    def status(self, form: Form) -> StoredReply:
        """The call's state changed. In any order, any number of times."""
        update = parse_status_callback(form, self._deps.settings.carrier.account_sid)
        call = self._deps.calls.by_sid(update.call_sid)
        if call is None:
            return nothing(204)
        now = self._deps.clock.now()
        self._deps.calls.set_leg(
            call.id,
            update.call_sid,
            status=update.status.value,
            rank=update.rank,
            sequence=update.sequence,
            at=update.occurred_at or now,
        )
        if update.status.is_final and self._deps.queue is not None:
            self._deps.queue.caller_left(update.call_sid, now)
        if update.status.is_final and call.status != "ended" and not self._has_driver(call):
            cause, outcome = _ending(update)
            self._deps.calls.end(call.id, ended_at=now, outcome=outcome, cause=cause.value)
            log.info("call ended by the carrier", call_id=call.id, outcome=outcome)
        return nothing(204)

    def fallback(self, form: Form) -> StoredReply:
        """Our first answer failed. Needs no database: asks once more, then apologises."""
        asked = self._voice_request(form)
        language = self._guessed_language(asked.dialled)
        failed_url = dict(form).get("ErrorUrl", "")
        log.error("the carrier asks the fallback", error_code=asked.error_code)
        if not failed_url or "again=" in failed_url or asked.status.is_final:
            return self._goodbye(Sentence.FAILED, language)
        return self._come_back(MAX_RETRIES, language)

    def _voice_request(self, form: Form) -> VoiceRequest:
        return parse_voice_request(form, self._deps.settings.carrier.account_sid)

    def _guessed_language(self, dialled: str) -> str:
        return language_of_number(dialled, self._deps.settings.speech.languages[0])

    def _goodbye(self, sentence: Sentence, language: str) -> StoredReply:
        return spoken(twiml.say_and_hang_up(text_of(sentence, language), language))

    def _no_room(self, call: CallRecord, hours: str, language: str) -> StoredReply:
        now = self._deps.clock.now()
        if self._deps.calls.live_since(now - _AT_THE_DOOR, without_node=True) > self._deps.settings.web.door:
            return self._reject(call, now)
        self._metrics.routed(Route.NO_ROOM)
        log.warning("no media node has room", call_id=call.id)
        if self._deps.queue is not None and call.caller.startswith("+"):
            url = f"{self._deps.settings.public_url}/voice/no-room"
            return spoken(twiml.say_and_gather(text_of(Sentence.NO_ROOM_OFFER, language), url, language))
        self._deps.calls.end(
            call.id, ended_at=self._deps.clock.now(), outcome="no_room", cause=EndCause.COMPLETED.value
        )
        return spoken(twiml.say_and_hang_up(no_room_text(language, hours), language))

    def _has_too_many(self, call: CallRecord, now: datetime) -> bool:
        """Whether this calling number holds more lines already than it may (T11). Withheld ones are nobody's."""
        most = self._deps.settings.web.calls_per_source
        if not most or not call.caller:
            return False
        return self._deps.calls.live_since(now - _LONGEST_CALL, caller=call.caller) > most

    def _reject(self, call: CallRecord, now: datetime) -> StoredReply:
        """The busy tone: the carrier does not bill it, and whoever floods us gets no more than that."""
        self._metrics.routed(Route.REJECTED)
        log.warning("call rejected", call_id=call.id)
        self._deps.calls.end(call.id, ended_at=now, outcome="rejected", cause=EndCause.COMPLETED.value)
        return spoken(twiml.reject(twiml.Rejection.BUSY))

    def _wait(self, resume: int, wait: int, language: str) -> StoredReply:
        # The first second passes in silence: most calls are taken up within it, with words of their own. After that
        # every other pause is filled with words, so that nobody thinks the line is dead.
        sentence = Sentence.ONE_MOMENT if wait == 1 else Sentence.STILL_HERE
        text = text_of(sentence, language) if wait % 2 else ""
        url = after_stream_url(self._deps, resume, wait + 1)
        return spoken(twiml.say_and_redirect(text, url, language, pause_secs=1))

    def _give_up(self, call: CallRecord, language: str) -> StoredReply:
        self._metrics.routed(Route.GIVEN_UP)
        log.error("lost call given up", call_id=call.id, resumes=call.resumes)
        self._deps.calls.end(call.id, ended_at=self._deps.clock.now(), outcome="failed", cause=EndCause.LOST.value)
        return self._goodbye(Sentence.LOST, language)

    def _has_driver(self, call: CallRecord) -> bool:
        """Whether a living media node owns the call; that node then ends it, with the outcome it knows."""
        if call.status != "in_progress" or call.node_id is None:
            return False
        now = self._deps.clock.now()
        alive = self._deps.nodes.nodes(alive_since=alive_since(self._deps, now), now=now)
        return any(node.id == call.node_id for node in alive)

    def _failed(self, form: Form) -> StoredReply:
        return self._goodbye(Sentence.FAILED, self._guessed_language(dict(form).get("To", "")))

    def _failed_incoming(self, form: Form) -> StoredReply:
        """Asks the carrier to come back a little later, a few times."""
        again = count("again")
        if again >= MAX_RETRIES:
            return self._failed(form)
        return self._come_back(again + 1, self._guessed_language(dict(form).get("To", "")))

    def _failed_after_stream(self, form: Form) -> StoredReply:
        wait = count("wait")
        if wait >= MAX_WAITS:
            return self._failed(form)
        return self._wait(count("resume"), wait, self._guessed_language(dict(form).get("To", "")))

    def _come_back(self, again: int, language: str) -> StoredReply:
        url = f"{self._deps.settings.public_url}/voice/incoming?again={again}"
        text = text_of(Sentence.ONE_MOMENT, language)
        return spoken(twiml.say_and_redirect(text, url, language, pause_secs=_RETRY_SECS))


def _ending(update: StatusUpdate) -> tuple[EndCause, str]:
    if update.status is CallStatus.FAILED:
        return EndCause.CARRIER_ERROR, "failed"
    return EndCause.CALLER_HUNG_UP, "abandoned"
