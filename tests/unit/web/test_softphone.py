import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from werkzeug.test import TestResponse

from ivr.core.queueing.legs import Agent, AgentPhone
from ivr.ports import StoreFailed
from ivr.simulator.carrier.softphone.tokens import read_token
from ivr.web.softphone import has_browser_phones
from tests.fakes.queue_service import ScriptedQueue
from tests.unit.web.accounts.people_house import PeopleHouse
from tests.unit.web.kit import ACCOUNT, PUBLIC, TOKEN, House, settings

pytestmark = pytest.mark.unit

SIMULATED = {"TWILIO_API_BASE": "http://127.0.0.1:8099", "IVR_PUBLIC_URL": "http://127.0.0.1:8080"}
KEY = {"TWILIO_API_KEY": "SK" + "1" * 32, "TWILIO_API_SECRET": "f" * 32}


@dataclass
class OneAgent:
    """A store with Ana in it."""

    ana: Agent = field(default_factory=lambda: Agent("ana", "Ana", "+12025550111", ("general",)))
    is_down: bool = False

    def get(self, agent_id: str) -> Agent | None:
        if self.is_down:
            raise StoreFailed("down", retryable=True)
        return self.ana if agent_id == "ana" else None

    def set_state(self, agent_id: str, decide: Callable[[Agent], Agent | None]) -> Agent | None:
        self.ana = decide(self.ana) or self.ana
        return self.ana

    def add(self, agent: Agent) -> None:
        raise NotImplementedError

    def all(self) -> list[Agent]:
        return [self.ana]

    def remove(self, agent_id: str) -> None:
        raise NotImplementedError


@dataclass
class Desk:
    """A web process with one agent."""

    store: OneAgent
    house: House

    def ask(self, path: str, address: str = "127.0.0.1", **more: object) -> TestResponse:
        method = "PUT" if "json" in more else "GET"
        headers = {"Host": "localhost:8080"}
        return self.house.client.open(
            f"/api/v1/softphone/{path}",
            method=method,
            headers=headers,
            environ_base={"REMOTE_ADDR": address},
            **more,  # type: ignore[arg-type]
        )


def desk(**environ: str) -> Desk:
    store = OneAgent()
    return Desk(store, House(settings(**environ), queue=ScriptedQueue(), agents=store))


def test_token_makes_the_page_the_agents_telephone() -> None:
    body = desk(**SIMULATED).ask("token?agent=ana").json
    assert body is not None
    assert (body["identity"], body["phone"], body["socket"]) == ("ana", "telephone", "ws://127.0.0.1:8099/softphone")
    grant = read_token(body["token"], {ACCOUNT: TOKEN}, ACCOUNT, time.time())
    assert (grant.identity, grant.may_receive, grant.is_telephone) == ("ana", True, False)


def test_with_the_real_carrier_the_token_is_signed_with_the_api_key_and_there_is_no_socket_of_ours() -> None:
    body = desk(**KEY, TWILIO_VOICE_APP="AP1", IVR_PUBLIC_URL="http://127.0.0.1:8080").ask("token?agent=ana").json
    assert body is not None and body["socket"] is None
    grant = read_token(body["token"], {KEY["TWILIO_API_KEY"]: KEY["TWILIO_API_SECRET"]}, ACCOUNT, time.time())
    assert grant.application_sid == "AP1"


def test_without_a_key_for_the_real_carrier_there_is_nothing() -> None:
    assert not has_browser_phones(settings())
    assert desk().ask("token?agent=ana").status_code == 404


def test_strangers_get_nothing() -> None:
    here = desk(**SIMULATED)
    assert here.ask("token?agent=ana", "203.0.113.9").status_code == 403
    assert here.ask("phone?agent=ana", "203.0.113.9", json={"phone": "browser"}).status_code == 403
    assert here.ask("token?agent=ben").status_code == 404
    assert here.ask("token").status_code == 404


def test_agent_chooses_where_calls_ring() -> None:
    here = desk(**SIMULATED)
    assert here.ask("phone?agent=ana", json={"phone": "browser"}).json == {"phone": "browser"}
    assert (here.store.ana.phone, here.store.ana.address) == (AgentPhone.BROWSER, "client:ana")
    here.ask("phone?agent=ana", json={"phone": "telephone"})
    assert here.store.ana.address == "+12025550111"


@pytest.mark.parametrize("body", [{}, {"phone": "fax"}, {"phone": ["browser"]}, [], "browser"])
def test_other_choices_are_refused(body: object) -> None:
    here = desk(**SIMULATED)
    assert here.ask("phone?agent=ana", json=body).status_code == 400
    assert here.store.ana.phone is AgentPhone.TELEPHONE


def test_form_of_a_foreign_page_changes_nothing() -> None:
    here = desk(**SIMULATED)
    answer = here.house.client.put(
        "/api/v1/softphone/phone?agent=ana",
        data={"phone": "browser"},
        headers={"Host": "localhost:8080"},
        environ_base={"REMOTE_ADDR": "127.0.0.1"},
    )
    assert answer.status_code == 400 and here.store.ana.phone is AgentPhone.TELEPHONE


def test_database_that_is_down_is_told() -> None:
    here = desk(**SIMULATED)
    here.store.is_down = True
    assert here.ask("token?agent=ana").status_code == 503


def test_signed_in_agent_gets_the_own_telephone_whatever_else_is_asked_for() -> None:
    house = PeopleHouse()
    store = OneAgent()
    kit = House(settings(**KEY, IVR_PUBLIC_URL=PUBLIC), queue=ScriptedQueue(), accounts=house.accounts, agents=store)
    house.web = kit
    ana = house.signed_in("ana")
    body = ana.get("/api/v1/softphone/token?agent=ben").json
    assert body is not None and body["identity"] == "ana"
    assert house.signed_in("kim").get("/api/v1/softphone/token?agent=ana").status_code == 404
    assert house.browser().get("/api/v1/softphone/token?agent=ana").status_code == 401
