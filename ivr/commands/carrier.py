"""`ivr carrier`: the simulated carrier as a program of its own."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from ivr.commands.carrier_voice import CarrierVoice
from ivr.commands.common import tell
from ivr.simulator.carrier import CarrierSettings, NumberSettings, run_carrier
from ivr.simulator.carrier.control.desk import ControlDesk
from ivr.simulator.carrier.control.values import ControlInvalid
from ivr.simulator.line_order import make_line
from ivr.strict_yaml import Mapping, Scalar, Tree, YamlInvalid, read_file

SAMPLE_NUMBERS = ("+15005550006", "+815012345678")
SAMPLE_TELEPHONES = ("+12025550123", "+12025550145", "+12025550167")
"""Whose telephones are pages in a browser: numbers that belong to nobody."""


def carrier_settings(port: int, voice_url: str, numbers: list[str]) -> CarrierSettings:
    """Numbers whose calls go to one webhook, the others beside it. Raises `ValueError` without a token."""
    base = voice_url.rsplit("/voice/", 1)[0]
    number = NumberSettings(
        voice_url=voice_url,
        voice_fallback_url=f"{base}/voice/fallback",
        status_callback=f"{base}/voice/status",
        sms_url=f"{base}/sms/incoming",
    )
    return CarrierSettings(
        account_sid=os.environ.get("TWILIO_ACCOUNT_SID") or "AC" + "0" * 31 + "1",
        auth_token=os.environ.get("TWILIO_AUTH_TOKEN", ""),
        port=port,
        numbers=dict.fromkeys(numbers or SAMPLE_NUMBERS, number),
        telephones=SAMPLE_TELEPHONES,
        allow_ws_on_loopback=True,
    )


def read_plan(path: Path) -> object:
    """A YAML or JSON file of `numbers`, `texts` and `faults` as plain values; raises `YamlInvalid`."""
    documents = read_file(path)
    return _plain(documents[0]) if documents else {}


def run_simulated_carrier(port: int, voice_url: str, numbers: list[str], parties: Path | None = None) -> int:
    """Serves until Ctrl-C. `parties` is a file that says what dialled numbers do."""
    if not os.environ.get("TWILIO_AUTH_TOKEN"):
        tell("TWILIO_AUTH_TOKEN is empty; set the same secret here and for `ivr serve`.")
        return 2
    settings = carrier_settings(port, voice_url, numbers)
    try:
        plan = {} if parties is None else read_plan(parties)
        ControlDesk.check_plan(plan)
    except (YamlInvalid, ControlInvalid) as error:
        tell(f"{parties} cannot be used: {error}")
        return 2
    tell(f"Simulated carrier on http://127.0.0.1:{port}; numbers: {', '.join(settings.numbers)}")
    voice = CarrierVoice()
    try:
        asyncio.run(
            run_carrier(
                settings,
                say_to_audio=voice,
                make_line=make_line,
                on_ready=lambda carrier: carrier.desk.take_plan(plan),
            )
        )
    finally:
        voice.close()
    return 0


def _plain(tree: Tree) -> object:
    """Texts, lists and names with values; `null` and nothing are None."""
    if isinstance(tree, Scalar):
        return None if not tree.is_quoted and tree.text in ("", "null", "~") else tree.text
    if isinstance(tree, Mapping):
        return {name: _plain(value) for name, value in tree.items.items()}
    return [_plain(item) for item in tree.items]
