"""What a demo runs with: nothing of a real account, nothing of a real database."""

from __future__ import annotations

import asyncio

import pytest
from rich.console import Console

from ivr.commands.demo import Ports, _call_and_stay, _Demo, demo_environment, run_demo
from ivr.places import config_dir
from ivr.settings import load_settings, refusals
from ivr.simulator.carrier import Carrier
from tests.unit.commands.conftest import Place

pytestmark = pytest.mark.unit

PORTS = Ports(web=18080, media=18090, carrier=18099)


def test_a_demo_may_start_and_cannot_reach_a_real_carrier(place: Place) -> None:
    settings = load_settings(config_dir(), demo_environment(PORTS))
    assert refusals(settings) == []
    assert settings.carrier.is_simulated
    assert not settings.is_production
    assert settings.carrier.api_base == "http://127.0.0.1:18099"
    assert (settings.web.port, settings.media.port) == (18080, 18090)
    assert settings.public_url == "http://127.0.0.1:18080"
    assert settings.timeouts.drain_secs == 2


def test_every_demo_has_its_own_secrets(place: Place) -> None:
    first, second = demo_environment(PORTS), demo_environment(PORTS)
    secrets = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "IVR_SECRET_KEY")
    assert all(len(first[name]) >= 32 and first[name] != second[name] for name in secrets)
    assert first["TWILIO_ACCOUNT_SID"].startswith("AC")
    assert len(first["TWILIO_ACCOUNT_SID"]) == 34


def test_its_database_lies_in_a_folder_that_is_made(place: Place) -> None:
    (place.folder / "var").rmdir()
    assert demo_environment(PORTS)["IVR_DATABASE_URL"] == f"sqlite:///{place.folder / 'var' / 'demo.sqlite'}"
    assert (place.folder / "var").is_dir()


def test_it_is_always_open(place: Place) -> None:
    assert demo_environment(PORTS)["IVR_HOURS_OVERRIDE"] == "open"


def test_a_language_without_a_dialogue_is_refused(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_demo(once=True, language="fr") == 2
    assert capsys.readouterr().err == "The demo speaks en and ja; choose one with --language.\n"


def test_its_carrier_is_where_the_server_looks_for_it_and_has_telephones_for_browsers(place: Place) -> None:
    settings = load_settings(config_dir(), demo_environment(PORTS))
    account = _Demo(settings, "en", []).account()
    assert (account.port, account.account_sid) == (18099, settings.carrier.account_sid)
    assert sorted(account.numbers) == ["+15005550006", "+815012345678"]
    number = account.numbers["+15005550006"]
    assert number.voice_url == "http://127.0.0.1:18080/voice/incoming"
    assert number.sms_url == "http://127.0.0.1:18080/sms/incoming"
    assert "+12025550123" in account.telephones


class Stopped:
    """A supervisor that is asked to stop after a few looks."""

    looks = 3

    @property
    def is_stop_asked(self) -> bool:
        self.looks -= 1
        return self.looks < 0


class Quick(_Demo):
    """Whose call is settled at once."""

    async def run(self, carrier: Carrier) -> int:
        assert carrier.services.say_to_audio is not None
        return 0


@pytest.mark.parametrize("once", [True, False])
def test_after_the_call_the_carrier_stays_until_the_server_is_stopped(place: Place, once: bool) -> None:
    environment = demo_environment(PORTS) | {"TWILIO_API_BASE": "http://127.0.0.1:0"}
    console, outcome, stopped = Console(record=True, width=200), list[int](), Stopped()
    demo = Quick(load_settings(config_dir(), environment), "en", [])
    demo.console = console
    asyncio.run(_call_and_stay(demo, stopped, once, outcome))  # type: ignore[arg-type]
    assert outcome == [0]
    assert ("/phone" in console.export_text()) is not once
    assert (stopped.looks == 3) is once
