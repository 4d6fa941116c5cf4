"""Nothing that must not be dialled is, however it is asked for (T8); a spoofed number gains nothing (T10).

From what a caller says to what the carrier is asked for: the counter, the store, a worker's whole turns.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.queueing.limits import DialLimits
from ivr.core.queueing.model import CallbackState, Cause
from ivr.runtime.desk import CallbackDesk
from ivr.runtime.dispatch import Dispatcher, DispatchPorts
from ivr.telephony.destinations import DialRules
from ivr.telephony.numbers import DialNumbers
from tests.fakes.carrier_port import ScriptedCarrier
from tests.unit.runtime.desk.counter import AT, BOOKING, LATER_CALL, OURS, Counter
from tests.unit.runtime.desk.forbidden_numbers import ALL, FORBIDDEN

pytestmark = pytest.mark.unit

CALLER, AGENT = "+12024561111", "+12024561199"
REAL = DialRules("US", own_numbers=(OURS,), denied_prefixes=("+1646",))
WELL_WRITTEN = [
    "(202) 456-1112",
    "202.456.1113",
    "1 202 456 1114",
    "+1 305 456 1117",
    "011 1 202 456 1115",
    "２０２４５６１１１６",
]


class House(Counter):
    """The counter, and a worker who would dial whatever is due."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.numbers = DialNumbers(REAL)
        self.parts = replace(self.parts, numbers=self.numbers)
        self.desk = CallbackDesk(self.parts)
        self.with_rules(other_numbers_per_day=1000, texts=True)
        self.limits_of_dialling = DialLimits()
        self.carrier = ScriptedCarrier(lambda: self.at)
        self.steady = 0.0
        ports = DispatchPorts(
            self.callbacks,
            self.agents,
            self.texts,
            self.carrier,
            self.numbers,
            lambda: self.rules,
            self.schedules.get,
            lambda: self.limits_of_dialling,
        )
        self.worker = Dispatcher(ports, "w1", lambda: self.at, steady_secs=lambda: self.steady)

    def work(self, secs: int) -> None:
        """Turns of the worker, one a second."""
        for _ in range(secs):
            self.pass_time(seconds=1)
            self.steady += 1
            self.worker.tick(self.at)

    def dialled(self) -> list[str]:
        """Whom the carrier was asked to call or text."""
        return [order.to for order in self.carrier.orders] + [to for to, _, _ in self.carrier.texts]


@pytest.fixture
def house() -> House:
    made = House()
    made.agent(number=AGENT)
    return made


def test_the_table_has_a_hundred_numbers_each_once() -> None:
    assert len(ALL) >= 100 and len(set(ALL)) == len(ALL)


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_nothing_is_promised_to_a_forbidden_number(house: House, kind: str) -> None:
    for number in FORBIDDEN[kind]:
        checked = house.ask("check_number", queue="general", number=number, caller=CALLER)
        told = house.ask("book", BOOKING, number, caller=CALLER, number=number)
        assert (checked["ok"], checked["number"], told["ok"]) == ("no", "", "no"), number
        assert checked["problem_text"] and told["problem_text"]
    house.work(3)
    assert house.rows.callbacks == {} and house.dialled() == []


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_nothing_is_moved_to_or_texted_to_a_forbidden_number(house: House, kind: str) -> None:
    promise = house.now_is(house.ask("book", BOOKING, "k1", caller=CALLER)["id"])
    for number in FORBIDDEN[kind]:
        given = {"id": promise.id, "code": promise.code, "number": number}
        assert house.ask("renumber", given)["ok"] == "no", number
        text = {"to": number, "caller": CALLER, "dialled": OURS, "body": "hello"}
        assert house.ask("text", text, f"text {number}")["ok"] == "no", number
    house.work(3)
    assert set(house.dialled()) <= {CALLER, AGENT}


def test_a_forbidden_caller_is_not_called_back_at_their_own_number(house: House) -> None:
    for number in ALL:
        assert house.desk.book_by_key("c" * 32, number, OURS, "en", "support", "general") is None, number


