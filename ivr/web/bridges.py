"""Webhooks of bridged conversations: what waiting, asked-in and returning legs hear, and what conferences tell."""

from __future__ import annotations

import re

import structlog
from flask import Blueprint, request

from ivr.core.bridging import events as e
from ivr.core.bridging.model import Bridge, Party, PartyOutcome, PartyRole, Stage
from ivr.core.bridging.words import Say, brief_words, hold_words, last_words, say
from ivr.core.queueing.legs import Leg, Role
from ivr.ports import BridgeLines, QueueService, StoredReply
from ivr.telephony import twiml
from ivr.telephony.conference_events import Happening, parse_conference_event
from ivr.telephony.errors import BadWebhook
from ivr.telephony.webhooks import CallStatus, VoiceRequest, parse_status_callback, parse_voice_request
from ivr.web.deps import WebDeps
from ivr.web.handover import spoken
from ivr.web.outbound import meeting, nothing
from ivr.web.passing_on import sent_back
from ivr.web.query import count
from ivr.web.signed import Endpoint, Form, SignedWebhooks
from ivr.web.spoken import Sentence, text_of

log = structlog.get_logger(__name__)

HOLD_PAUSE_SECS = 8
"""Between two sentences to somebody on hold."""
MAX_ROUNDS = 400
"""About an hour; nobody waits longer."""
MAX_TRIES = 1
"""How often a question by key is asked again."""
_TAG = re.compile(r"[0-9a-f]{32}")
_BRIDGE = re.compile(r"cb-[0-9a-f]{32}-[0-9]{1,6}")
_KEYS = re.compile(r"[0-9*#]{1,32}")
_OUTCOMES = {
    CallStatus.COMPLETED: PartyOutcome.TALKED,
    CallStatus.BUSY: PartyOutcome.BUSY,
    CallStatus.NO_ANSWER: PartyOutcome.NO_ANSWER,
    CallStatus.FAILED: PartyOutcome.FAILED,
    CallStatus.CANCELED: PartyOutcome.CANCELLED,
}


