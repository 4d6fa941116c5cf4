"""What agents worked on: one suite over memory, SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ivr.ports import Contact, StoreFailed
from tests.contract.conftest import NOW, DeskStores

pytestmark = pytest.mark.contract

MINUTE = timedelta(minutes=1)
FULL = Contact(
    id="a" * 32,
    agent="ana",
    callback_id="c" * 32,
    attempt=2,
    began_at=NOW,
    call_id="d" * 32,
    number="+12025550123",
    name="Jo Ortiz",
    language="ja",
    queue="general",
    reason="注文の状況",
    ended_at=NOW + MINUTE,
    outcome="resolved",
    note="Said thanks.\nWill write.",
    note_at=NOW + MINUTE,
    extensions=1,
    follow_up_id="e" * 32,
    done_at=NOW + 2 * MINUTE,
)


def a_contact(id: str = "1", **fields: object) -> Contact:
    made = Contact(id=id * 32, agent="ana", callback_id=id * 32, attempt=1, began_at=NOW, number="+12025550123")
    return replace(made, **fields)  # type: ignore[arg-type]


def test_a_contact_comes_back_with_every_field(desk: DeskStores) -> None:
    assert desk.contacts.open(FULL) == FULL == desk.contacts.get(FULL.id)
    assert desk.contacts.get("f" * 32) is None


def test_the_same_attempt_is_one_contact_however_often_it_is_opened(desk: DeskStores) -> None:
    first = desk.contacts.open(a_contact())
    again = desk.contacts.open(replace(a_contact(), id="2" * 32, note="later"))
    assert again == first
    assert desk.contacts.get("2" * 32) is None


def test_another_attempt_or_another_agent_is_another_contact(desk: DeskStores) -> None:
    desk.contacts.open(a_contact())
    desk.contacts.open(replace(a_contact(), id="2" * 32, attempt=2))
    desk.contacts.open(replace(a_contact(), id="3" * 32, agent="ben"))
    assert len(desk.contacts.of_number("+12025550123")) == 3


def test_an_id_belongs_to_one_contact(desk: DeskStores) -> None:
    desk.contacts.open(a_contact())
    with pytest.raises(ValueError, match="another contact"):
        desk.contacts.open(replace(a_contact(), callback_id="9" * 32))


def test_a_change_is_returned_and_kept(desk: DeskStores) -> None:
    desk.contacts.open(a_contact())
    noted = desk.contacts.change(a_contact().id, lambda one: replace(one, note="hello", note_at=NOW))
    assert noted == replace(a_contact(), note="hello", note_at=NOW) == desk.contacts.get(a_contact().id)


def test_nothing_changes_for_the_unknown_or_by_no_decision(desk: DeskStores) -> None:
    desk.contacts.open(a_contact())
    assert desk.contacts.change("9" * 32, lambda one: replace(one, note="x")) is None
    assert desk.contacts.change(a_contact().id, lambda one: None) is None
    assert desk.contacts.change(a_contact().id, lambda one: one) is None


def test_a_decision_about_another_contact_is_refused(desk: DeskStores) -> None:
    desk.contacts.open(a_contact())
    with pytest.raises(ValueError, match="another contact"):
        desk.contacts.change(a_contact().id, lambda one: replace(one, id="9" * 32))


def test_open_ones_are_those_whose_end_was_not_told(desk: DeskStores) -> None:
    desk.contacts.open(a_contact("1"))
    desk.contacts.open(a_contact("2", began_at=NOW + MINUTE))
    desk.contacts.open(a_contact("3", done_at=NOW))
    desk.contacts.open(a_contact("4", agent="ben"))
    assert [one.id[0] for one in desk.contacts.open_ones(agent="ana")] == ["2", "1"]
    assert {one.id[0] for one in desk.contacts.open_ones()} == {"1", "2", "4"}
    assert len(desk.contacts.open_ones(limit=1)) == 1


def test_lists_are_newest_first_and_no_longer_than_asked_for(desk: DeskStores) -> None:
    for place in range(4):
        desk.contacts.open(a_contact(str(place), began_at=NOW + place * MINUTE))
    desk.contacts.open(a_contact("9", number="+12025550999", agent="ben"))
    assert [one.id[0] for one in desk.contacts.of_number("+12025550123", limit=2)] == ["3", "2"]
    assert [one.id[0] for one in desk.contacts.of_agent("ana", limit=3)] == ["3", "2", "1"]


def test_a_naive_time_is_refused(desk: DeskStores) -> None:
    with pytest.raises((ValueError, StoreFailed)):
        desk.contacts.open(a_contact(began_at=datetime(2026, 11, 23)))


def test_changes_at_once_happen_one_after_another(desk: DeskStores) -> None:
    desk.contacts.open(a_contact())

    def extend(_: int) -> None:
        desk.contacts.change(a_contact().id, lambda one: replace(one, extensions=one.extensions + 1))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(extend, range(40)))
    found = desk.contacts.get(a_contact().id)
    assert found is not None and found.extensions == 40


def test_only_watched_desks_can_vanish(desk: DeskStores) -> None:
    desk.presence.seen(["ana", "ben"], NOW)
    desk.presence.watch("ana", is_watched=True, at=NOW)
    assert desk.presence.vanished(NOW + MINUTE) == ["ana"]
    assert desk.presence.vanished(NOW) == []
    desk.presence.watch("ana", is_watched=False, at=NOW)
    assert desk.presence.vanished(NOW + MINUTE) == []


def test_a_sign_of_life_never_goes_back(desk: DeskStores) -> None:
    desk.presence.seen(["ana"], NOW + MINUTE)
    desk.presence.seen(["ana"], NOW)
    desk.presence.seen([], NOW)
    assert desk.presence.last_seen("ana") == NOW + MINUTE
    assert desk.presence.last_seen("ben") is None


def test_to_be_watched_is_to_be_seen(desk: DeskStores) -> None:
    desk.presence.seen(["ana"], NOW - 5 * MINUTE)
    desk.presence.watch("ana", is_watched=True, at=NOW)
    desk.presence.watch("ben", is_watched=True, at=NOW)
    assert desk.presence.vanished(NOW) == []
    assert desk.presence.vanished(NOW + MINUTE) == ["ana", "ben"]
