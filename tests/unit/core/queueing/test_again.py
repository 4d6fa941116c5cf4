"""Another call that an agent promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.queueing.again import again
from ivr.core.queueing.model import CallbackState, Cause
from tests.unit.core.queueing.promises import NOON, at, promise, rules

pytestmark = pytest.mark.unit


def test_it_is_the_same_person_and_matter_at_the_new_time_and_the_agents_own() -> None:
    before = promise(state=CallbackState.DONE, attempt=2, fence=3, agent="ana", tries={"busy": 1}, connected_at=at(-60))
    new = again(before, at(3600), at(5400), "has the part", rules=rules(owner_hours=24), agent_id="ana", now=NOON)
    assert (new.number, new.reason, new.queue) == (before.number, before.reason, before.queue)
    assert (new.state, new.cause, new.state_at) == (CallbackState.PENDING, Cause.PROMISED, NOON)
    assert (new.promised_from, new.promised_to, new.eligible_at) == (at(3600), at(5400), at(3600))
    assert (new.owner, new.owner_until) == ("ana", at(5400 + 24 * 3600))
    assert (new.attempt, new.fence, new.agent, new.tries, new.connected_at) == (0, 0, "", {}, None)
    assert new.notes[-1] == "has the part"
    assert new.invitation["again_by"] == "ana"


def test_an_empty_note_adds_nothing() -> None:
    before = replace(promise(), notes=("first",))
    new = again(before, at(3600), at(5400), "", rules=rules(), agent_id="ana", now=NOON)
    assert new.notes == ("first",)
