from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ivr.core.accounts.model import Role, SessionLimits
from ivr.core.queueing.legs import Agent, AgentState
from ivr.desk_house import agent_of
from ivr.ports import Attempt, Entry
from ivr.runtime.accounts import StoredAccounts
from ivr.storage.memory import MemoryAccountStore, MemoryAgentStore, MemoryQueue
from tests.fakes.hashing import CountingHasher

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PASSWORD = "blue kettle on Tuesday"


class Desk:
    """Ana's, open in one browser that nobody touches."""

    def __init__(self, callback_id: str = "", role: Role = Role.AGENT) -> None:
        self.accounts = StoredAccounts(MemoryAccountStore(), CountingHasher(), SessionLimits())
        self.agents = MemoryAgentStore(MemoryQueue())
        self.accounts.add("ana", "Ana Ruiz", role, NOW, by="test", password=PASSWORD)
        state = AgentState.ON_CALL if callback_id else AgentState.AVAILABLE
        self.agents.add(Agent("ana", "Ana", "+12025550110", ("general",), state=state, callback_id=callback_id))
        entry = self.accounts.sign_in(Attempt("ana", PASSWORD), NOW)
        assert isinstance(entry, Entry)
        self.token = entry.token

    def after(self, minutes: int) -> str | None:
        """Who it is for the socket, asked every minute until then."""
        who = None
        for minute in range(1, minutes + 1):
            who = agent_of(self.accounts, self.agents, self.token, NOW + minute * MINUTE)
        return who


def test_an_open_desk_alone_keeps_nobody_signed_in() -> None:
    assert Desk().after(29) == "ana"
    assert Desk().after(30) is None


def test_a_call_keeps_its_agent_signed_in() -> None:
    assert Desk(callback_id="c" * 32).after(90) == "ana"


def test_even_a_call_does_not_last_longer_than_the_whole_time() -> None:
    assert Desk(callback_id="c" * 32).after(720) is None


def test_nobody_has_a_desk_with_a_password_that_somebody_else_made() -> None:
    desk = Desk()
    given = desk.accounts.reset("ana", NOW, by="ada").password
    entry = desk.accounts.sign_in(Attempt("ana", given), NOW)
    assert isinstance(entry, Entry)
    assert agent_of(desk.accounts, desk.agents, entry.token, NOW) is None
    assert agent_of(desk.accounts, desk.agents, "no secret", NOW) is None
