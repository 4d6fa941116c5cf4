import asyncio
import random
from collections.abc import Callable

import pytest

from ivr.simulator.carrier import Answering
from ivr.simulator.carrier.call import CallHooks
from ivr.simulator.carrier.callbacks import Progress
from ivr.simulator.carrier.documents import InlineTwiml
from ivr.simulator.carrier.faults import CallbackFaults, Odds, RequestKind
from ivr.simulator.carrier.outbound import DialOrder
from ivr.simulator.carrier.rest_faults import kind_of
from ivr.simulator.carrier.settings import LineSettings
from tests.fakes.carrier_world import CALLER, NUMBER, STATUS, twiml, world

pytestmark = pytest.mark.unit

ALL = ["initiated", "ringing", "in-progress", "completed"]


def told(order: Callable[[CallbackFaults], None], calls: int = 1, seed: int = 1) -> list[list[tuple[str, str]]]:
    """(status, idempotency token) of each call's callbacks, in the order of their arrival."""

    async def scenario() -> list[list[tuple[str, str]]]:
        async with world({STATUS: ""}, LineSettings(seed=seed)) as here:
            order(here.carrier.faults.callbacks)
            here.carrier.set_answering(CALLER, Answering(after_ms=200))
            hooks = CallHooks(status_callback=STATUS, status_events=frozenset(Progress))
            made = []
            for _ in range(calls):
                call = here.carrier.dial(NUMBER, CALLER, hooks, DialOrder(InlineTwiml(twiml("<Say>hi</Say>"))))
                made.append(call.sid)
                await call.wait_ended()
                await here.after(200)
            seen = here.webhooks.requests
            return [
                [(r.params["CallStatus"], r.idempotency_token) for r in seen if r.params["CallSid"] == sid]
                for sid in made
            ]

    return asyncio.run(scenario())


def test_odds_strike_the_next_ones_and_then_by_rate() -> None:
    odds = Odds(rate=0.25, coming=3)
    dice = random.Random(7)
    assert [odds.strike(dice) for _ in range(3)] == [True] * 3
    assert 2200 < sum(odds.strike(dice) for _ in range(10_000)) < 2800


def test_no_odds_use_no_dice() -> None:
    dice = random.Random(7)
    before = dice.getstate()
    Odds().strike(dice)
    assert dice.getstate() == before


def test_lost_callbacks_never_come() -> None:
    def order(faults: CallbackFaults) -> None:
        faults.lost.coming = 2

    assert [status for status, _ in told(order)[0]] == ALL[2:]


def test_duplicated_callback_has_the_same_token() -> None:
    def order(faults: CallbackFaults) -> None:
        faults.duplicated.coming = 1
        faults.duplicate_after_ms = 20_000

    seen = told(order)[0]
    first = [token for status, token in seen if status == "initiated"]
    assert len(seen) == 5
    assert len(first) == 2 and len(set(first)) == 1


def test_delayed_callbacks_come_after_later_ones() -> None:
    def order(faults: CallbackFaults) -> None:
        faults.delayed.coming = 1
        faults.longest_delay_ms = 100_000

    assert [status for status, _ in told(order)[0]][-1] == "initiated"


def test_shuffling_changes_the_order_but_loses_nothing() -> None:
    def order(faults: CallbackFaults) -> None:
        faults.shuffle_ms = 5000

    seen = [[status for status, _ in call] for call in told(order, calls=20)]
    assert all(sorted(call) == sorted(ALL) for call in seen)
    assert sum(call != ALL for call in seen) >= 5


def test_same_seed_gives_the_same_troubles() -> None:
    def order(faults: CallbackFaults) -> None:
        faults.shuffle_ms = 5000
        faults.lost.rate = 0.2
        faults.duplicated.rate = 0.2

    def statuses(seed: int) -> list[list[str]]:
        return [[status for status, _ in call] for call in told(order, calls=10, seed=seed)]

    assert statuses(3) == statuses(3)
    assert statuses(3) != statuses(4)


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/2010-04-01/Accounts/AC1/Calls.json", RequestKind.CREATE),
        ("POST", "/2010-04-01/Accounts/AC1/Messages.json", RequestKind.CREATE),
        ("POST", "/2010-04-01/Accounts/AC1/Conferences/room/Participants.json", RequestKind.CREATE),
        ("POST", "/2010-04-01/Accounts/AC1/Calls/CA1.json", RequestKind.CHANGE),
        ("DELETE", "/2010-04-01/Accounts/AC1/Calls/CA1.json", RequestKind.CHANGE),
        ("GET", "/2010-04-01/Accounts/AC1/Calls.json", RequestKind.READ),
    ],
)
def test_kinds_of_requests(method: str, path: str, kind: RequestKind) -> None:
    assert kind_of(method, path) is kind
