"""A word that changes whenever a desk would show something else: over SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.queueing.legs import AgentState
from ivr.ports import CallRecord, TurnRecord
from ivr.storage import SqlCallStore, SqlContactStore, SqlDeskPulse
from ivr.storage.database import Database
from tests.contract.conftest import NOW, sql_queue
from tests.contract.queue_rows import a_promise, an_agent, claimed, made
from tests.contract.test_contact_store_contract import a_contact

pytestmark = pytest.mark.contract


def test_nobody_is_told_nothing(database: Database) -> None:
    assert SqlDeskPulse(database).versions([]) == {}
    assert SqlDeskPulse(database).versions(["ana"]) == {}


def test_the_word_stays_while_nothing_changes_and_changes_with_everything_that_is_shown(database: Database) -> None:
    queue, calls, contacts = sql_queue(database), SqlCallStore(database), SqlContactStore(database)
    pulse, words = SqlDeskPulse(database), []

    def look() -> None:
        word = pulse.versions(["ana"])["ana"]
        assert word == pulse.versions(["ben", "ana"])["ana"]
        words.append(word)

    queue.agents.add(an_agent("ana"))
    look()
    call = calls.create(CallRecord(a_promise().call_id or "7" * 32, "CA1", "support", "1", "+1", "+2", created_at=NOW))
    made(queue, replace(a_promise(), call_id=call.id))
    queue.callbacks.step(a_promise().id, claimed, agent_id="ana")
    look()
    calls.add_turns([TurnRecord(call.id, 1, 0, "caller", "hello")])
    look()
    contacts.open(a_contact())
    look()
    contacts.change(a_contact().id, lambda one: replace(one, note="x", note_at=NOW))
    look()
    queue.agents.set_state("ana", lambda ana: replace(ana, wish=AgentState.BREAK))
    look()
    assert len(set(words)) == len(words)


def test_what_happens_to_one_agent_is_nothing_to_another(database: Database) -> None:
    queue, pulse = sql_queue(database), SqlDeskPulse(database)
    queue.agents.add(an_agent("ana"))
    queue.agents.add(an_agent("ben"))
    before = pulse.versions(["ana", "ben"])
    queue.agents.set_state("ana", lambda ana: replace(ana, state=AgentState.OFFLINE))
    after = pulse.versions(["ana", "ben"])
    assert after["ben"] == before["ben"]
    assert after["ana"] != before["ana"]
