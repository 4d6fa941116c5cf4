"""Texts: sent once, by one worker, within the budget, tried again after a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.core.queueing.limits import DialLimits
from ivr.core.queueing.steps import Text, TextState
from tests.fakes.carrier_port import Answering
from tests.unit.runtime.dispatch.worker import AT, CUSTOMER, OURS, Floor

pytestmark = pytest.mark.unit


def queued(floor: Floor, key: str = "t1", number: str = CUSTOMER, body: str = "hello") -> Text:
    """A text that waits."""
    text = Text(key, number, OURS, body, floor.at, callback_id="c" * 32)
    assert floor.texts.add(text)
    return text


def states(floor: Floor) -> list[TextState]:
    """Of all texts, oldest first."""
    return [text.state for text in floor.texts.for_callback("c" * 32)]


def test_a_text_is_sent_once_by_one_of_two_workers() -> None:
    floor = Floor()
    queued(floor)
    floor.work(floor.worker("w1"), floor.worker("w2"), secs=3)
    assert floor.carrier.texts == [(CUSTOMER, OURS, "hello")]
    (text,) = floor.texts.for_callback("c" * 32)
    assert (text.state, text.carrier_sid) == (TextState.SENT, f"SM{1:032x}")


def test_a_text_that_another_worker_has_taken_is_not_sent() -> None:
    floor = Floor()
    queued(floor)
    seen_before = floor.texts.unsent(limit=5)
    assert floor.texts.take("t1")
    floor.texts.unsent = lambda *, limit=20: seen_before  # type: ignore[method-assign]
    floor.work(floor.worker(), secs=2)
    assert floor.carrier.texts == []


def test_a_carrier_that_is_busy_is_asked_again_after_half_a_minute_and_then_later_and_later() -> None:
    floor = Floor()
    floor.carrier.answering[CUSTOMER] = Answering.NOT_NOW
    queued(floor)
    asked: list[float] = []
    sending = floor.carrier.send_text

    def send_text(*arguments: str, tag: str) -> str:
        asked.append((floor.at - AT).total_seconds())
        return sending(*arguments, tag=tag)

    floor.carrier.send_text = send_text  # type: ignore[method-assign,assignment]
    floor.work(floor.worker(), secs=1200)
    assert asked == [1, 30, 180, 900]
    assert states(floor) == [TextState.FAILED]


def test_a_text_whose_answer_was_lost_is_tried_again() -> None:
    floor = Floor()
    floor.carrier.is_away = True
    queued(floor)
    worker = floor.worker()
    floor.work(worker, secs=5)
    floor.carrier.is_away = False
    floor.work(worker, secs=30)
    assert floor.carrier.texts == [(CUSTOMER, OURS, "hello")]
    assert states(floor) == [TextState.SENT]


def test_a_number_that_takes_no_texts_is_not_asked_again() -> None:
    floor = Floor()
    floor.carrier.answering[CUSTOMER] = Answering.REFUSED
    queued(floor)
    floor.work(floor.worker(), secs=60)
    assert states(floor) == [TextState.FAILED]


@pytest.mark.parametrize("why", ["stopped", "forbidden"])
def test_who_may_not_be_texted_is_not(why: str) -> None:
    floor = Floor()
    if why == "stopped":
        floor.callbacks.stop(CUSTOMER, at=floor.at, by="customer")
    else:
        floor.numbers.problems[CUSTOMER] = "premium"
    queued(floor)
    floor.work(floor.worker(), secs=2)
    assert floor.carrier.texts == []
    assert states(floor) == [TextState.FAILED]


def test_the_days_budget_is_not_exceeded_and_the_rest_goes_out_when_there_is_room() -> None:
    floor = Floor(limits=DialLimits(texts_per_day=2))
    for index in range(3):
        queued(floor, f"t{index}", body=str(index))
        floor.pass_secs(1)
    worker = floor.worker()
    floor.work(worker, secs=5)
    assert [body for _, _, body in floor.carrier.texts] == ["0", "1"]
    floor.at += timedelta(days=1)
    floor.work(worker, secs=2)
    assert [body for _, _, body in floor.carrier.texts] == ["0", "1", "2"]


def test_the_kill_switch_holds_texts_back() -> None:
    floor = Floor(limits=DialLimits(is_enabled=False))
    queued(floor)
    worker = floor.worker()
    floor.work(worker, secs=5)
    assert states(floor) == [TextState.QUEUED]
    floor.limits = replace(floor.limits, is_enabled=True)
    floor.work(worker, secs=2)
    assert states(floor) == [TextState.SENT]
