"""The `ConferenceCarrier` port: the real adapter over the simulated carrier's REST interface."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from twilio.rest import Client

from ivr.ports import BridgeDial, CarrierSilent, DialRefused, ListenIn, Seen
from ivr.simulator.carrier import Answering, Carrier
from ivr.telephony.conferences import CarrierConferences
from tests.fakes.carrier_world import NotingParty
from tests.fakes.small_application import ACCOUNT, CALLER, NUMBER, TOKEN, SmallApplication
from tests.integration.carrier_client import Loop, create, with_loop

pytestmark = pytest.mark.contract

AGENT, BOSS, BRIDGE, TAG = "+12025550170", "+12025550190", "cb-" + "1" * 32 + "-1", "d" * 32
NEVER, NO_ROOM = "CA" + "f" * 32, "CF" + "f" * 32


class Room:
    """Customer and agent in a conference, and the adapter."""

    def __init__(self, client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        self.application, self.carrier, self.loop = application, carrier, loop
        self.port = CarrierConferences(ACCOUNT, TOKEN, application.base, carrier.base_url)
        for number in (CALLER, AGENT, BOSS):
            carrier.set_answering(number, Answering(party=NotingParty))
        conference = f'<Conference beep="false" waitUrl="">{BRIDGE}</Conference>'
        application.replies["/voice"] = f'<Response><Dial>{conference}</Dial><Pause length="600"/></Response>'
        application.replies["/words"] = '<Response><Say>One moment.</Say><Pause length="5"/></Response>'
        self.customer, self.agent = create(client, application).sid, create(client, application, to=AGENT).sid
        loop.until(lambda: len(self.inside()) == 2)
        found = self.port.find(BRIDGE)
        assert found is not None
        self.sid = found

    def inside(self) -> list[str]:
        """CallSids of those who are joined."""
        rooms = [one for one in self.carrier.conferences if not one.is_over]
        return [one.call.sid for room in rooms for one in room.present]

    def heard(self, call_sid: str) -> list[str]:
        """What the carrier's voice said to this leg."""
        call = self.carrier.call(call_sid)
        assert call is not None and isinstance(call.party, NotingParty)
        return call.party.said

    def seen(self, call_sid: str) -> Seen:
        """As listed."""
        return next(one for one in self.port.participants(self.sid) if one.call_sid == call_sid)


def in_room(work: Callable[[Room], None]) -> None:
    with_loop(lambda client, application, carrier, loop: work(Room(client, application, carrier, loop)))


def test_a_conference_is_found_by_its_name_while_it_lives() -> None:
    def work(room: Room) -> None:
        assert room.port.find("cb-unknown-1") is None
        assert {one.call_sid for one in room.port.participants(room.sid)} == {room.customer, room.agent}
        assert room.port.participants(NO_ROOM) == []
        assert room.port.end(room.sid)
        room.loop.until(lambda: room.inside() == [])
        assert room.port.find(BRIDGE) is None
        assert not room.port.end(room.sid)

    in_room(work)


def test_mute_hold_and_the_end_of_the_conference_are_set_and_seen() -> None:
    def work(room: Room) -> None:
        assert room.port.mute(room.sid, room.agent, True) and room.seen(room.agent).is_muted
        assert room.port.mute(room.sid, room.agent, False) and not room.seen(room.agent).is_muted
        assert room.port.hold(room.sid, room.customer, f"{room.application.base}/words")
        assert room.seen(room.customer).is_held
        room.loop.until(lambda: any(seen.method == "POST" for seen in room.application.to("/words")))
        assert room.port.resume(room.sid, room.customer) and not room.seen(room.customer).is_held
        assert room.port.set_ends(room.sid, room.agent, True) and room.seen(room.agent).ends
        assert not room.port.mute(room.sid, NEVER, True)
        assert not room.port.hold(NO_ROOM, room.customer, f"{room.application.base}/words")

    in_room(work)


def test_a_supervisor_joins_muted_whispers_and_is_heard_by_all() -> None:
    def work(room: Room) -> None:
        boss = room.port.listen_in(ListenIn(room.sid, BRIDGE, TAG, BOSS, NUMBER, TAG))
        room.loop.until(lambda: boss in room.inside())
        assert (room.seen(boss).label, room.seen(boss).is_muted, room.seen(boss).ends) == (TAG, True, False)
        assert room.port.coach(room.sid, boss, room.agent) and room.seen(boss).coaches == room.agent
        assert room.port.coach(room.sid, boss, "") and room.seen(boss).coaches == ""
        assert not room.port.coach(room.sid, boss, NEVER)
        with pytest.raises(DialRefused):
            room.port.listen_in(ListenIn(NO_ROOM, BRIDGE, "e" * 32, BOSS, NUMBER, "e" * 32))
        assert room.port.kick(room.sid, boss)
        room.loop.until(lambda: boss not in room.inside())
        assert not room.port.kick(room.sid, boss)

    in_room(work)


def test_whoever_is_asked_in_hears_our_document_first() -> None:
    def work(room: Room) -> None:
        path = f"/voice/bridge/{BRIDGE}/{TAG}"
        room.application.replies[path] = '<Response><Say>Press 1.</Say><Pause length="60"/></Response>'
        room.application.replies[f"{path}/status"] = ""
        third = room.port.dial(BridgeDial(BRIDGE, TAG, BOSS, NUMBER, send_keys="12"))
        room.loop.until(lambda: bool(room.application.to(path)))
        assert third not in room.inside()
        assert room.port.move(third, f"{room.application.base}/voice")
        room.loop.until(lambda: third in room.inside())
        assert room.port.say_and_hang_up(third, "Goodbye.", "en")
        room.loop.until(lambda: third not in room.inside())
        assert room.port.hang_up(room.agent)
        room.loop.until(lambda: room.agent not in room.inside())
        assert not room.port.move(room.agent, f"{room.application.base}/voice")

    in_room(work)


def test_an_announcement_is_heard_by_one_or_by_all_who_stay() -> None:
    def work(room: Room) -> None:
        words = f"{room.application.base}/words"
        assert room.port.announce(room.sid, words, room.agent)
        room.loop.until(lambda: room.heard(room.agent) == ["One moment."])
        assert room.heard(room.customer) == []
        assert room.port.announce(room.sid, words)
        room.loop.until(lambda: len(room.heard(room.agent)) == 2 and room.heard(room.customer) == ["One moment."])
        assert room.port.announce(room.sid, f"{room.application.base}/nothing-there", room.agent)
        room.loop.until(lambda: bool(room.application.to("/nothing-there")))
        assert sorted(room.inside()) == sorted([room.customer, room.agent])
        assert not room.port.announce(NO_ROOM, words)

    in_room(work)


def test_a_carrier_that_is_away_is_silent() -> None:
    port = CarrierConferences(ACCOUNT, TOKEN, "https://us.example.com", "http://127.0.0.1:9", timeout_secs=0.5)
    for ask in (
        lambda: port.find(BRIDGE),
        lambda: port.participants(NO_ROOM),
        lambda: port.mute(NO_ROOM, NEVER, True),
        lambda: port.announce(NO_ROOM, "https://us.example.com/words"),
        lambda: port.announce(NO_ROOM, "https://us.example.com/words", NEVER),
        lambda: port.move(NEVER, "https://us.example.com/back"),
        lambda: port.dial(BridgeDial(BRIDGE, TAG, BOSS, NUMBER)),
    ):
        with pytest.raises(CarrierSilent):
            ask()
