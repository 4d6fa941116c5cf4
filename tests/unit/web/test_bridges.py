"""Webhooks of bridged conversations, asked as the carrier asks them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ivr.core.bridging.model import Bridge, Offer, PartyOutcome, Stage, Target, TargetKind
from ivr.core.queueing.legs import LegState, Role
from ivr.web import create_app
from tests.fakes.queue_service import ONE, TAG, ScriptedQueue, leg
from tests.unit.agent_bridge.talk import ANA_TAG, CUSTOMER_TAG, ID, OUTSIDE, Talk
from tests.unit.web.kit import ACCOUNT, CALL, House, document

pytestmark = pytest.mark.unit

ROOM = f"cb-{ID}-1"
BASE = f"/voice/bridge/{ROOM}"
THIRD_SID = "CA-1"


class Site(House):
    """With a conversation going on."""

    def __init__(self) -> None:
        self.talk = Talk().begin()
        super().__init__(queue=ScriptedQueue())
        self.deps = replace(self.deps, lines=self.talk.hands)
        self.app = create_app(self.deps)
        self.client = self.app.test_client()

    @property
    def bridge(self) -> Bridge:
        return self.talk.bridge

    def words(self, path: str, **changes: str) -> str:
        """All that is said."""
        return " ".join(node.text or "" for node in document(self.ask(f"{BASE}/{path}", **changes)).iter("Say"))

    def asked_in(self) -> str:
        """Somebody's telephone outside was answered; the tag."""
        assert self.talk.service.consult("ana", Target(TargetKind.NUMBER, OUTSIDE), self.talk.at).is_done
        tag = self.talk.third().tag
        self.talk.carrier.calls[CALL] = self.talk.carrier.calls.pop(self.talk.carrier.of(tag).sid)
        self.talk.carrier.calls[CALL].sid = CALL
        self.talk.bridges.step(ROOM, lambda found: _with_sid(found, tag))
        return tag

    def conference(self, path: str, **changes: str) -> Any:
        """The conference that a document leads into."""
        return document(self.ask(f"{BASE}/{path}", **changes)).find("Dial/Conference")


def _with_sid(bridge: Bridge, tag: str) -> Bridge:
    parties = tuple(replace(one, call_sid=CALL) if one.tag == tag else one for one in bridge.parties)
    return replace(bridge, parties=parties)


@pytest.fixture
def site() -> Site:
    return Site()


def test_an_accepted_leg_is_led_to_the_other_and_nobody_else(site: Site) -> None:
    assert site.queue is not None
    site.queue.legs[TAG] = leg(Role.AGENT, state=LegState.ACCEPTED, carrier_sid=CALL)
    conference = document(site.ask(f"/voice/meet/{TAG}")).find("Dial/Conference")
    assert conference is not None and conference.text == f"cb-{ONE}-1"
    assert conference.attrib["statusCallback"].endswith(f"/voice/bridge/cb-{ONE}-1/events")
    site.queue.legs[TAG] = leg(Role.AGENT, state=LegState.ANSWERED, carrier_sid=CALL)
    assert document(site.ask(f"/voice/meet/{TAG}")).find("Hangup") is not None


def test_whoever_is_asked_in_hears_whom_it_is_about_and_joins_on_a_key(site: Site) -> None:
    tag = site.asked_in()
    answer = document(site.ask(f"{BASE}/{tag}"))
    gather = answer.find("Gather")
    assert gather is not None and gather.attrib["action"].endswith(f"{BASE}/{tag}/key?try=0")
    assert "Ana passes you a call. Grace" in "".join(gather.itertext())
    conference = site.conference(f"{tag}/key?try=0", Digits="1")
    assert conference is not None
    assert (conference.attrib["participantLabel"], conference.attrib["endConferenceOnExit"]) == (tag, "false")
    assert site.talk.third().stage is Stage.COMING
    assert "does not need you" in site.words(f"{tag}/key?try=0", Digits="1")


def test_silence_is_asked_once_more_and_then_nobody(site: Site) -> None:
    tag = site.asked_in()
    assert site.words(f"{tag}/key?try=0", Digits="") == "To take the call, press 1. To pass, press 2."
    assert site.words(f"{tag}/key?try=1", Digits="") == "All right. Goodbye."
    assert site.talk.third().outcome is PartyOutcome.NO_ANSWER


def test_two_passes(site: Site) -> None:
    tag = site.asked_in()
    assert site.words(f"{tag}/key?try=0", Digits="2") == "All right. Goodbye."
    assert site.talk.third().outcome is PartyOutcome.DECLINED
    assert "does not need you" in site.words(tag)


def test_status_of_a_leg_moves_only_forward(site: Site) -> None:
    tag = site.asked_in()
    assert site.ask(f"{BASE}/{tag}/status", CallStatus="ringing").status_code == 204
    assert site.ask(f"{BASE}/{tag}/status", CallStatus="busy").status_code == 204
    assert site.ask(f"{BASE}/{tag}/status", CallStatus="in-progress").status_code == 204
    assert site.talk.third().outcome is PartyOutcome.BUSY


