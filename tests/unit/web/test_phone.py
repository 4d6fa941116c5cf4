import re
import time
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from ivr.simulator.carrier.softphone.tokens import read_token
from ivr.web.phone import is_phone_served
from ivr.web.softphone import page_policy, socket_address
from tests.fakes.queue_service import ScriptedQueue
from tests.unit.web.kit import ACCOUNT, ENGLISH, TOKEN, House, settings

pytestmark = pytest.mark.unit

SIMULATED = {"TWILIO_API_BASE": "http://127.0.0.1:8099", "IVR_PUBLIC_URL": "http://127.0.0.1:8080"}
STATIC = Path(__file__).parents[3] / "ivr" / "web" / "static"


@pytest.fixture
def house() -> House:
    return House(settings(**SIMULATED), queue=ScriptedQueue())


def ask(house: House, path: str, address: str = "127.0.0.1") -> TestResponse:
    return house.client.get(path, headers={"Host": "localhost:8080"}, environ_base={"REMOTE_ADDR": address})


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"TWILIO_API_BASE": "http://127.0.0.1:8099"},
        {"IVR_PUBLIC_URL": "http://127.0.0.1:8080"},
        {**SIMULATED, "IVR_ENVIRONMENT": "production"},
    ],
)
def test_page_exists_only_beside_the_simulated_carrier_and_never_in_production(environ: dict[str, str]) -> None:
    house = House(settings(**environ), queue=ScriptedQueue())
    assert ask(house, "/phone").status_code == 404
    assert ask(house, "/phone/token").status_code == 404


def test_page_is_not_there_without_an_account_to_sign_with() -> None:
    assert not is_phone_served(settings(**SIMULATED, TWILIO_AUTH_TOKEN=""))


@pytest.mark.parametrize("path", ["/phone", "/phone/token", f"/phone/numbers/{ENGLISH}"])
def test_nobody_else_gets_page_or_token(house: House, path: str) -> None:
    assert ask(house, path, "203.0.113.9").status_code == 403


def test_page_may_talk_to_the_carriers_socket_and_to_nobody_else(house: House) -> None:
    answer = ask(house, "/phone")
    policy = answer.headers["Content-Security-Policy"]
    assert "connect-src 'self' ws://127.0.0.1:8099 http://127.0.0.1:8099" in policy
    assert "unsafe" not in policy and "script-src 'self'" in policy
    assert answer.headers["Permissions-Policy"] == "microphone=(self)"
    assert "Simulated carrier – nobody is really called" in answer.text
    assert "style=" not in answer.text and not re.search(r"<script(?![^>]*src=)", answer.text)


def test_token_opens_the_carriers_socket_as_a_telephone(house: House) -> None:
    answer = ask(house, "/phone/token")
    body = answer.json
    assert body is not None and body["socket"] == "ws://127.0.0.1:8099/softphone"
    assert answer.headers["Cache-Control"] == "no-store"
    grant = read_token(body["token"], {ACCOUNT: TOKEN}, ACCOUNT, time.time())
    assert grant.is_telephone and not grant.may_receive


def test_number_says_its_flow_and_language(house: House) -> None:
    assert ask(house, f"/phone/numbers/{ENGLISH}").json == {"number": ENGLISH, "flow": "support", "language": "en"}
    assert ask(house, "/phone/numbers/+12025550100").status_code == 404


def test_carrier_behind_https_is_met_over_wss() -> None:
    behind = settings(**{**SIMULATED, "TWILIO_API_BASE": "https://carrier.example:444/base"})
    assert socket_address(behind) == "wss://carrier.example:444/base/softphone"
    assert "wss://carrier.example:444 https://carrier.example:444" in page_policy(behind)


def test_scripts_of_the_page_load_nothing_from_elsewhere() -> None:
    for path in [STATIC / "phone.js", *(STATIC / "softphone").glob("*.js")]:
        imported = re.findall(r'^import .* from "([^"]+)";$', path.read_text(encoding="utf-8"), re.MULTILINE)
        assert all(name.startswith("./") and (path.parent / name).exists() for name in imported), path.name
