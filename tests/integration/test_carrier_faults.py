"""Ordered troubles as the official client and an application meet them."""

from typing import Any

import pytest
import requests
from twilio.rest import Client

from ivr.simulator.carrier import Answering, Carrier
from ivr.simulator.carrier.faults import Odds, RequestKind
from tests.fakes.small_application import CALLER, SmallApplication
from tests.integration.carrier_client import HELLO, Loop, create, refusal, with_client, with_loop

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("fault", "answer", "calls"),
    [("refused", (429, 20429), 0), ("failed", (500, 20500), 0), ("lying", (500, 20500), 1)],
)
def test_answer_that_is_no_success(fault: str, answer: tuple[int, int], calls: int) -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        setattr(carrier.faults.rest, fault, Odds(coming=1))
        assert refusal(lambda: create(client, application)) == answer
        assert [one.to for one in client.calls.list()] == [CALLER] * calls
        assert create(client, application).status == "queued"

    with_client(work)


@pytest.mark.parametrize(("fault", "calls"), [("cut", 0), ("unanswered", 1)])
def test_connection_that_breaks(fault: str, calls: int) -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        setattr(carrier.faults.rest, fault, Odds(coming=1))
        with pytest.raises(requests.ConnectionError):
            create(client, application)
        assert len(client.calls.list()) == calls

    with_client(work)


def test_denied_call_still_rings_and_tells_so() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        carrier.set_answering(CALLER, Answering())
        carrier.faults.rest.lying.coming = 1
        wanted: dict[str, Any] = {"status_callback": f"{application.base}/status", "status_callback_event": ["ringing"]}
        assert refusal(lambda: create(client, application, **wanted)) == (500, 20500)
        loop.until(lambda: len(application.to("/status")) == 1)
        assert application.to("/status")[0].params["CallSid"] == carrier.calls[0].sid

    with_loop(work)


def test_slow_answer_outlasts_the_clients_patience() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        carrier.faults.rest.slow.coming = 1
        carrier.faults.rest.slow_after_ms = 30_000
        client.http_client.timeout = 0.3
        with pytest.raises(requests.ReadTimeout):
            create(client, application)
        client.http_client.timeout = 5
        assert len(client.calls.list()) == 1

    with_client(work)


def test_slow_before_means_done_later() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        carrier.faults.rest.slow.coming = 1
        carrier.faults.rest.slow_before_ms = 10_000
        client.http_client.timeout = 0.2
        with pytest.raises(requests.ReadTimeout):
            create(client, application)
        assert len(carrier.calls) == 0
        loop.until(lambda: len(carrier.calls) == 1)

    with_loop(work)


def test_only_the_chosen_kinds_of_requests_suffer() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        sid = create(client, application).sid
        carrier.faults.rest.kinds = frozenset({RequestKind.READ})
        carrier.faults.rest.failed = Odds(rate=1.0)
        assert refusal(lambda: client.calls(sid).fetch()) == (500, 20500)
        assert client.calls(sid).update(status="canceled").sid == sid
        assert create(client, application, twiml=HELLO).status == "queued"

    with_client(work)


def test_lag_of_lists_can_be_changed_while_it_runs() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        create(client, application)
        carrier.faults.list_lag_secs = 3600.0
        assert client.calls.list() == []
        carrier.faults.list_lag_secs = 0.0
        assert len(client.calls.list()) == 1

    with_client(work)