def event(name: str, **changes: str) -> dict[str, str]:
    usual = {"AccountSid": ACCOUNT, "ConferenceSid": "CF" + "1" * 32, "FriendlyName": ROOM, "SequenceNumber": "1"}
    return {**usual, "StatusCallbackEvent": name, "CallSid": CALL, "ParticipantLabel": ANA_TAG, **changes}


def test_the_conference_tells_who_comes_and_goes(site: Site) -> None:
    assert site.ask_only(f"{BASE}/events", event("conference-start")).status_code == 204
    left = event("participant-leave", ReasonParticipantLeft="participant_hung_up", SequenceNumber="9")
    assert site.ask_only(f"{BASE}/events", left).status_code == 204
    party = site.bridge.party(ANA_TAG)
    assert party is not None and party.is_gone
    assert site.ask_only(f"{BASE}/events", event("participant-join", SequenceNumber="8")).status_code == 204
    assert site.ask_only(f"{BASE}/events", event("participant-join", FriendlyName="cb-other-1")).status_code == 400
    assert site.send(f"{BASE}/events", "", "forged").status_code == 403


def test_who_waits_hears_words_that_change_with_whom_is_waited_for(site: Site) -> None:
    assert "looking something up" in site.words("hold?round=0")
    assert "still looking" in site.words("hold?round=1&passings=0")
    site.asked_in()
    answer = document(site.ask(f"{BASE}/hold?round=2&passings=0"))
    assert "is asking a colleague" in "".join(answer.itertext())
    redirect = answer.find("Redirect")
    assert redirect is not None and (redirect.text or "").endswith("hold?round=3&passings=1")
    assert len(document(site.ask(f"{BASE}/hold?round=999"))) == 0
    assert "connected again" in site.words(f"{ANA_TAG}/wait?round=0")
    assert len(document(site.ask(f"{BASE}/{'e' * 32}/wait?round=0"))) == 0


def test_a_leg_that_was_taken_out_comes_back_after_its_tones(site: Site) -> None:
    answer = document(site.ask(f"{BASE}/{ANA_TAG}/back?keys=12%23"))
    play = answer.find("Play")
    assert play is not None and play.attrib["digits"] == "12#"
    assert answer.find("Dial/Conference") is not None
    assert document(site.ask(f"{BASE}/{ANA_TAG}/back?keys=1w2")).find("Play") is None
    assert document(site.ask(f"{BASE}/{'f' * 32}/back")).find("Dial") is None


def test_after_the_conference_there_is_goodbye_or_a_way_back(site: Site) -> None:
    assert site.words(f"{CUSTOMER_TAG}/after") == "Thank you for calling. Goodbye."
    assert site.words(f"{ANA_TAG}/after") == "The call is over. Thank you."
    site.asked_in()
    assert site.conference(f"{CUSTOMER_TAG}/after") is not None
    assert document(site.ask(f"{BASE}/{CUSTOMER_TAG}/after", CallStatus="completed")).find("Hangup") is not None


def test_legs_of_the_queue_without_a_bridge_hear_goodbye_too(site: Site) -> None:
    other = f"/voice/bridge/cb-{'9' * 32}-1"
    assert site.queue is not None
    for role, words in ((Role.CUSTOMER, "お電話ありがとうございました"), (Role.AGENT, "The call is over")):
        site.queue.legs[TAG] = leg(role, state=LegState.ACCEPTED)
        assert words in "".join(document(site.ask(f"{other}/{TAG}/after")).itertext())
    assert "".join(document(site.ask(f"{other}/{'e' * 32}/after")).itertext()) == ""


@pytest.mark.parametrize(
    ("key", "words", "offer"), [("1", "We will call you back", Offer.TAKEN), ("", "", Offer.REFUSED)]
)
def test_a_call_back_is_stored_before_it_is_promised(site: Site, key: str, words: str, offer: Offer) -> None:
    site.talk.bridges.step(ROOM, lambda found: replace(found, offer=Offer.MADE))
    assert "press 1" in site.words("offer")
    assert "Press 1" in site.words("offer/key?try=0", Digits="")
    said = site.words("offer/key?try=1", Digits=key)
    assert words in said and "Goodbye" in said
    assert site.bridge.offer is offer


def test_an_unknown_conversation_offers_nothing(site: Site) -> None:
    other = f"/voice/bridge/cb-{'9' * 32}-1"
    for path in ("offer", "offer/key?try=0"):
        assert "does not need you" in "".join(document(site.ask(f"{other}/{path}", Digits="")).itertext())
    assert len(document(site.ask(f"{other}/hold?round=0"))) == 0


@pytest.mark.parametrize("path", [f"/voice/bridge/x/{TAG}/after", f"{BASE}/short/after"])
def test_addresses_of_another_shape_are_refused(site: Site, path: str) -> None:
    assert site.ask(path).status_code == 400


def test_whatever_breaks_is_a_sentence(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.talk.bridges, "get", None)
    assert "something went wrong" in site.words("hold?round=0")
    monkeypatch.setattr(site.talk.bridges, "step", None)
    assert site.ask(f"{BASE}/{ANA_TAG}/status", CallStatus="completed").status_code == 503
