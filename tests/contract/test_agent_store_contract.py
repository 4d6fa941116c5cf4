"""The people who take calls: one suite over memory, SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest

from ivr.core.queueing.legs import Agent, AgentPhone, AgentState
from ivr.ports import StoreFailed
from tests.contract.conftest import NOW, QueueStores
from tests.contract.queue_rows import HOUR, a_promise, an_agent, claimed, made

pytestmark = pytest.mark.contract

FULL = Agent(
    "ana",
    "Ana Müller",
    "+12025559000",
    ("general", "billing"),
    ("en", "ja"),
    ("sql",),
    AgentState.WRAP_UP,
    NOW,
    "after a call",
    "c" * 32,
    NOW + HOUR,
    NOW + 8 * HOUR,
    2,
    phone=AgentPhone.BROWSER,
)


def test_an_agent_comes_back_with_every_field(queue: QueueStores) -> None:
    queue.agents.add(FULL)
    assert queue.agents.get("ana") == FULL
    assert queue.agents.get("ben") is None


def test_all_come_by_id(queue: QueueStores) -> None:
    assert queue.agents.all() == []
    for name in ("cho", "ana", "ben"):
        queue.agents.add(an_agent(name))
    assert [agent.id for agent in queue.agents.all()] == ["ana", "ben", "cho"]


def test_adding_again_changes_the_person_and_keeps_the_state(queue: QueueStores) -> None:
    queue.agents.add(FULL)
    queue.agents.add(Agent("ana", "Ana", "+12025559001", ("general",), ("en",), ("tax",)))
    changed = {"name": "Ana", "number": "+12025559001", "queues": ("general",), "languages": ("en",)}
    assert queue.agents.get("ana") == replace(FULL, skills=("tax",), **changed)  # type: ignore[arg-type]


def test_a_removed_agent_is_gone(queue: QueueStores) -> None:
    queue.agents.add(an_agent())
    queue.agents.remove("ana")
    assert queue.agents.all() == []
    with pytest.raises(KeyError):
        queue.agents.remove("ana")


def test_a_removed_agents_caller_can_be_given_to_another(queue: QueueStores) -> None:
    made(queue, a_promise())
    queue.agents.add(an_agent("ana"))
    queue.agents.add(an_agent("ben", state=AgentState.OFFLINE))
    queue.callbacks.step(a_promise().id, claimed, agent_id="ana")
    queue.agents.remove("ana")
    bound = queue.agents.set_state(
        "ben", lambda ben: replace(ben, state=AgentState.ON_CALL, callback_id=a_promise().id)
    )
    assert bound is not None


def test_a_state_is_set_and_returned(queue: QueueStores) -> None:
    queue.agents.add(an_agent())
    away = replace(an_agent(), state=AgentState.BREAK, reason="lunch", since=NOW + HOUR)
    assert queue.agents.set_state("ana", lambda _: away) == away == queue.agents.get("ana")


def test_nothing_is_set_for_the_unknown_or_by_no_decision(queue: QueueStores) -> None:
    queue.agents.add(an_agent())
    assert queue.agents.set_state("ben", lambda _: an_agent("ben")) is None
    assert queue.agents.set_state("ana", lambda _: None) is None
    assert queue.agents.set_state("ana", lambda ana: ana) is None
    assert queue.agents.all() == [an_agent()]


def test_a_decision_about_somebody_else_is_refused(queue: QueueStores) -> None:
    queue.agents.add(an_agent())
    with pytest.raises(ValueError, match="another agent"):
        queue.agents.set_state("ana", lambda _: an_agent("ben"))


def test_a_naive_time_is_refused(queue: QueueStores) -> None:
    with pytest.raises((ValueError, StoreFailed)):
        queue.agents.add(an_agent(since=datetime(2026, 11, 23)))


def test_changes_at_once_happen_one_after_another(queue: QueueStores) -> None:
    queue.agents.add(an_agent())

    def miss(_: int) -> None:
        queue.agents.set_state("ana", lambda ana: replace(ana, missed=ana.missed + 1))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(miss, range(60)))
    ana = queue.agents.get("ana")
    assert ana is not None and ana.missed == 60
