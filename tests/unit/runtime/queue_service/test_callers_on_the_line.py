"""Callers on the line as the carrier's webhooks meet them: gone, or out of the conference again."""

from __future__ import annotations

import pytest

from ivr.core.queueing import claims
from ivr.core.queueing.leg_events import LegNews, Word, leg_progressed, leg_said
from ivr.core.queueing.legs import Leg, LegOutcome, LegState, Role
from ivr.core.queueing.model import Callback, Cause
from ivr.core.queueing.steps import Attempt, Step
from tests.unit.runtime.desk.counter import CALL, OURS
from tests.unit.runtime.desk.test_live import ASKED
from tests.unit.runtime.queue_service.office import Office

pytestmark = pytest.mark.unit

TAG = "a" * 32


@pytest.fixture
def office() -> Office:
    office = Office()
    office.agent(languages=("en", "ja"))
    return office


def rung(office: Office) -> Callback:
    """An agent's telephone rings for a caller."""
    row = office.now_is(office.ask("transfer", ASKED, "k1")["id"])
    agent = office.agents.all()[0].id

    def take(found: Attempt) -> Step | None:
        return claims.claim(found, worker="w1", lease_secs=60, now=office.at)

    office.callbacks.step(row.id, take, agent_id=agent)
    office.callbacks.step(
        row.id, lambda found: claims.add_leg(found, Role.AGENT, TAG, from_number=OURS, worker="w1", now=office.at)
    )
    return row


def handed_over(office: Office) -> Leg:
    row = rung(office)
    for state in (LegState.RINGING, LegState.ANSWERED):
        office.callbacks.step_leg(TAG, lambda a, s=state: leg_progressed(a, TAG, LegNews(s), at=office.at))  # type: ignore[misc]
    office.callbacks.step_leg(TAG, lambda a: leg_said(a, TAG, Word.ACCEPTED, at=office.at))
    assert office.ask("transfer_stands", id=row.id, call_id=CALL)["stands"] == "through"
    return own(office)


def own(office: Office) -> Leg:
    leg = office.callbacks.leg_by_call(CALL)
    assert leg is not None
    return leg


def test_who_hangs_up_is_out_of_the_line(office: Office) -> None:
    row = rung(office)
    office.service.caller_left("CA1", office.at)
    assert (own(office).outcome, office.now_is(row.id).ending) == (LegOutcome.COMPLETED, Cause.CUSTOMER_LEFT)
    office.service.caller_left("CA1", office.at)
    office.service.caller_left("CA-of-somebody-else", office.at)
    assert office.now_is(row.id).ending is Cause.CUSTOMER_LEFT


def test_the_end_of_a_leg_that_we_dialled_is_not_a_callers(office: Office) -> None:
    rung(office)
    office.callbacks.step_leg(
        TAG, lambda a: leg_progressed(a, TAG, LegNews(LegState.PLACED, None, "CA-agent"), at=office.at)
    )
    office.service.caller_left("CA-agent", office.at)
    leg = office.service.leg(TAG)
    assert leg is not None and not leg.is_over


def test_who_comes_out_after_a_while_has_talked(office: Office) -> None:
    leg = handed_over(office)
    office.at = office.at.replace(second=office.at.second + 30)
    assert office.service.came_out(leg.tag, office.at)
    assert office.service.came_out(leg.tag, office.at)


def test_who_comes_out_at_once_has_not(office: Office) -> None:
    leg = handed_over(office)
    assert not office.service.came_out(leg.tag, office.at)
    assert own(office).outcome is LegOutcome.CANCELLED


def test_an_unknown_leg_has_talked_to_nobody(office: Office) -> None:
    assert not office.service.came_out("f" * 32, office.at)
