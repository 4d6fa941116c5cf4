"""How long it will take, over the actual queue: agents, hours, and the clock at the called place."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.core.hours import Hours
from ivr.core.queueing.legs import AgentState
from ivr.core.queueing.rules import QueueRules
from ivr.runtime.desk.parts import DeskParts
from ivr.runtime.desk.windows import Expected, Wanted, expected
from tests.unit.runtime.dispatch.worker import CUSTOMER, Floor

pytestmark = pytest.mark.unit

NEW_YORK = ZoneInfo("America/New_York")
NINE_TO_SIX = Hours(NEW_YORK, (((time(9), time(18)),),) * 7)
RULES = QueueRules("general", hours="desk")


def new_york(hour: int, minute: int = 0, day: int = 23) -> datetime:
    """By clocks there, of November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK)


def floor_at(at: datetime) -> Floor:
    """Open from nine to six."""
    return Floor(at=at.astimezone(UTC), rules={"general": RULES}, schedules={"desk": NINE_TO_SIX})


def told(floor: Floor, number: str = CUSTOMER, **wanted: object) -> Expected:
    """What the next caller would be told."""
    parts = DeskParts(
        callbacks=floor.callbacks,
        agents=floor.agents,
        texts=floor.texts,
        rules=lambda: floor.rules,
        hours_by_name=floor.schedules.get,
        numbers=floor.numbers,
        now=lambda: floor.at,
        company=lambda name: "Acme",
    )
    usual: dict[str, object] = {"language": "en", "skills": (), "order_at": floor.at + timedelta(hours=1), "seed": "s"}
    return expected(parts, RULES, Wanted(**{**usual, **wanted}, number=number), floor.at)  # type: ignore[arg-type]


def test_with_a_free_agent_and_nobody_in_front_it_is_soon() -> None:
    floor = floor_at(new_york(10))
    floor.agent()
    found = told(floor)
    assert (found.start, found.ahead) == (floor.at, 0)
    assert found.end <= floor.at + timedelta(minutes=5)


def test_people_in_front_make_it_later() -> None:
    floor = floor_at(new_york(10))
    floor.agent()
    for index in range(6):
        floor.promise(f"+1202555013{index}")
    found = told(floor)
    assert found.ahead == 6
    assert found.start > floor.at + timedelta(minutes=15)


def test_agents_who_cannot_take_it_do_not_count() -> None:
    floor = floor_at(new_york(10))
    floor.agent(languages=("ja",))
    floor.agent("ben", number="+12025550172", state=AgentState.OFFLINE)
    floor.agent("cho", number="+12025550173", queues=("sales",))
    assert told(floor).end > floor.at + timedelta(hours=4)


def test_an_agent_who_talks_is_free_after_a_usual_conversation() -> None:
    floor = floor_at(new_york(10))
    floor.agent(state=AgentState.ON_CALL)
    found = told(floor)
    assert floor.at + timedelta(minutes=2) < found.start < floor.at + timedelta(minutes=8)


def test_while_it_is_closed_it_begins_with_the_opening() -> None:
    floor = floor_at(new_york(20))
    floor.agent()
    assert told(floor).start >= new_york(9, day=24)


def test_nobody_is_promised_a_call_before_it_is_time_where_they_are() -> None:
    floor = floor_at(new_york(9, 30))
    floor.agent()
    floor.numbers.zones = ("America/Los_Angeles",)
    found = told(floor)
    assert found.start == new_york(12)
    assert found.end >= found.start + timedelta(minutes=2)


def test_time_at_the_called_place_and_opening_hours_must_meet() -> None:
    floor = floor_at(new_york(15))
    floor.agent()
    floor.numbers.zones = ("Pacific/Auckland",)  # nine there is three in the afternoon in New York
    assert told(floor).start == new_york(15)
    floor.at = new_york(10).astimezone(UTC)
    assert told(floor).start == new_york(15)


def test_without_a_number_the_called_place_does_not_matter() -> None:
    floor = floor_at(new_york(9, 30))
    floor.agent()
    floor.numbers.zones = ("America/Los_Angeles",)
    assert told(floor, number="").start < new_york(9, 40)


def test_where_the_two_never_meet_the_line_alone_is_told() -> None:
    floor = floor_at(new_york(10))
    floor.agent()
    floor.numbers.zones = ("Asia/Tokyo",)
    assert told(floor).start == new_york(10)
