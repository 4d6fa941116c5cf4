"""Conferences over REST, with the official client, and what their legs hear."""

from collections.abc import Callable
from typing import Any

import pytest
from twilio.rest import Client

from ivr.simulator.carrier import Answering, Carrier, Pickup
from ivr.simulator.carrier.conference import ConferenceStatus
from ivr.simulator.carrier.mulaw import tone
from tests.fakes.carrier_world import NotingParty
from tests.fakes.small_application import CALLER, NUMBER, SmallApplication
from tests.integration.carrier_client import Loop, create, refusal, with_loop

pytestmark = pytest.mark.integration

AGENT = "+12025550170"
LATER = '<Pause length="600"/>'


def document(application: SmallApplication, attributes: str = "", after: str = LATER) -> str:
    events = f'statusCallback="{application.base}/conference" statusCallbackEvent="start end join leave mute hold"'
    conference = f'<Conference beep="false" waitUrl="" {events} {attributes}>room</Conference>'
    return f"<Response><Dial>{conference}</Dial>{after}</Response>"


class Room:
    """Two legs in a conference, made through REST."""

    def __init__(self, client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        self.client, self.application, self.carrier, self.loop = client, application, carrier, loop
        self.customer, self.agent = NotingParty(), NotingParty()
        application.replies["/conference"] = ""
        application.replies["/voice"] = document(application)
        carrier.set_answering(CALLER, Answering(party=lambda: self.customer))
        carrier.set_answering(AGENT, Answering(party=lambda: self.agent))
        self.customer_sid = create(client, application).sid
        self.agent_sid = create(client, application, to=AGENT).sid
        self.until(lambda: self._one().status is ConferenceStatus.IN_PROGRESS)

    def until(self, is_reached: Callable[[], bool]) -> None:
        self.loop.until(lambda: bool(self.carrier.conferences) and is_reached())

    @property
    def sid(self) -> str:
        return self._one().sid

    def events(self) -> list[str]:
        return [seen.params["StatusCallbackEvent"] for seen in self.application.to("/conference")]

    def hears(self, speaker: NotingParty, listener: NotingParty) -> bool:
        """Whether 200 ms of a tone arrive."""

        async def speak() -> None:
            listener.frames.clear()
            assert speaker.call is not None
            speaker.call.send_audio(tone(700, 200))
            await speaker.call.wait_outgoing_idle()
            await self.carrier.services.clock.sleep_until(self.carrier.services.clock.now_ms() + 200)

        self.loop.run(speak())
        return tone(700, 20) in listener.heard()

    def _one(self) -> Any:
        return self.carrier.conferences[-1]


def in_room(work: Callable[[Room], None]) -> None:
    def run(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        work(Room(client, application, carrier, loop))

    with_loop(run)


def test_conference_is_found_by_name_and_status() -> None:
    def work(room: Room) -> None:
        conferences = room.client.conferences
        assert [one.sid for one in conferences.list(friendly_name="room", status="in-progress")] == [room.sid]
        assert conferences.list(friendly_name="other") == []
        assert conferences.list(status="completed") == []
        fetched = conferences(room.sid).fetch()
        assert (fetched.friendly_name, fetched.status, fetched.reason_conference_ended) == ("room", "in-progress", None)

    in_room(work)


def test_unknown_conference_is_404() -> None:
    def work(room: Room) -> None:
        assert refusal(lambda: room.client.conferences("CF" + "0" * 32).fetch()) == (404, 20404)

    in_room(work)


def test_both_directions_are_heard() -> None:
    def work(room: Room) -> None:
        assert room.hears(room.customer, room.agent)
        assert room.hears(room.agent, room.customer)

    in_room(work)


def test_participants_are_listed_and_fetched() -> None:
    def work(room: Room) -> None:
        people = room.client.conferences(room.sid).participants
        assert {one.call_sid for one in people.list()} == {room.customer_sid, room.agent_sid}
        assert [one.call_sid for one in people.list(page_size=1)] == [one.call_sid for one in people.list()]
        fetched = room.client.conferences(room.sid).participants(room.agent_sid).fetch()
        assert (fetched.muted, fetched.hold, fetched.status) == (False, False, "connected")
        assert people.list(muted=True) == []

    in_room(work)


def test_muted_participant_hears_but_is_not_heard() -> None:
    def work(room: Room) -> None:
        agent = room.client.conferences(room.sid).participants(room.agent_sid)
        assert agent.update(muted=True).muted is True
        assert not room.hears(room.agent, room.customer)
        assert room.hears(room.customer, room.agent)
        assert agent.update(muted=False).muted is False
        assert room.hears(room.agent, room.customer)
        room.loop.until(lambda: room.events()[-2:] == ["participant-mute", "participant-unmute"])

    in_room(work)


def test_held_participant_hears_only_its_music() -> None:
    def work(room: Room) -> None:
        room.application.replies["/hold"] = "<Response><Say>one moment</Say></Response>"
        customer = room.client.conferences(room.sid).participants(room.customer_sid)
        assert customer.update(hold=True, hold_url=f"{room.application.base}/hold").hold is True
        room.loop.until(lambda: room.customer.said[:2] == ["one moment"] * 2)
        assert room.application.to("/hold")[0].method == "GET"
        assert not room.hears(room.agent, room.customer)
        assert not room.hears(room.customer, room.agent)
        customer.update(hold=False)
        assert room.hears(room.agent, room.customer)

    in_room(work)


def test_hold_without_an_address_plays_music() -> None:
    def work(room: Room) -> None:
        room.customer.frames.clear()
        room.client.conferences(room.sid).participants(room.customer_sid).update(hold=True)
        room.loop.until(lambda: room.customer.heard() != b"")

    in_room(work)


def test_kicked_participant_goes_on_with_its_document() -> None:
    def work(room: Room) -> None:
        assert room.client.conferences(room.sid).participants(room.agent_sid).delete()
        assert room.client.calls(room.agent_sid).fetch().status == "in-progress"
        assert [one.call_sid for one in room.client.conferences(room.sid).participants.list()] == [room.customer_sid]
        room.client.conferences(room.sid).participants(room.customer_sid).delete()
        ended = room.client.conferences(room.sid).fetch()
        assert (ended.status, ended.reason_conference_ended) == ("completed", "last-participant-kicked")
        assert ended.call_sid_ending_conference == room.customer_sid

    in_room(work)


def test_completed_conference_lets_everybody_go_on() -> None:
    def work(room: Room) -> None:
        conference = room.client.conferences(room.sid)
        assert conference.update(status="completed").status == "completed"
        assert conference.participants.list() == []
        assert conference.fetch().reason_conference_ended == "conference-ended-via-api"
        for sid in (room.customer_sid, room.agent_sid):
            assert room.client.calls(sid).fetch().status == "in-progress"
        room.loop.until(lambda: room.events()[-1] == "conference-end")
        assert refusal(lambda: conference.update(status="completed")) == (404, 16022)

    in_room(work)


def test_redirected_leg_leaves_at_once() -> None:
    def work(room: Room) -> None:
        room.client.calls(room.customer_sid).update(twiml="<Response><Say>goodbye</Say></Response>")
        room.loop.until(lambda: room.customer.said == ["goodbye"])
        assert [one.call_sid for one in room.client.conferences(room.sid).participants.list()] == [room.agent_sid]
        room.loop.until(lambda: "participant-leave" in room.events())
        leave = [
            s for s in room.application.to("/conference") if s.params["StatusCallbackEvent"] == "participant-leave"
        ]
        assert leave[0].params["ReasonParticipantLeft"] == "participant_updated_via_api"

    in_room(work)


def test_callbacks_are_signed() -> None:
    def work(room: Room) -> None:
        room.loop.until(lambda: len(room.events()) >= 3)
        assert all(seen.is_signed for seen in room.application.to("/conference"))

    in_room(work)


def test_participant_is_dialled_into_a_conference_by_name() -> None:
    party = NotingParty()

    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        carrier.set_answering(AGENT, Answering(party=lambda: party))
        made = client.conferences("huddle").participants.create(from_=NUMBER, to=AGENT, label="agent 1")
        assert (made.status, made.label) == ("queued", "agent 1")
        loop.answered(made.call_sid)
        loop.until(lambda: len(carrier.conferences[0].present) == 1)
        fetched = client.conferences(made.conference_sid).participants("agent 1").fetch()
        assert (fetched.call_sid, fetched.status) == (made.call_sid, "connected")
        again = client.conferences("huddle").participants
        assert refusal(lambda: again.create(from_=NUMBER, to=CALLER, label="agent 1")) == (400, 16026)

    with_loop(work)


def test_participant_that_never_answers_is_told_as_not_added() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        application.replies["/conference"] = ""
        carrier.set_answering(AGENT, Answering(Pickup.BUSY))
        client.conferences("huddle").participants.create(
            from_=NUMBER,
            to=AGENT,
            conference_status_callback=f"{application.base}/conference",
            conference_status_callback_event=["join", "leave"],
        )
        loop.until(lambda: len(application.to("/conference")) == 1)
        params = application.to("/conference")[0].params
        assert (params["StatusCallbackEvent"], params["ReasonParticipantLeft"], params["ParticipantCallStatus"]) == (
            "participant-leave",
            "participant_add_failed",
            "busy",
        )

    with_loop(work)


def test_participant_of_an_ended_conference_is_404() -> None:
    def work(room: Room) -> None:
        room.client.conferences(room.sid).update(status="completed")
        people = room.client.conferences(room.sid).participants
        assert refusal(lambda: people.create(from_=NUMBER, to=AGENT)) == (404, 16022)

    in_room(work)


def test_coaching_needs_somebody_present() -> None:
    def work(room: Room) -> None:
        agent = room.client.conferences(room.sid).participants(room.agent_sid)
        assert refusal(lambda: agent.update(coaching=True, call_sid_to_coach="CA" + "0" * 32)) == (400, 16028)
        assert agent.update(coaching=True, call_sid_to_coach=room.customer_sid).call_sid_to_coach == room.customer_sid
        assert agent.update(coaching=False).coaching is False

    in_room(work)


def test_children_of_dial_are_listed_by_their_parent() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        carrier.set_answering(CALLER, Answering())
        carrier.set_answering(AGENT, Answering())
        application.replies["/voice"] = f"<Response><Dial>{AGENT}</Dial></Response>"
        parent = create(client, application)
        loop.until(lambda: len(carrier.calls) == 2 and carrier.calls[1].is_answered)
        children = client.calls.list(parent_call_sid=parent.sid)
        assert [(one.to, one.direction, one.parent_call_sid) for one in children] == [
            (AGENT, "outbound-dial", parent.sid)
        ]

    with_loop(work)
