"""One suite for every store, over memory, SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from ivr.ports import (
    CallRecord,
    EventRecord,
    LegRecord,
    MediaNode,
    RequestStatus,
    StoredReply,
    StoreFailed,
    TurnRecord,
)
from tests.contract.conftest import Stores

pytestmark = pytest.mark.contract

NOW = datetime(2026, 11, 23, 15, 0, 0, 123456, tzinfo=UTC)
TOKYO = timezone(timedelta(hours=9))


def a_call(number: int = 1, **changes: object) -> CallRecord:
    call = CallRecord(
        id=f"{number:032x}",
        carrier_sid=f"CA{number:032x}",
        flow="support",
        flow_version="v1",
        caller="+12025550123",
        dialled="+15005550006",
        created_at=NOW + timedelta(seconds=number),
    )
    return replace(call, **changes)  # type: ignore[arg-type]


def a_node(name: str = "n1", **changes: object) -> MediaNode:
    node = MediaNode(id=name, url=f"wss://{name}/media", capacity=2, live=0, heartbeat_at=NOW)
    return replace(node, **changes)  # type: ignore[arg-type]


class TestCalls:
    def test_a_created_call_comes_back_with_every_field(self, stores: Stores) -> None:
        call = a_call(
            answered_at=NOW,
            ended_at=NOW + timedelta(minutes=1),
            status="ended",
            outcome="resolved",
            end_cause="completed",
            language="ja",
            node_id="n1",
            resumes=2,
            snapshot={"b": [1, {"名": "前"}], "a": None},
            intent="order_status",
            recorded=True,
            attested="failed",
        )
        assert stores.calls.create(call) == call
        assert stores.calls.get(call.id) == call
        assert stores.calls.by_sid(call.carrier_sid) == call

    def test_a_second_create_with_the_same_sid_returns_the_first_row(self, stores: Stores) -> None:
        first = stores.calls.create(a_call(1))
        again = stores.calls.create(a_call(2, carrier_sid=first.carrier_sid, flow="other"))
        assert again == first
        assert stores.calls.get(a_call(2).id) is None

    def test_a_call_without_creation_time_gets_one(self, stores: Stores) -> None:
        created = stores.calls.create(a_call(created_at=None)).created_at
        assert created is not None and created.tzinfo is not None

    def test_times_of_any_zone_come_back_in_utc(self, stores: Stores) -> None:
        stored = stores.calls.create(a_call(answered_at=datetime(2026, 11, 24, 0, 0, tzinfo=TOKYO)))
        assert stored.answered_at == datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
        assert stored.answered_at.tzinfo == UTC

    def test_a_naive_time_is_refused(self, stores: Stores) -> None:
        stores.calls.create(a_call())
        with pytest.raises((ValueError, StoreFailed)):
            stores.calls.update(a_call().id, answered_at=datetime(2026, 11, 23, 15, 0))

    def test_an_unknown_call_is_none(self, stores: Stores) -> None:
        assert stores.calls.get("0" * 32) is None
        assert stores.calls.by_sid("CA0") is None

    def test_update_changes_only_the_named_fields(self, stores: Stores) -> None:
        call = stores.calls.create(a_call())
        stores.calls.update(call.id, status="in_progress", language="en", answered_at=NOW)
        assert stores.calls.get(call.id) == replace(call, status="in_progress", language="en", answered_at=NOW)

    def test_update_of_an_unknown_call_is_a_key_error(self, stores: Stores) -> None:
        with pytest.raises(KeyError):
            stores.calls.update("0" * 32, status="ended")

    def test_an_update_of_nothing_changes_nothing(self, stores: Stores) -> None:
        call = stores.calls.create(a_call())
        stores.calls.update(call.id)
        assert stores.calls.get(call.id) == call
        with pytest.raises(KeyError):
            stores.calls.update("0" * 32)

    @pytest.mark.parametrize("field", ["colour", "id", "carrier_sid"])
    def test_update_of_an_unchangeable_field_is_a_key_error(self, stores: Stores, field: str) -> None:
        call = stores.calls.create(a_call())
        with pytest.raises(KeyError):
            stores.calls.update(call.id, **{field: "x"})

    def test_a_call_ends_once(self, stores: Stores) -> None:
        call = stores.calls.create(a_call(status="in_progress"))
        assert stores.calls.end(call.id, ended_at=NOW, outcome="resolved", cause="completed")
        assert not stores.calls.end(call.id, ended_at=NOW + timedelta(1), outcome="failed", cause="lost")
        ended = stores.calls.get(call.id)
        assert ended == replace(call, status="ended", ended_at=NOW, outcome="resolved", end_cause="completed")

    def test_ending_an_unknown_call_is_a_key_error(self, stores: Stores) -> None:
        with pytest.raises(KeyError):
            stores.calls.end("0" * 32, ended_at=NOW, outcome="failed", cause="lost")

    def test_ten_threads_end_a_call_once(self, stores: Stores) -> None:
        call = stores.calls.create(a_call())

        def end(number: int) -> bool:
            return stores.calls.end(call.id, ended_at=NOW, outcome=str(number), cause="completed")

        with ThreadPoolExecutor(10) as pool:
            assert sum(pool.map(end, range(10))) == 1

    def test_ten_threads_create_one_row_for_one_sid(self, stores: Stores) -> None:
        def create(number: int) -> str:
            return stores.calls.create(a_call(number, carrier_sid="CA-same")).id

        with ThreadPoolExecutor(10) as pool:
            assert len(set(pool.map(create, range(10)))) == 1

    def test_the_owner_saves_a_snapshot(self, stores: Stores) -> None:
        call = stores.calls.create(a_call(node_id="n1"))
        assert stores.calls.save_snapshot(call.id, "n1", {"node": "welcome", "slots": {"n": "\x00\ud800"}})
        saved = stores.calls.get(call.id)
        assert saved is not None and saved.snapshot == {"node": "welcome", "slots": {"n": "\x00\ud800"}}

    def test_a_fenced_owner_cannot_save(self, stores: Stores) -> None:
        call = stores.calls.create(a_call(node_id="n2", snapshot={"node": "later"}))
        assert not stores.calls.save_snapshot(call.id, "n1", {"node": "old"})
        assert stores.calls.get(call.id) == call

    def test_saving_for_an_unknown_call_is_false(self, stores: Stores) -> None:
        assert not stores.calls.save_snapshot("0" * 32, "n1", {})

    def test_the_first_to_save_owns_a_call_without_owner(self, stores: Stores) -> None:
        call = stores.calls.create(a_call())
        assert stores.calls.save_snapshot(call.id, "n1", {})
        assert not stores.calls.save_snapshot(call.id, "n2", {})

    def test_a_snapshot_keeps_order_and_turns_dates_and_decimals_into_json(self, stores: Stores) -> None:
        call = stores.calls.create(a_call(node_id="n1"))
        snapshot = {"z": Decimal("80"), "y": Decimal("80.5"), "x": date(2026, 11, 25), "w": (1, 2)}
        assert stores.calls.save_snapshot(call.id, "n1", snapshot)
        saved = stores.calls.get(call.id)
        assert saved is not None and saved.snapshot is not None
        assert list(saved.snapshot.items()) == [("z", 80), ("y", 80.5), ("x", "2026-11-25"), ("w", [1, 2])]

    def test_turns_come_back_in_order_of_their_number(self, stores: Stores) -> None:
        call = stores.calls.create(a_call())
        turns = [
            TurnRecord(call.id, 2, 900, "caller", "注文はどこ", how="speech", confidence=0.5, details={"gap_ms": 4}),
            TurnRecord(call.id, 1, 0, "us", "Hello", node="welcome", how="prompt"),
        ]
        stores.calls.add_turns(turns)
        assert stores.calls.turns(call.id) == [turns[1], turns[0]]

    def test_a_turn_written_twice_is_kept_once_in_its_last_form(self, stores: Stores) -> None:
        call = stores.calls.create(a_call())
        turn = TurnRecord(call.id, 1, 0, "us", "Hello")
        stores.calls.add_turns([turn])
        stores.calls.add_turns([turn, replace(turn, number=2)])
        stores.calls.add_turns([replace(turn, text="Sorry")])
        assert [each.text for each in stores.calls.turns(call.id)] == ["Sorry", "Hello"]

    def test_turns_and_events_of_an_unknown_call_are_refused(self, stores: Stores) -> None:
        with pytest.raises(StoreFailed) as turn_failure:
            stores.calls.add_turns([TurnRecord("0" * 32, 1, 0, "us", "pii-canary")])
        with pytest.raises(StoreFailed) as event_failure:
            stores.calls.add_events([EventRecord("0" * 32, 0, "pii-canary")])
        for failure in (turn_failure, event_failure):
            assert not failure.value.retryable
            assert "pii-canary" not in repr(failure.value) and failure.value.__cause__ is None

    def test_events_come_back_in_the_order_they_were_added(self, stores: Stores) -> None:
        call = stores.calls.create(a_call())
        events = [EventRecord(call.id, at, "node", {"to": str(at), "名": "前"}) for at in (300, 100, 200)]
        stores.calls.add_events(events[:2])
        stores.calls.add_events(events[2:])
        assert stores.calls.events(call.id) == events

    def test_nothing_added_is_nothing_stored(self, stores: Stores) -> None:
        stores.calls.add_turns([])
        stores.calls.add_events([])
        assert stores.calls.turns("0" * 32) == [] and stores.calls.events("0" * 32) == []

    def test_text_that_no_database_takes_is_mended(self, stores: Stores) -> None:
        call = stores.calls.create(a_call(caller="a\x00b\ud800c"))
        assert call.caller == "a\ufffdb\ufffdc"

    def test_recent_calls_come_newest_first(self, stores: Stores) -> None:
        for number in (2, 3, 1):
            stores.calls.create(a_call(number))
        assert [call.id for call in stores.calls.recent(2)] == [a_call(3).id, a_call(2).id]

    def test_calls_that_are_not_over_are_counted_by_caller_and_without_a_node(self, stores: Stores) -> None:
        hour = timedelta(hours=1)
        stores.calls.create(a_call(1, caller="+12025550101", created_at=NOW))
        stores.calls.create(a_call(2, caller="+12025550102", created_at=NOW, status="in_progress", node_id="n1"))
        stores.calls.create(a_call(3, caller="+12025550101", created_at=NOW, status="ended"))
        stores.calls.create(a_call(4, caller="+12025550101", created_at=NOW - hour))
        assert (stores.calls.live_since(NOW), stores.calls.live_since(NOW - hour)) == (2, 3)
        assert stores.calls.live_since(NOW - hour, caller="+12025550101") == 2
        assert stores.calls.live_since(NOW, without_node=True) == 1

    def test_only_calls_in_progress_of_a_node_are_live_on_it(self, stores: Stores) -> None:
        stores.calls.create(a_call(2, node_id="n1", status="in_progress"))
        stores.calls.create(a_call(1, node_id="n1", status="in_progress"))
        stores.calls.create(a_call(3, node_id="n1", status="ended"))
        stores.calls.create(a_call(4, node_id="n2", status="in_progress"))
        assert [call.id for call in stores.calls.live_on("n1")] == [a_call(1).id, a_call(2).id]


class TestLegs:
    def test_leg_states_in_any_order_end_in_the_highest(self, stores: Stores) -> None:
        call = stores.calls.create(a_call())

        def told(status: str, rank: int, sequence: int) -> bool:
            return stores.calls.set_leg(call.id, "CA1", status=status, rank=rank, sequence=sequence, at=NOW)

        assert told("ringing", 1, 1)
        assert told("completed", 3, 3)
        assert not told("answered", 2, 9)
        assert not told("completed", 3, 3)
        assert told("failed", 3, 4)

    def test_the_state_of_a_leg_can_be_read(self, stores: Stores) -> None:
        call = stores.calls.create(a_call())
        stores.calls.set_leg(call.id, "CA1", status="ringing", rank=1, sequence=2, at=NOW)
        assert stores.legs.legs(call.id) == [LegRecord(call.id, "CA1", "ringing", 1, 2, NOW)]

    def test_legs_of_two_calls_do_not_mix(self, stores: Stores) -> None:
        one, two = stores.calls.create(a_call(1)), stores.calls.create(a_call(2))
        assert stores.calls.set_leg(one.id, "CA1", status="completed", rank=3, sequence=1, at=NOW)
        assert stores.calls.set_leg(two.id, "CA1", status="ringing", rank=1, sequence=0, at=NOW)

    def test_a_leg_of_an_unknown_call_is_refused(self, stores: Stores) -> None:
        with pytest.raises(StoreFailed):
            stores.calls.set_leg("0" * 32, "CA1", status="ringing", rank=1, sequence=0, at=NOW)


class TestNodes:
    def test_a_registered_node_is_listed_and_replaced_by_its_id(self, stores: Stores) -> None:
        stores.nodes.register(a_node(capacity=1))
        stores.nodes.register(a_node(capacity=9))
        assert stores.nodes.nodes(alive_since=NOW) == [a_node(capacity=9)]

    def test_a_silent_node_is_not_alive_until_its_next_heartbeat(self, stores: Stores) -> None:
        stores.nodes.register(a_node())
        later = NOW + timedelta(seconds=30)
        assert stores.nodes.nodes(alive_since=later) == []
        stores.nodes.heartbeat("n1", live=1, draining=True, at=later)
        assert stores.nodes.nodes(alive_since=later) == [a_node(live=1, draining=True, heartbeat_at=later)]

    def test_a_heartbeat_from_the_future_says_nothing_of_its_age(self, stores: Stores) -> None:
        stores.nodes.register(a_node("n1", heartbeat_at=NOW + timedelta(hours=1)))
        stores.nodes.register(a_node("n2", heartbeat_at=NOW + timedelta(seconds=5), capacity=1))
        assert [node.id for node in stores.nodes.nodes(alive_since=NOW, now=NOW)] == ["n2"]
        picked = stores.nodes.pick(alive_since=NOW, now=NOW)
        assert picked is not None and picked.id == "n2"
        stores.nodes.heartbeat("n1", live=0, draining=False, at=NOW)
        assert [node.id for node in stores.nodes.nodes(alive_since=NOW, now=NOW)] == ["n1", "n2"]

    def test_the_heartbeat_of_an_unknown_node_is_a_key_error(self, stores: Stores) -> None:
        with pytest.raises(KeyError):
            stores.nodes.heartbeat("n1", live=0, draining=False, at=NOW)

    def test_a_removed_node_is_gone_and_removing_again_does_no_harm(self, stores: Stores) -> None:
        stores.nodes.register(a_node())
        stores.nodes.remove("n1")
        stores.nodes.remove("n1")
        assert stores.nodes.nodes(alive_since=NOW) == []

    def test_the_node_with_most_room_is_picked(self, stores: Stores) -> None:
        stores.nodes.register(a_node("small", capacity=3))
        stores.nodes.register(a_node("big", capacity=10, live=6))
        stores.nodes.register(a_node("leaving", capacity=99, draining=True))
        stores.nodes.register(a_node("dead", capacity=99, heartbeat_at=NOW - timedelta(minutes=1)))
        picked = stores.nodes.pick(alive_since=NOW - timedelta(seconds=10))
        assert picked is not None and picked.id == "big"

    def test_no_room_is_none(self, stores: Stores) -> None:
        stores.nodes.register(a_node(capacity=2, live=2))
        assert stores.nodes.pick(alive_since=NOW) is None

    def test_tickets_take_room_until_they_expire_or_a_heartbeat_counts_the_call(self, stores: Stores) -> None:
        stores.nodes.register(a_node(capacity=1))
        stores.nodes.issue_ticket("c1", "n1", "t1", expires_at=NOW + timedelta(seconds=60))
        assert stores.nodes.pick(alive_since=NOW) is None
        assert stores.nodes.use_ticket("c1", "t1", now=NOW + timedelta(seconds=1))
        assert stores.nodes.pick(alive_since=NOW) is None
        stores.nodes.heartbeat("n1", live=0, draining=False, at=NOW + timedelta(seconds=2))
        assert stores.nodes.pick(alive_since=NOW) is not None

    def test_an_expired_ticket_takes_no_room(self, stores: Stores) -> None:
        stores.nodes.register(a_node(capacity=1, heartbeat_at=NOW + timedelta(seconds=90)))
        stores.nodes.issue_ticket("c1", "n1", "t1", expires_at=NOW + timedelta(seconds=60))
        assert stores.nodes.pick(alive_since=NOW + timedelta(seconds=80)) is not None

    def test_a_ticket_opens_once_for_its_own_call_in_its_time(self, stores: Stores) -> None:
        end = NOW + timedelta(seconds=60)
        stores.nodes.issue_ticket("c1", "n1", "t1", expires_at=end)
        assert not stores.nodes.use_ticket("c2", "t1", now=NOW)
        assert not stores.nodes.use_ticket("c1", "other", now=NOW)
        assert not stores.nodes.use_ticket("c1", "t1", now=end)
        assert stores.nodes.use_ticket("c1", "t1", now=NOW)
        assert not stores.nodes.use_ticket("c1", "t1", now=NOW)

    def test_a_new_ticket_makes_the_calls_older_ones_worthless(self, stores: Stores) -> None:
        end = NOW + timedelta(seconds=60)
        for call, token in (("c1", "t1"), ("c2", "t2"), ("c1", "t3")):
            stores.nodes.issue_ticket(call, "n1", token, expires_at=end)
        assert not stores.nodes.use_ticket("c1", "t1", now=NOW)
        assert stores.nodes.use_ticket("c2", "t2", now=NOW)
        assert stores.nodes.use_ticket("c1", "t3", now=NOW)

    def test_ten_threads_open_a_ticket_once(self, stores: Stores) -> None:
        stores.nodes.issue_ticket("c1", "n1", "t1", expires_at=NOW + timedelta(seconds=60))
        with ThreadPoolExecutor(10) as pool:
            assert sum(pool.map(lambda _: stores.nodes.use_ticket("c1", "t1", now=NOW), range(10))) == 1


class TestWebhookLedger:
    REPLY = StoredReply(200, "<Response>名\U0001f600</Response>", "text/xml")

    def test_the_first_reply_to_a_request_stays(self, stores: Stores) -> None:
        stores.ledger.remember("k", self.REPLY, at=NOW)
        stores.ledger.remember("k", StoredReply(500, "", "text/plain"), at=NOW)
        assert stores.ledger.recall("k") == self.REPLY
        assert stores.ledger.recall("other") is None

    def test_old_replies_are_forgotten_and_counted(self, stores: Stores) -> None:
        for hours in (25, 24, 23):
            stores.ledger.remember(f"k{hours}", self.REPLY, at=NOW - timedelta(hours=hours))
        assert stores.ledger.forget_before(NOW - timedelta(hours=24)) == 1
        assert stores.ledger.recall("k25") is None
        assert stores.ledger.recall("k24") == self.REPLY


class TestRequests:
    def add(self, stores: Stores, key: str, minutes: int = 0, name: str = "Ana") -> str:
        at = NOW + timedelta(minutes=minutes)
        added = stores.requests.add(
            key=key, name=name, number="+12025550123", reason="broken", language="en", call_id="c1", at=at
        )
        assert added.created_at == at or key
        return added.reference

    def test_a_request_comes_back_by_its_reference(self, stores: Stores) -> None:
        reference = self.add(stores, "k1")
        stored = stores.requests.get(reference)
        assert reference.isdigit() and len(reference) == 6
        assert stored is not None
        assert (stored.name, stored.number, stored.reason) == ("Ana", "+12025550123", "broken")
        assert (stored.language, stored.call_id, stored.created_at) == ("en", "c1", NOW)
        assert stored.status is RequestStatus.OPEN

    def test_the_same_key_twice_is_one_request(self, stores: Stores) -> None:
        first = self.add(stores, "k1")
        assert self.add(stores, "k1", minutes=5, name="Bob") == first
        assert [each.name for each in stores.requests.recent()] == ["Ana"]

    def test_an_empty_key_is_never_the_same(self, stores: Stores) -> None:
        assert self.add(stores, "") != self.add(stores, "")

    def test_ten_threads_with_one_key_store_one_request(self, stores: Stores) -> None:
        with ThreadPoolExecutor(10) as pool:
            assert len(set(pool.map(lambda _: self.add(stores, "k1"), range(10)))) == 1

    def test_recent_requests_come_newest_first_and_by_status(self, stores: Stores) -> None:
        old, new = self.add(stores, "k1", 1), self.add(stores, "k2", 2)
        stores.requests.set_status(new, RequestStatus.DONE)
        assert [each.reference for each in stores.requests.recent()] == [new, old]
        assert [each.reference for each in stores.requests.recent(status=RequestStatus.OPEN)] == [old]
        assert [each.reference for each in stores.requests.recent(1)] == [new]

    def test_an_unknown_reference_is_none_or_a_key_error(self, stores: Stores) -> None:
        assert stores.requests.get("999999") is None
        with pytest.raises(KeyError):
            stores.requests.set_status("999999", RequestStatus.DONE)
