"""The simulated carrier's numbers, and what it wants before it starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.commands import carrier
from ivr.simulator.carrier import Carrier, CarrierSettings

pytestmark = pytest.mark.unit

URL = "http://127.0.0.1:8080/voice/incoming"


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "2" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "secret")


def test_fallback_and_status_lie_beside_the_webhook() -> None:
    settings = carrier.carrier_settings(8099, URL, ["+12025550100"])
    assert (settings.account_sid, settings.auth_token, settings.port) == ("AC" + "2" * 32, "secret", 8099)
    assert list(settings.numbers) == ["+12025550100"]
    number = settings.numbers["+12025550100"]
    assert (number.voice_url, number.voice_fallback_url, number.status_callback, number.sms_url) == (
        URL,
        "http://127.0.0.1:8080/voice/fallback",
        "http://127.0.0.1:8080/voice/status",
        "http://127.0.0.1:8080/sms/incoming",
    )


def test_without_numbers_it_owns_the_samples() -> None:
    assert list(carrier.carrier_settings(8099, URL, []).numbers) == ["+15005550006", "+815012345678"]


def test_without_an_account_it_has_an_invented_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "")
    assert carrier.carrier_settings(8099, URL, []).account_sid == "AC00000000000000000000000000000001"


def test_without_a_token_it_does_not_start(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("TWILIO_AUTH_TOKEN")
    assert carrier.run_simulated_carrier(8099, URL, []) == 2
    assert capsys.readouterr().err == ("TWILIO_AUTH_TOKEN is empty; set the same secret here and for `ivr serve`.\n")


def test_it_says_where_it_is_and_serves(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    served: list[CarrierSettings] = []

    async def serve(settings: CarrierSettings, on_ready: Callable[[Carrier], None], **_: object) -> None:
        served.append(settings)

    monkeypatch.setattr(carrier, "run_carrier", serve)
    assert carrier.run_simulated_carrier(8123, URL, ["+12025550100"]) == 0
    assert [one.port for one in served] == [8123]
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "Simulated carrier on http://127.0.0.1:8123; numbers: +12025550100\n")


PLAN = """
numbers:
  "+12025550123":
    - pickup: busy
    - {after_ms: 250, steps: [{quiet_ms: 800, press: "1"}]}
texts:
  "+12025550123": {final: undelivered}
faults:
  rest: {lying: 0.25}
"""


def test_file_of_parties_is_given_to_the_carrier(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "parties.yaml"
    file.write_text(PLAN, encoding="utf-8")
    made: list[Carrier] = []

    async def serve(settings: CarrierSettings, on_ready: Callable[[Carrier], None], **_: object) -> None:
        made.append(Carrier(settings))
        await made[0].start(serve_rest=False)
        on_ready(made[0])
        await made[0].stop()

    monkeypatch.setattr(carrier, "run_carrier", serve)
    assert carrier.run_simulated_carrier(8123, URL, [], file) == 0
    assert made[0].desk.numbers() == {
        "+12025550123": [{"pickup": "busy", "after_ms": 1000}, {"pickup": "answer", "after_ms": 250}]
    }
    assert made[0].faults.rest.lying.rate == 0.25


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("numbers: {'+12025550123': {pickup: maybe}}", "numbers.…23.pickup: must be one of answer, busy"),
        ("numbers: [", "this is not YAML"),
        ("telephones: {}", "plan: `telephones` is unknown"),
    ],
)
def test_file_with_a_mistake_does_not_start(
    text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "parties.yaml"
    file.write_text(text, encoding="utf-8")
    assert carrier.run_simulated_carrier(8123, URL, [], file) == 2
    assert told in capsys.readouterr().err
