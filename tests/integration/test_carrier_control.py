"""Driving the carrier from another process: the control routes."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from twilio.rest import Client

from ivr.simulator.carrier import Carrier
from tests.fakes.small_application import ACCOUNT, CALLER, NUMBER, TOKEN, SmallApplication
from tests.integration.carrier_client import HELLO, Loop, create, with_loop

pytestmark = pytest.mark.integration

GATHER = '<Response><Gather numDigits="1" action="/pressed"><Say>press one</Say></Gather></Response>'


class Driver:
    """Another process, as far as the carrier can tell."""

    def __init__(self, carrier: Carrier) -> None:
        self._base = f"{carrier.base_url}/simulator"
        self.session = requests.Session()
        self.session.auth = (ACCOUNT, TOKEN)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        answer = self.session.request(method, self._base + path, json=body, timeout=5)
        if answer.status_code >= 400:
            return answer.status_code
        return answer.json() if answer.content else None


def drive(work: Callable[[Driver, Client, SmallApplication, Loop], None]) -> None:
    def run(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        driver = Driver(carrier)
        try:
            work(driver, client, application, loop)
        finally:
            driver.session.close()

    with_loop(run)


def test_number_answers_as_ordered() -> None:
    def work(driver: Driver, client: Client, application: SmallApplication, loop: Loop) -> None:
        application.replies["/voice"] = GATHER
        application.replies["/pressed"] = "<Response/>"
        steps = [{"on_say": "press one", "after_ms": 200, "press": "1"}]
        driver.ask("PUT", f"/numbers/{CALLER}", [{"pickup": "busy"}, {"after_ms": 100, "steps": steps}])
        assert driver.ask("GET", "/numbers")[CALLER][0] == {"pickup": "busy", "after_ms": 1000}
        first = create(client, application).sid
        loop.ended(first)
        assert client.calls(first).fetch().status == "busy"
        second = create(client, application).sid
        loop.ended(second)
        assert application.to("/pressed")[0].params["Digits"] == "1"
        shown = driver.ask("GET", f"/calls/{second}")
        assert (shown["status"], shown["said"]) == ("completed", ["press one"])
        assert [call["sid"] for call in driver.ask("GET", f"/calls?to=%2B{CALLER[1:]}")["calls"]] == [first, second]
        driver.ask("DELETE", f"/numbers/{CALLER}")
        assert driver.ask("GET", "/numbers") == {}

    drive(work)


def test_message_in_a_voicemail_can_be_read() -> None:
    def work(driver: Driver, client: Client, application: SmallApplication, loop: Loop) -> None:
        driver.ask("PUT", f"/numbers/{CALLER}", {"voicemail": {"greeting_ms": 1000}, "after_ms": 100})
        document = "<Response><Say>your code is 4071</Say></Response>"
        sid = create(client, application, url=None, twiml=document, machine_detection="DetectMessageEnd").sid
        loop.ended(sid)
        messages = driver.ask("GET", f"/numbers/{CALLER}/voicemail")["messages"]
        assert [message["words"] for message in messages] == [["your code is 4071"]]

    drive(work)


def test_somebody_calls_and_acts() -> None:
    def work(driver: Driver, client: Client, application: SmallApplication, loop: Loop) -> None:
        application.replies["/voice"] = GATHER.replace("</Say>", '</Say><Pause length="600"/>')
        application.replies["/pressed"] = HELLO
        call = driver.ask("POST", "/calls", {"from": CALLER, "to": NUMBER, "params": {"StirVerstat": "none"}})
        loop.answered(call["sid"])
        driver.ask("POST", f"/calls/{call['sid']}/press", {"digits": "1"})
        loop.until(lambda: len(application.to("/pressed")) == 1)
        assert application.to("/voice")[0].params["StirVerstat"] == "none"
        driver.ask("POST", f"/calls/{call['sid']}/hang_up")
        loop.ended(call["sid"])
        assert driver.ask("GET", f"/calls/{call['sid']}")["status"] == "completed"

    drive(work)


def test_texts_both_ways() -> None:
    def work(driver: Driver, client: Client, application: SmallApplication, loop: Loop) -> None:
        application.replies["/sms"] = "<Response><Message>soon</Message></Response>"
        driver.ask("PUT", f"/texts/{CALLER}/delivery", {"final": "undelivered"})
        sent = driver.ask("POST", "/texts", {"from": CALLER, "to": NUMBER, "body": "WHEN"})
        assert sent["replies"] == ["soon"]
        loop.until(lambda: len(application.to("/sms")) == 1)
        found = driver.ask("GET", f"/texts?to=%2B{CALLER[1:]}")["texts"]
        assert [text["body"] for text in found] == ["soon"]

    drive(work)


def test_faults_are_shown_and_changed_and_do_not_hit_the_driver() -> None:
    def work(driver: Driver, client: Client, application: SmallApplication, loop: Loop) -> None:
        changed = driver.ask("PATCH", "/faults", {"refuse_requests": 1, "rest": {"lying": {"coming": 1}}})
        assert changed["rest"]["lying"] == {"rate": 0.0, "coming": 1}
        assert driver.ask("GET", "/faults")["refuse_requests"] == 1
        assert driver.ask("PATCH", "/faults", {"refuse_requests": 0})["rest"]["lying"]["coming"] == 1

    drive(work)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", f"/numbers/{CALLER}", {"pickup": "maybe"}),
        ("POST", "/calls", {"from": CALLER}),
        ("POST", "/calls", {"from": CALLER, "to": "+12025550111"}),
        ("POST", "/texts", {"from": CALLER, "to": "+12025550111", "body": "x"}),
        ("PATCH", "/faults", {"rest": 1}),
    ],
)
def test_orders_with_mistakes_are_refused(method: str, path: str, body: object) -> None:
    def work(driver: Driver, client: Client, application: SmallApplication, loop: Loop) -> None:
        assert driver.ask(method, path, body) == 400

    drive(work)


def test_driver_needs_the_accounts_credentials() -> None:
    def work(driver: Driver, client: Client, application: SmallApplication, loop: Loop) -> None:
        driver.session.auth = (ACCOUNT, "wrong")
        assert driver.ask("GET", "/calls") == 401

    drive(work)


def test_unknown_calls_and_acts_are_404() -> None:
    def work(driver: Driver, client: Client, application: SmallApplication, loop: Loop) -> None:
        assert driver.ask("GET", "/calls/CA1") == 404
        sid = create(client, application).sid
        assert driver.ask("POST", f"/calls/{sid}/dance") == 404

    drive(work)
