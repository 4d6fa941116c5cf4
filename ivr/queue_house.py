"""Wires the callback queue: stores, rules and destinations in; the counter, the service, a worker's parts out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from ivr.core.flow.model import CallbackVerb, Flow
from ivr.core.hours import Hours
from ivr.core.meaning import SlotType
from ivr.core.queueing.limits import DialLimits
from ivr.core.queueing.rules import QueueRules
from ivr.ports import AgentStore, CallbackStore, Carrier, NumberCheck, Numbers, TextStore
from ivr.runtime.desk import CallbackDesk, DeskParts
from ivr.runtime.desk.explaining import explain
from ivr.runtime.desk.parts import DeskLimits
from ivr.runtime.dispatch import DispatchPorts
from ivr.runtime.queue_service import StoredQueue
from ivr.runtime.queue_service.service import QueueParts
from ivr.settings import Dialling, Settings
from ivr.telephony.destinations import DialRules
from ivr.telephony.dialler import CarrierDialler
from ivr.telephony.numbers import DialNumbers

DIAL_TIMEOUT_SECS = 10.0


class FlowsInForce(Protocol):
    """What the queue wants to know of flows, queues and hours; see `ivr.flows.book.FlowBook`."""

    @property
    def flows(self) -> Mapping[str, Flow]:
        """By name."""

    @property
    def queues(self) -> Mapping[str, QueueRules]:
        """By name."""

    def hours(self, name: str) -> Hours | None:
        """A schedule by its name."""

    def for_number(self, dialled: str) -> Flow | None:
        """The flow that answers a number."""


@dataclass(frozen=True, slots=True)
class QueueStores:
    """Over one database, or in memory."""

    callbacks: CallbackStore
    agents: AgentStore
    texts: TextStore


@dataclass(frozen=True, slots=True)
class QueueHouse:
    """The callback queue of one process."""

    stores: QueueStores
    numbers: Numbers
    desk: CallbackDesk
    service: StoredQueue
    rules: Callable[[], Mapping[str, QueueRules]]
    hours: Callable[[str], Hours | None]
    limits: DialLimits

    def dispatch_ports(self, carrier: Carrier) -> DispatchPorts:
        """What a worker works with."""
        stores = self.stores
        return DispatchPorts(
            stores.callbacks,
            stores.agents,
            stores.texts,
            carrier,
            self.numbers,
            self.rules,
            self.hours,
            lambda: self.limits,
        )


class CurrentNumbers:
    """`ivr.ports.Numbers` by rules that change: our own numbers come with the flows."""

    def __init__(self, rules: Callable[[], DialRules]) -> None:
        self._rules = rules

    def check(self, text: str, *, near: str = "") -> NumberCheck:
        """See the port."""
        return DialNumbers(self._rules()).check(text, near=near)


def open_queue(
    stores: QueueStores,
    dialling: Dialling,
    flows: FlowsInForce,
    now: Callable[[], datetime],
    random_code: Callable[[], str] | None = None,
    sid_of: Callable[[str], str] = lambda call_id: "",
) -> QueueHouse:
    """Everything about promises but the carrier. `now` is the wall clock, aware; `random_code` is for rehearsals.

    `sid_of`: our call -> the carrier's id of the caller's leg; without it nobody on the line can be connected.
    """

    def rules() -> Mapping[str, QueueRules]:
        return flows.queues

    numbers = CurrentNumbers(lambda: dial_rules(dialling, flows.flows.values()))
    parts = DeskParts(
        callbacks=stores.callbacks,
        agents=stores.agents,
        texts=stores.texts,
        rules=rules,
        hours_by_name=flows.hours,
        numbers=numbers,
        now=now,
        company=lambda name: company_of(flows, name),
        limits=desk_limits(dialling),
        sid_of=sid_of,
    )
    if random_code is not None:
        parts = replace(parts, random_code=random_code)
    desk = CallbackDesk(parts)

    def book_by_key(call_id: str, caller: str, dialled: str, language: str, _: datetime) -> str | None:
        flow = flows.for_number(dialled)
        if flow is None or (queue := queue_of(flow, rules())) is None:
            return None
        return desk.book_by_key(call_id, caller, dialled, language, flow.name, queue)

    service = StoredQueue(
        QueueParts(
            callbacks=stores.callbacks,
            agents=stores.agents,
            texts=stores.texts,
            rules=rules,
            hours=flows.hours,
            numbers=numbers,
            company=parts.company,
            why=lambda callback, at, language: explain(parts, callback, at, language),
            book_by_key=book_by_key,
            book_by_text=desk.book_by_text,
            read_time=read_time,
            new_code=parts.new_code,
        )
    )
    return QueueHouse(stores, numbers, desk, service, rules, flows.hours, dial_limits(dialling))


def open_dialler(settings: Settings) -> CarrierDialler:
    """The carrier as workers use it."""
    carrier = settings.carrier
    token = carrier.auth_tokens[0].get_secret_value() if carrier.auth_tokens else ""
    return CarrierDialler(
        carrier.account_sid, token, settings.public_url, carrier.api_base, timeout_secs=DIAL_TIMEOUT_SECS
    )


def number_problem(dialling: Dialling) -> Callable[[str], str]:
    """Why a number that stands in a flow may not be dialled, in a word; empty: it may."""
    numbers = DialNumbers(dial_rules(dialling, ()))
    return lambda text: numbers.check(text).problem


def dial_rules(dialling: Dialling, flows: Iterable[Flow]) -> DialRules:
    """Which numbers may be dialled. Raises `ValueError` for regions or prefixes that make no sense."""
    own = sorted({number for flow in flows for number in flow.numbers})
    return DialRules(
        home_region=dialling.home_region,
        allowed_countries=dialling.allowed_countries,
        denied_prefixes=dialling.denied_prefixes,
        own_numbers=tuple(own),
        allow_fictional=bool(dialling.allow_fictional),
    )


def desk_limits(dialling: Dialling) -> DeskLimits:
    """What the counter promises at the most."""
    return DeskLimits(
        dialling.per_caller_hour,
        dialling.per_prefix_hour,
        dialling.per_forged_hour,
        dialling.unanswered,
        may_dial=dialling.enabled,
    )


def dial_limits(dialling: Dialling) -> DialLimits:
    """Budgets and times of workers."""
    return DialLimits(
        is_enabled=dialling.enabled,
        per_hour=dialling.per_hour,
        per_day=dialling.per_day,
        settle_secs=dialling.settle_secs,
        lease_secs=dialling.lease_secs,
        texts_per_day=dialling.texts_per_day,
    )


def company_of(flows: FlowsInForce, name: str) -> str:
    """What callers of a flow know the company as: the flow's title."""
    flow = flows.flows.get(name)
    return flow.title if flow is not None else ""


def queue_of(flow: Flow, rules: Mapping[str, QueueRules]) -> str | None:
    """The queue that a flow's own callback step names; else the only, or first, one."""
    named = [node.verb.queue for node in flow.nodes.values() if isinstance(node.verb, CallbackVerb)]
    return next(iter(named), None) or next(iter(rules), None)


def read_time(words: str, language: str, now: datetime) -> str | None:
    """A time in the caller's words as `FROM/TO`; None when there is none. `now` is the caller's, naive."""
    # Only here: most processes never read a time.
    from ivr.understanding.slots import SlotContext, parse_slot

    found = parse_slot(words, SlotType("callback_time"), SlotContext(language, now))
    return found.value if found is not None and found.is_valid else None
