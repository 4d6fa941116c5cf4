"""What forbids a dial at this moment, and what becomes of the promise then."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.core.hours import Hours
from ivr.core.queueing.leg_events import LegNews, Word
from ivr.core.queueing.legs import LegOutcome, LegState, Role
from ivr.core.queueing.limits import DialLimits
from ivr.core.queueing.model import Callback, CallbackState, Cause
from ivr.core.queueing.rules import Mode, QueueRules
from ivr.runtime.dispatch.permission import Answer, Permission, Permits
from tests.unit.runtime.dispatch.worker import AGENT, AT, CUSTOMER, Floor

pytestmark = pytest.mark.unit

NEW_YORK = ZoneInfo("America/New_York")
EVENING = datetime(2026, 11, 23, 21, 30, tzinfo=NEW_YORK)
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=NEW_YORK)


def asked(floor: Floor, callback: Callback, rules: QueueRules | None = None, hours: Hours | None = None) -> Permission:
    """The answer now."""
    permits = Permits(floor.callbacks, floor.numbers, floor.limits, floor.at)
    return permits.of(callback, rules or QueueRules("general"), hours)


def test_nothing_in_the_way() -> None:
    floor = Floor()
    assert asked(floor, floor.promise()) == Permission(Answer.DIAL)


def test_switched_off() -> None:
    floor = Floor(limits=DialLimits(is_enabled=False))
    assert asked(floor, floor.promise()) == Permission(Answer.WAIT, reason="switched_off")


@pytest.mark.parametrize("queue", ["", "general"])
def test_who_asked_never_to_be_called_is_not(queue: str) -> None:
    floor = Floor()
    callback = floor.promise()
    floor.callbacks.stop(CUSTOMER, queue=queue, at=floor.at, by="customer")
    assert asked(floor, callback) == Permission(Answer.REFUSE, reason="stopped")


def test_a_number_that_is_not_allowed_any_more_needs_a_person() -> None:
    floor = Floor()
    floor.agent()
    callback = floor.promise()
    floor.numbers.problems[CUSTOMER] = "premium"
    floor.work(floor.worker(), secs=2)
    failed = floor.now_is(callback)
    assert (failed.state, failed.cause, floor.dialled()) == (CallbackState.FAILED, Cause.REFUSED, [])
    assert floor.callbacks.history(callback.id)[-1].values == {"reason": "premium"}


def test_a_closed_queue_waits() -> None:
    floor = Floor()
    closed = Hours(NEW_YORK, ((),) * 7)
    assert asked(floor, floor.promise(), hours=closed) == Permission(Answer.WAIT, reason="closed")


def test_it_is_too_late_in_the_evening_where_the_customer_is() -> None:
    floor = Floor(at=EVENING)
    found = asked(floor, floor.promise())
    assert (found.answer, found.until, found.reason) == (Answer.RETIME, MORNING, "calling_hours")


def test_it_must_be_time_in_all_places_that_the_number_may_be_in() -> None:
    floor = Floor(at=datetime(2026, 11, 23, 9, 30, tzinfo=NEW_YORK))
    floor.numbers.zones = ("America/New_York", "America/Chicago")
    assert asked(floor, floor.promise()).until == datetime(2026, 11, 23, 10, 0, tzinfo=NEW_YORK)


def test_a_time_that_the_customer_chose_is_stronger_than_calling_hours() -> None:
    floor = Floor(at=EVENING)
    callback = floor.promise(is_time_chosen=True, promised_from=EVENING, promised_to=EVENING + timedelta(minutes=30))
    assert asked(floor, callback).answer is Answer.DIAL


def test_a_chosen_time_that_is_long_over_is_stronger_no_more() -> None:
    floor = Floor(at=EVENING)
    began = EVENING - timedelta(hours=3)
    callback = floor.promise(is_time_chosen=True, promised_from=began, promised_to=began + timedelta(minutes=30))
    assert asked(floor, callback).answer is Answer.RETIME


NIGHT_DESK = Hours(NEW_YORK, (((time(20), time(23)),),) * 7)
"""People are there only when it is too late to call their own city."""


def test_where_it_is_never_time_the_window_that_was_agreed_to_counts_as_chosen() -> None:
    floor = Floor(at=EVENING)
    callback = floor.promise(promised_from=EVENING, promised_to=EVENING + timedelta(minutes=10))
    assert asked(floor, callback, hours=NIGHT_DESK).answer is Answer.DIAL


def test_where_it_is_never_time_a_person_decides_once_that_window_is_over() -> None:
    floor = Floor(at=EVENING + timedelta(minutes=41))
    callback = floor.promise(promised_from=EVENING, promised_to=EVENING + timedelta(minutes=10))
    assert asked(floor, callback, hours=NIGHT_DESK) == Permission(Answer.REFUSE, reason="calling_hours")


def dialled_and_busy(floor: Floor, callback: Callback) -> None:
    """One vain try."""
    worker = floor.worker()
    worker.tick(floor.pass_secs(1))
    floor.news(floor.leg(callback, Role.CUSTOMER), LegNews(LegState.OVER, LegOutcome.BUSY))
    worker.tick(floor.pass_secs(1))


def test_a_number_is_left_alone_for_a_while_after_a_dial() -> None:
    floor = Floor(rules={"general": QueueRules("general", mode=Mode.CUSTOMER_FIRST)})
    floor.agent()
    dialled_and_busy(floor, floor.promise())
    other = floor.promise(queue="sales")
    found = asked(floor, other, QueueRules("sales", min_gap_mins=10))
    assert (found.answer, found.until) == (Answer.RETIME, AT + timedelta(minutes=10, seconds=1))


def test_a_number_is_not_dialled_more_often_than_allowed_in_a_day() -> None:
    floor = Floor(rules={"general": QueueRules("general", mode=Mode.CUSTOMER_FIRST)})
    floor.agent()
    dialled_and_busy(floor, floor.promise())
    floor.pass_secs(3600)
    other = floor.promise(queue="sales")
    found = asked(floor, other, QueueRules("sales", max_attempts_24h=1))
    assert (found.answer, found.reason) == (Answer.RETIME, "cap")
    floor.pass_secs(24 * 3600)
    assert asked(floor, other, QueueRules("sales", max_attempts_24h=1)).answer is Answer.DIAL


@pytest.mark.parametrize("limits", [DialLimits(per_hour=2), DialLimits(per_day=2)])
def test_no_attempt_is_begun_that_the_budgets_do_not_allow_to_be_finished(limits: DialLimits) -> None:
    floor = Floor(limits=limits)
    for index in range(3):
        floor.agent(f"a{index}", number=f"+1202555017{index}")
        floor.promise(f"+1202555012{index}")
    floor.work(floor.worker(), secs=3)
    assert len(floor.dialled()) == 1


def test_a_budget_that_is_used_up_by_others_stops_the_second_leg_and_the_place_is_kept() -> None:
    floor = Floor()
    floor.agent()
    callback, worker = floor.promise(), floor.worker()
    worker.tick(floor.pass_secs(1))
    floor.limits = DialLimits(per_hour=1)
    floor.answers(callback, Role.AGENT, Word.ACCEPTED)
    floor.work(worker, secs=3)
    floor.news(floor.leg(callback, Role.AGENT), LegNews(LegState.OVER, LegOutcome.COMPLETED))
    floor.work(worker, secs=3)
    waiting = floor.now_is(callback)
    assert floor.dialled() == [AGENT]
    assert (waiting.state, dict(waiting.tries), waiting.order_at) == (CallbackState.PENDING, {}, callback.order_at)


def test_a_used_up_budget_of_an_hour_is_there_again_an_hour_later() -> None:
    floor = Floor(limits=DialLimits(per_hour=1), rules={"general": QueueRules("general", mode=Mode.CUSTOMER_FIRST)})
    floor.agent()
    dialled_and_busy(floor, floor.promise())
    other = floor.promise("+12025550124")
    assert asked(floor, other) == Permission(Answer.WAIT, reason="budget")
    floor.pass_secs(3600)
    assert asked(floor, other).answer is Answer.DIAL
