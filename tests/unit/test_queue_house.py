"""The callback queue as it is wired: settings and flows in, a counter, a service and a worker's parts out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.core.events import LookUpOutcome
from ivr.core.flow.model import CallbackVerb, Flow, FlowNode
from ivr.core.hours import Hours
from ivr.core.queueing.limits import DialLimits
from ivr.core.queueing.rules import QueueRules
from ivr.ports import Search
from ivr.queue_house import (
    QueueHouse,
    QueueStores,
    dial_limits,
    dial_rules,
    open_dialler,
    open_queue,
    queue_of,
    read_time,
)
from ivr.settings import Dialling, load_settings
from ivr.telephony.errors import UnsafeSecret
from tests.fakes.carrier_port import ScriptedCarrier
from tests.fakes.queue_stores import MemoryAgentStore, MemoryCallbackStore, MemoryQueue, MemoryTextStore
from tests.unit.core.flows import shop_flow

pytestmark = pytest.mark.unit

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
CALLER, DIALLED = "+12125550123", "+15005550006"
CALL = "c" * 32


@dataclass
class OneFlow:
    """A shop, one queue, no schedules."""

    flow: Flow = field(default_factory=shop_flow)
    queues: dict[str, QueueRules] = field(default_factory=lambda: {"general": QueueRules("general")})

    @property
    def flows(self) -> dict[str, Flow]:
        """By name."""
        return {self.flow.name: self.flow}

    def hours(self, name: str) -> Hours | None:
        """None at all."""
        return None

    def for_number(self, dialled: str) -> Flow | None:
        """One number only."""
        return self.flow if dialled == DIALLED else None


def wired(flows: OneFlow | None = None, dialling: Dialling | None = None) -> QueueHouse:
    """Over memory."""
    rows = MemoryQueue()
    stores = QueueStores(MemoryCallbackStore(rows, lambda: AT), MemoryAgentStore(rows), MemoryTextStore(rows))
    return open_queue(stores, dialling or Dialling(allow_fictional=True), flows or OneFlow(), lambda: AT)


def test_a_promise_made_at_the_counter_is_what_pages_show_and_workers_find() -> None:
    house = wired()
    made = house.desk.call("callbacks.book", {"queue": "general", "caller": CALLER, "dialled": DIALLED}, "k")
    assert made.outcome is LookUpOutcome.FOUND
    listed = house.service.listing(Search(day_ends_at=AT), AT)
    assert [one.number for one in listed.callbacks] == [CALLER]
    ports = house.dispatch_ports(ScriptedCarrier(lambda: AT))
    assert [one.number for one in ports.callbacks.heads("general", AT)] == [CALLER]
    assert (list(ports.rules()), ports.limits()) == (["general"], DialLimits())


def test_why_is_one_sentence() -> None:
    house = wired()
    house.desk.call("callbacks.book", {"queue": "general", "caller": CALLER}, "k")
    (callback,) = house.service.listing(Search(day_ends_at=AT), AT).callbacks
    shown = house.service.shown(callback.id, AT)
    assert shown is not None
    assert shown.why == "No agent of this queue is signed in."


def test_a_key_while_there_is_no_room_makes_one_promise_in_the_flows_queue() -> None:
    house = wired()
    for _ in range(2):
        said = house.service.book_by_key(CALL, CALLER, DIALLED, "en", AT)
        assert said.startswith("Thank you. We will call you back ")
    (callback,) = house.service.listing(Search(day_ends_at=AT), AT).callbacks
    assert (callback.queue, callback.flow, callback.call_id) == ("general", "test", CALL)


@pytest.mark.parametrize(
    ("flows", "dialled"), [(OneFlow(), "+15005550007"), (OneFlow(queues={}), DIALLED)], ids=["no flow", "no queue"]
)
def test_nothing_is_promised_by_key_where_nobody_would_call(flows: OneFlow, dialled: str) -> None:
    house = wired(flows)
    assert house.service.book_by_key(CALL, CALLER, dialled, "en", AT).startswith("I am sorry")
    assert house.service.listing(Search(day_ends_at=AT), AT).total == 0


def test_our_own_numbers_are_not_called() -> None:
    assert wired().numbers.check(shop_flow().numbers[0]).problem == "own_number"


def test_rules_and_limits_are_those_of_the_settings() -> None:
    dialling = Dialling(
        enabled=False, home_region="JP", allowed_countries=("JP",), denied_prefixes=("+8190",), per_hour=1, per_day=2,
        texts_per_day=3, settle_secs=4, lease_secs=5,
    )  # fmt: skip
    rules = dial_rules(dialling, ())
    assert (rules.home_region, rules.countries, rules.denied_prefixes) == ("JP", frozenset({"JP"}), ("+8190",))
    assert dial_limits(dialling) == DialLimits(False, 1, 2, 4, 5, 3)


def test_the_queue_of_a_flow_is_the_one_its_callback_step_names() -> None:
    flow, rules = shop_flow(), {"general": QueueRules("general"), "sales": QueueRules("sales")}
    assert queue_of(flow, rules) == "general"
    nodes = {**flow.nodes, "call_me": FlowNode("call_me", CallbackVerb("sales"))}
    assert queue_of(replace(flow, nodes=nodes), rules) == "sales"


def test_a_time_is_read_out_of_a_text() -> None:
    now = datetime(2026, 11, 23, 10, 0)
    assert read_time("tomorrow after three", "en", now) == "2026-11-24T15:00/2026-11-24T20:00"
    assert read_time("the blue one", "en", now) is None


def test_the_dialler_wants_an_account(tmp_path: Path) -> None:
    (tmp_path / "default.yaml").write_text("{}\n", "utf-8")
    with pytest.raises(UnsafeSecret):
        open_dialler(load_settings(tmp_path, {}))
