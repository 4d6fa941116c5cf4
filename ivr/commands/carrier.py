"""`ivr carrier`: the simulated carrier as a program of its own."""

from __future__ import annotations

import asyncio
import os

from ivr.commands.common import tell
from ivr.simulator.carrier import CarrierSettings, NumberSettings, run_carrier

SAMPLE_NUMBERS = ("+15005550006", "+815012345678")


def carrier_settings(port: int, voice_url: str, numbers: list[str]) -> CarrierSettings:
    """Numbers whose calls go to one webhook, fallback and status beside it. Raises `ValueError` without a token."""
    base = voice_url.rsplit("/voice/", 1)[0]
    number = NumberSettings(
        voice_url=voice_url,
        voice_fallback_url=f"{base}/voice/fallback",
        status_callback=f"{base}/voice/status",
    )
    return CarrierSettings(
        account_sid=os.environ.get("TWILIO_ACCOUNT_SID") or "AC" + "0" * 31 + "1",
        auth_token=os.environ.get("TWILIO_AUTH_TOKEN", ""),
        port=port,
        numbers=dict.fromkeys(numbers or SAMPLE_NUMBERS, number),
        allow_ws_on_loopback=True,
    )


def run_simulated_carrier(port: int, voice_url: str, numbers: list[str]) -> int:
    """Serves until Ctrl-C."""
    if not os.environ.get("TWILIO_AUTH_TOKEN"):
        tell("TWILIO_AUTH_TOKEN is empty; set the same secret here and for `ivr serve`.")
        return 2
    settings = carrier_settings(port, voice_url, numbers)
    tell(f"Simulated carrier on http://127.0.0.1:{port}; numbers: {', '.join(settings.numbers)}")
    asyncio.run(run_carrier(settings))
    return 0