def test_what_got_into_the_store_all_the_same_is_never_dialled(house: House) -> None:
    """By an older rule, a defect, or somebody with access to the database."""
    good = house.now_is(house.ask("book", BOOKING, "k0", caller=CALLER)["id"])
    house.changed(good, state=CallbackState.CANCELLED)
    for index, number in enumerate(ALL):
        checked = house.numbers.check(number, near=CALLER)
        stored = replace(good, id=f"{1000 + index:032x}", number=checked.e164 or number, state=CallbackState.PENDING)
        house.callbacks.promise(stored, key=f"slipped {index}")
    house.rows.texts.clear()
    house.work(120)
    assert house.dialled() == []
    slipped = [one for one in house.rows.callbacks.values() if one.id != good.id]
    assert len(slipped) > 70
    assert {(one.state, one.cause) for one in slipped} == {(CallbackState.FAILED, Cause.REFUSED)}


@pytest.mark.parametrize("written", WELL_WRITTEN)
def test_an_ordinary_number_is_dialled_however_it_is_written(house: House, written: str) -> None:
    """A check that refused everything would be no check."""
    told = house.ask("book", BOOKING, "k1", caller=CALLER, number=written)
    assert told["ok"] == "yes"
    house.work(2)
    assert house.dialled()[0] == AGENT
    assert house.now_is(told["id"]).state is CallbackState.DIALLING


def test_with_the_kill_switch_nobody_is_dialled_and_nothing_is_lost(house: House) -> None:
    told = house.ask("book", BOOKING, "k1", caller=CALLER)
    house.limits_of_dialling = DialLimits(is_enabled=False)
    house.work(60)
    assert house.dialled() == []
    assert house.now_is(told["id"]).state is CallbackState.PENDING


def test_when_the_budget_is_used_up_the_others_wait(house: House) -> None:
    house.limits_of_dialling = DialLimits(per_hour=2, per_day=2)
    for last in range(3):
        house.agent(f"agent{last}", number=f"+1202456120{last}")
        house.ask("book", BOOKING, f"k{last}", caller=f"+1202456{1111 + last}")
    house.work(5)
    assert len(house.carrier.orders) <= 2
    assert len([one for one in house.rows.callbacks.values() if one.state is CallbackState.PENDING]) >= 2


def test_who_was_stopped_after_the_promise_is_not_dialled(house: House) -> None:
    told = house.ask("book", BOOKING, "k1", caller=CALLER)
    house.callbacks.stop(CALLER, at=AT, by="customer")
    house.work(5)
    assert CALLER not in house.dialled()
    assert house.now_is(told["id"]).cause is Cause.REFUSED


# -- a spoofed number --------------------------------------------------------------------------------

SECRETS = ("4271", "four two seven one", "Ana Lima", "42719", "Order status", "2 and 4")


def test_somebody_who_only_shows_the_callers_number_learns_and_changes_nothing(house: House) -> None:
    """Every operation is tried with the spoofed number, and with guesses; all answers together hold no secret."""
    house.codes = ["4271"]
    mine = {"when": "2026-11-24T14:00/2026-11-24T16:00", "name": "Ana Lima", "reason": "Order status"}
    told = house.ask("book", BOOKING, "k1", caller=CALLER, **{"brief.order": "42719"}, **mine)
    promise = house.now_is(told["id"])
    facts = house.desk.facts(LATER_CALL, CALLER, OURS, house.at)
    assert facts.records == {} and facts.has_callback

    spoofed = {"queue": "general", "caller": CALLER, "call_id": LATER_CALL, "language": "en", "dialled": OURS}
    guesses = [
        ("unlock", {"code": "1234"}),
        ("unlock", {"code": ""}),
        ("book", {"when": "asap"}),
        ("check_number", {"number": CALLER}),
        ("move", {"id": "", "code": "", "when": "asap"}),
        ("move", {"id": promise.id, "code": "1234", "when": "asap"}),
        ("renumber", {"id": promise.id, "code": "1234", "number": "+12135550177"}),
        ("note", {"id": promise.id, "code": "1234", "words": "x"}),
        ("cancel", {"id": promise.id, "code": "1234"}),
        ("leg", {"word": "stopped"}),
    ]
    answers = [house.ask(name, spoofed, f"spoofed {name}", **more) for name, more in guesses]
    answers.append(house.ask("message", {**spoofed, "words": "hello"}, "spoofed message"))
    heard = " ".join(value for answer in answers for value in answer.values() if value != promise.id)
    assert [secret for secret in SECRETS if secret in heard] == []
    assert house.now_is(promise.id) == promise
    assert house.desk.book_by_key(LATER_CALL, CALLER, OURS, "en", "support", "general") == ""
