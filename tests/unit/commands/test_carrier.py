"""The simulated carrier's numbers, and what it wants before it starts."""

from __future__ import annotations

import pytest

from ivr.commands import carrier
from ivr.simulator.carrier import CarrierSettings

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
    assert (number.voice_url, number.voice_fallback_url, number.status_callback) == (
        URL,
        "http://127.0.0.1:8080/voice/fallback",
        "http://127.0.0.1:8080/voice/status",
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

    async def serve(settings: CarrierSettings) -> None:
        served.append(settings)

    monkeypatch.setattr(carrier, "run_carrier", serve)
    assert carrier.run_simulated_carrier(8123, URL, ["+12025550100"]) == 0
    assert [one.port for one in served] == [8123]
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "Simulated carrier on http://127.0.0.1:8123; numbers: +12025550100\n")