class BridgeWebhooks:
    """Views under `/voice/bridge/<bridge>/…`, and `/voice/meet/<tag>`. They decide nothing."""

    def __init__(self, deps: WebDeps, queue: QueueService, lines: BridgeLines) -> None:
        self._deps, self._queue, self._lines = deps, queue, lines

    def blueprint(self, webhooks: SignedWebhooks) -> Blueprint:
        """The routes. What may rightly be asked twice in the same words has no entry in the ledger."""
        bridge = Blueprint("bridge", __name__, url_prefix="/voice")
        told = {
            "/bridge/<bridge>/events": ("bridge_events", self.events),
            "/bridge/<bridge>/<tag>/status": ("bridge_status", self.status),
        }
        documents = {
            "/meet/<tag>": ("meet", self.meet),
            "/bridge/<bridge>/hold": ("bridge_hold", self.hold),
            "/bridge/<bridge>/offer": ("bridge_offer", self.offer),
            "/bridge/<bridge>/offer/key": ("bridge_offer_key", self.offer_key),
            "/bridge/<bridge>/<tag>": ("bridge_brief", self.brief),
            "/bridge/<bridge>/<tag>/key": ("bridge_key", self.key),
            "/bridge/<bridge>/<tag>/back": ("bridge_back", self.back),
            "/bridge/<bridge>/<tag>/after": ("bridge_after", self.after),
            "/bridge/<bridge>/<tag>/wait": ("bridge_wait", self.wait),
        }
        for path, (name, view) in told.items():
            endpoint = Endpoint(name, view, lambda _: nothing(503))
            bridge.add_url_rule(path, name, webhooks.route(endpoint), methods=["POST"])
        for path, (name, view) in documents.items():
            endpoint = Endpoint(name, view, self._failed, uses_ledger=False)
            bridge.add_url_rule(path, name, webhooks.route(endpoint), methods=["POST"])
        return bridge

    # -- what the carrier tells --------------------------------------------------------------------

    def events(self, form: Form) -> StoredReply:
        """Somebody joined or left."""
        news = parse_conference_event(form, self._deps.settings.carrier.account_sid)
        bridge_id, now = _bridge_id(), self._deps.clock.now()
        if news.name != bridge_id:
            raise BadWebhook("FriendlyName", "is not the one of this address")
        match news.happening:
            case Happening.ENTERED:
                event: e.Event = e.Entered(news.call_sid, news.conference_sid, news.sequence, news.label)
            case Happening.LEFT:
                how = e.Left.HUNG_UP if news.has_hung_up else e.Left.MOVED
                event = e.Departed(news.call_sid, news.conference_sid, news.sequence, how, news.label)
            case Happening.OTHER:
                return nothing(204)
        self._lines.happened(bridge_id, event, now)
        return nothing(204)

    def status(self, form: Form) -> StoredReply:
        """How far the leg of somebody who was asked in has come."""
        update = parse_status_callback(form, self._deps.settings.carrier.account_sid)
        now = self._deps.clock.now()
        if update.status.is_final:
            self._lines.happened(_bridge_id(), e.Over(_tag(), _OUTCOMES[update.status]), now)
        else:
            self._lines.happened(_bridge_id(), e.Placed(_tag(), update.call_sid), now)
        return nothing(204)

    # -- into the conference, and out of it --------------------------------------------------------

    def meet(self, form: Form) -> StoredReply:
        """An agent took the call by button: out of the flow, to the customer."""
        asked = self._asked(form)
        found = meeting(self._deps, self._queue, asked.call_sid)
        return found if found is not None else spoken(twiml.hang_up())

    def brief(self, form: Form) -> StoredReply:
        """Whoever is asked in has answered: who it is about, then a key."""
        asked = self._asked(form)
        bridge = self._lines.happened(_bridge_id(), e.Placed(_tag(), asked.call_sid), self._deps.clock.now())
        party = _open_party(bridge)
        if bridge is None or party is None or party.call_sid != asked.call_sid:
            return self._void()
        words = f"{brief_words(bridge, party)} {say(Say.ASK_KEY, party.language)}"
        return spoken(twiml.say_and_gather(words, self._url(bridge, f"{party.tag}/key?try=0"), party.language))

    def key(self, form: Form) -> StoredReply:
        """1 takes it, 2 passes; nothing is asked for once more, and is then a machine, or nobody."""
        asked, tries = self._asked(form), count("try")
        bridge = self._lines.get(_bridge_id())
        party = _open_party(bridge)
        if bridge is None or party is None:
            return self._void()
        if asked.digits == "1":
            return self._took(bridge, party, asked)
        if asked.digits != "2" and tries < MAX_TRIES:
            url = self._url(bridge, f"{party.tag}/key?try={tries + 1}")
            return spoken(twiml.say_and_gather(say(Say.ASK_KEY, party.language), url, party.language))
        outcome = PartyOutcome.DECLINED if asked.digits == "2" else PartyOutcome.NO_ANSWER
        self._lines.happened(bridge.id, e.Over(party.tag, outcome), self._deps.clock.now())
        return spoken(twiml.say_and_hang_up(say(Say.PASSED, party.language), party.language))

    def _took(self, bridge: Bridge, party: Party, asked: VoiceRequest) -> StoredReply:
        after = self._lines.happened(bridge.id, e.Took(party.tag, asked.call_sid), self._deps.clock.now())
        joining = after.party(party.tag) if after is not None else None
        if after is None or joining is None or joining.is_gone:
            return self._void()
        return self._join(after, joining)

    def back(self, form: Form) -> StoredReply:
        """A leg that is to be in the conference, and was taken out of it or never found it."""
        self._asked(form)
        bridge = self._lines.happened(_bridge_id(), e.Here(_tag()), self._deps.clock.now())
        party = bridge.party(_tag()) if bridge is not None else None
        if bridge is None or party is None or party.is_gone:
            return self._last(bridge, party)
        keys = request.args.get("keys", "")
        return self._join(bridge, party, keys if _KEYS.fullmatch(keys) else "")

    def after(self, form: Form) -> StoredReply:
        """The conference is over for this leg: a word of goodbye; or back into it, when somebody is still to come."""
        asked = self._asked(form)
        bridge = self._lines.get(_bridge_id())
        party = bridge.party(_tag()) if bridge is not None else None
        if asked.status.is_final:
            return spoken(twiml.hang_up())
        if bridge is not None and party is not None and party.role is PartyRole.CUSTOMER and bridge.goes_on:
            bridge = self._lines.happened(bridge.id, e.Here(party.tag), self._deps.clock.now()) or bridge
            return self._join(bridge, party)
        leg = self._queue.leg(_tag())
        back = sent_back(self._deps, self._queue, leg, asked) if leg is not None else None
        return back if back is not None else self._last(bridge, party)

    def _join(self, bridge: Bridge, party: Party, keys: str = "") -> StoredReply:
        words = "hold?round=0" if party.role is PartyRole.CUSTOMER else f"{party.tag}/wait?round=0"
        joining = twiml.Joining(
            wait_url=self._url(bridge, words),
            after_url=self._url(bridge, f"{party.tag}/after"),
            events_url=self._url(bridge, "events"),
            label=party.tag,
            ends=party.ends,
            keys=keys,
        )
        return spoken(twiml.join_conference(bridge.id, joining))

    def _last(self, bridge: Bridge | None, party: Party | None) -> StoredReply:
        """Nobody asked for this conversation by name before: then its legs are the queue's, and nothing more."""
        if bridge is not None and party is not None:
            return spoken(twiml.say_and_hang_up(last_words(bridge, party), party.language))
        leg = self._queue.leg(_tag())
        if leg is None:
            return spoken(twiml.hang_up())
        return spoken(twiml.say_and_hang_up(self._goodbye(leg), self._queue.language_of(leg)))

    def _goodbye(self, leg: Leg) -> str:
        return say(Say.GOODBYE if leg.role is Role.CUSTOMER else Say.OVER, self._queue.language_of(leg))

    # -- who waits ---------------------------------------------------------------------------------

    def hold(self, form: Form) -> StoredReply:
        """Words, a pause, and again; never music."""
        self._asked(form)
        bridge, turn = self._lines.get(_bridge_id()), count("round")
        if bridge is None or turn > MAX_ROUNDS:
            return spoken(twiml.empty())
        passings = len(bridge.passings)
        # Somebody else is waited for than in the round before: that is said first.
        words = hold_words(bridge, turn if count("passings") == passings else 0)
        url = self._url(bridge, f"hold?round={turn + 1}&passings={passings}")
        return spoken(twiml.say_and_redirect(words, url, bridge.language, pause_secs=HOLD_PAUSE_SECS))

    def wait(self, form: Form) -> StoredReply:
        """Somebody who was asked in is first: a moment."""
        self._asked(form)
        bridge, turn = self._lines.get(_bridge_id()), count("round")
        party = bridge.party(_tag()) if bridge is not None else None
        if bridge is None or party is None or turn > MAX_ROUNDS:
            return spoken(twiml.empty())
        url = self._url(bridge, f"{party.tag}/wait?round={turn + 1}")
        words = say(Say.CONNECTING, party.language)
        return spoken(twiml.say_and_redirect(words, url, party.language, pause_secs=HOLD_PAUSE_SECS))

    def offer(self, form: Form) -> StoredReply:
        """Nobody took the customer: a call back, by key."""
        self._asked(form)
        bridge = self._lines.happened(_bridge_id(), e.Here(_customers_tag(self._lines)), self._deps.clock.now())
        if bridge is None or bridge.is_over:
            return self._void()
        url = self._url(bridge, "offer/key?try=0")
        return spoken(twiml.say_and_gather(say(Say.OFFER, bridge.language), url, bridge.language))

    def offer_key(self, form: Form) -> StoredReply:
        """Stored first, promised after."""
        asked, tries = self._asked(form), count("try")
        bridge = self._lines.get(_bridge_id())
        if bridge is None:
            return self._void()
        language = bridge.language
        if asked.digits != "1" and tries < MAX_TRIES:
            url = self._url(bridge, f"offer/key?try={tries + 1}")
            return spoken(twiml.say_and_gather(say(Say.OFFER_AGAIN, language), url, language))
        wants_it = asked.digits == "1"
        self._lines.happened(bridge.id, e.Said(wants_it), self._deps.clock.now())
        return spoken(
            twiml.say_and_hang_up(say(Say.OFFER_TAKEN if wants_it else Say.OFFER_REFUSED, language), language)
        )

    # -- small things ------------------------------------------------------------------------------

    def _asked(self, form: Form) -> VoiceRequest:
        return parse_voice_request(form, self._deps.settings.carrier.account_sid)

    def _url(self, bridge: Bridge, rest: str) -> str:
        return f"{self._deps.settings.public_url}/voice/bridge/{bridge.id}/{rest}"

    def _void(self) -> StoredReply:
        language = self._deps.settings.speech.languages[0]
        return spoken(twiml.say_and_hang_up(say(Say.VOID, language), language))

    def _failed(self, form: Form) -> StoredReply:
        language = self._deps.settings.speech.languages[0]
        return spoken(twiml.say_and_hang_up(text_of(Sentence.FAILED, language), language))


def _open_party(bridge: Bridge | None) -> Party | None:
    """The party of this address, while it rings or is asked."""
    party = bridge.party(_tag()) if bridge is not None and not bridge.is_over else None
    return party if party is not None and party.stage in (Stage.INTENDED, Stage.DIALLED) else None


def _customers_tag(lines: BridgeLines) -> str:
    bridge = lines.get(_bridge_id())
    return bridge.customer.tag if bridge is not None else ""


def _bridge_id() -> str:
    found = str((request.view_args or {}).get("bridge", ""))
    if _BRIDGE.fullmatch(found) is None:
        raise BadWebhook("bridge", "has a wrong shape")
    return found


def _tag() -> str:
    tag = str((request.view_args or {}).get("tag", ""))
    if _TAG.fullmatch(tag) is None:
        raise BadWebhook("tag", "has a wrong shape")
    return tag
