"""Memory, SQLite and PostgreSQL stay alike under any order of events: what one answers, all answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ivr.core.queueing.legs import AgentState, LegOutcome, LegState, Role
from ivr.core.queueing.model import CallbackState, Kind
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import Bucket, Claim, Search, StoreFailed
from ivr.storage import open_database
from ivr.storage.database import Database
from ivr.storage.migrate import upgrade
from ivr.storage.tables import metadata
from tests.contract.conftest import NOW, QueueStores, memory_queue, sql_queue
from tests.contract.queue_rows import DAY, HOUR, a_leg, a_promise, an_agent, claimed

pytestmark = pytest.mark.contract

MINUTES = st.integers(-90, 90).map(lambda minutes: NOW + timedelta(minutes=minutes))
NUMBERS = st.integers(1, 6)
AGENTS = st.sampled_from(["ana", "ben", "cho", ""])
Event = tuple[str, dict[str, Any]]


def events() -> st.SearchStrategy[list[Event]]:
    """What may happen, in any order."""
    promises = st.fixed_dictionaries(
        {
            "number": NUMBERS,
            "dialled": NUMBERS,
            "key": st.integers(1, 8),
            "eligible_at": MINUTES,
            "promised_to": MINUTES,
            "order_at": MINUTES,
            "language": st.sampled_from(["en", "ja"]),
            "skills": st.sampled_from([(), ("tax",)]),
            "owner": AGENTS,
            "owner_until": MINUTES,
            "kind": st.sampled_from([Kind.CALLBACK, Kind.CALLBACK, Kind.MESSAGE]),
        }
    )
    changes = st.fixed_dictionaries(
        {"number": NUMBERS},
        optional={
            "state": st.sampled_from(CallbackState),
            "state_at": MINUTES,
            "eligible_at": MINUTES,
            "order_at": MINUTES,
            "owner": AGENTS,
            "agent": AGENTS,
            "connected_at": MINUTES,
            "promised_to": MINUTES,
        },
    )
    legs = st.fixed_dictionaries(
        {
            "number": NUMBERS,
            "tag": st.sampled_from("abcdef"),
            "role": st.sampled_from(Role),
            "state": st.sampled_from(LegState),
            "outcome": st.sampled_from([None, LegOutcome.BUSY, LegOutcome.NEVER_PLACED]),
            "created_at": MINUTES,
            "accepted_at": MINUTES,
        }
    )
    pairs = st.fixed_dictionaries({"pairs": st.lists(st.tuples(NUMBERS, AGENTS), max_size=4)})
    people = st.fixed_dictionaries({"agent": st.sampled_from(["ana", "ben"]), "state": st.sampled_from(AgentState)})
    reads = st.fixed_dictionaries({"now": MINUTES})
    kinds = {"promise": promises, "change": changes, "leg": legs, "claim": pairs, "person": people, "heads": reads}
    return st.lists(st.one_of(*(st.tuples(st.just(name), values) for name, values in kinds.items())), max_size=30)


def do(queue: QueueStores, event: Event) -> object:
    """Carries out an event; what the store answered."""
    name, values = event[0], dict(event[1])
    try:
        return _DOING[name](queue, values)
    except StoreFailed as failed:
        return failed.reason


def _promise(queue: QueueStores, values: dict[str, Any]) -> object:
    key, dialled, number = values.pop("key"), values.pop("dialled"), values.pop("number")
    return queue.callbacks.promise(a_promise(number, number=f"+1{dialled}", **values), key=f"k{key}")


def _change(queue: QueueStores, values: dict[str, Any]) -> object:
    number = values.pop("number")
    return queue.callbacks.step(
        a_promise(number).id, lambda attempt: Step(replace(attempt, callback=replace(attempt.callback, **values)))
    )


def _leg(queue: QueueStores, values: dict[str, Any]) -> object:
    number, tag = values.pop("number"), values.pop("tag")

    def put(attempt: Attempt) -> Step:
        tag_of_ours = f"{number}{tag}"
        leg = replace(a_leg(attempt.callback, "x", **values), tag=tag_of_ours)
        return Step(replace(attempt, legs=(*(one for one in attempt.legs if one.tag != tag_of_ours), leg)))

    return queue.callbacks.step(a_promise(number).id, put)


def _claim(queue: QueueStores, values: dict[str, Any]) -> object:
    return queue.callbacks.claim([Claim(a_promise(number).id, agent, claimed) for number, agent in values["pairs"]])


def _person(queue: QueueStores, values: dict[str, Any]) -> object:
    return queue.agents.set_state(values["agent"], lambda agent: replace(agent, state=values["state"]))


def _heads(queue: QueueStores, values: dict[str, Any]) -> object:
    heads = [queue.callbacks.heads("general", values["now"], each=each) for each in (1, 2, 8)]
    return heads, [queue.callbacks.line("general", values["now"], each=each) for each in (1, 2, 8)]


_DOING: dict[str, Callable[[QueueStores, dict[str, Any]], object]] = {
    "promise": _promise,
    "change": _change,
    "leg": _leg,
    "claim": _claim,
    "person": _person,
    "heads": _heads,
}


def everything(queue: QueueStores) -> dict[str, object]:
    """Every answer a store gives."""
    store, ids = queue.callbacks, [a_promise(number).id for number in range(1, 7)]
    times = [NOW - HOUR, NOW, NOW + HOUR]
    return {
        "promises": [store.get(one) for one in ids],
        "keys": [store.by_key(f"k{number}") for number in range(1, 9)],
        "open": [store.open_for(f"+1{number}") for number in range(1, 7)],
        "legs": [store.legs(one) for one in ids],
        "history": [store.history(one) for one in ids],
        "heads": [store.heads("general", at, each=each) for at in times for each in (1, 8)],
        "lines": [store.line("general", at, each=each) for at in times for each in (1, 8)],
        "waiting": [store.waiting("general", at) for at in times],
        "ahead": [store.ahead("general", place, at) for place in times for at in times],
        "scheduled": [store.scheduled("general", at, at + HOUR) for at in times],
        "in flight": store.in_flight(),
        "expired": store.due_to_expire(NOW + DAY),
        "counts": [store.counts(at, at + HOUR) for at in times],
        "buckets": [store.search(Search(bucket=each, day_ends_at=NOW + HOUR), NOW) for each in Bucket],
        "talks": store.handle_secs("general"),
        "dials": [(store.dials(f"+1{number}", NOW), store.last_dial(f"+1{number}")) for number in range(1, 7)],
        "all dials": store.all_dials(NOW),
        "kept": [store.kept(at) for at in times],
        "made": store.promises(NOW - HOUR, prefix="+1"),
        "agents": queue.agents.all(),
    }


def assert_alike(database: Database, happened: list[Event]) -> None:
    with database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    twins = [memory_queue(), sql_queue(database)]
    for queue in twins:
        for name in ("ana", "ben"):
            queue.agents.add(an_agent(name))
    for event in happened:
        answers = [do(queue, event) for queue in twins]
        assert answers[0] == answers[1], event
    first, second = (everything(queue) for queue in twins)
    assert {name: (first[name], second[name]) for name in first if first[name] != second[name]} == {}


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/twin.db")
    upgrade(opened.engine)
    yield opened
    opened.close()


# Not shrunk: every example fills a database, and the difference is told as it is.
usual = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@settings(usual, max_examples=60)
@given(happened=events())
def test_memory_and_sqlite_answer_alike(sqlite: Database, happened: list[Event]) -> None:
    assert_alike(sqlite, happened)


@settings(usual, max_examples=25)
@given(happened=events())
def test_memory_and_postgresql_answer_alike(postgresql_database: Database, happened: list[Event]) -> None:
    assert_alike(postgresql_database, happened)
