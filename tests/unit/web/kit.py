"""A web process in memory, and a carrier that signs what it asks. The signature is made by the official library."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from ivr.ports import Accounts, AgentStore, MediaNode
from ivr.settings import Settings, load_settings
from ivr.web import FlowRef, WebDeps, create_app
from tests.fakes.queue_service import ScriptedQueue
from tests.fakes.stores import MemoryCallStore, MemoryNodeStore, MemoryWebhookLedger

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC = "https://calls.example.com"
CALL = "CA" + "a" * 32
ENGLISH, JAPANESE = "+15005550006", "+815005550006"
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class StandingClock:
    """A clock that moves only when told."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def monotonic_ms(self) -> int:
        return int((self.at - START).total_seconds() * 1000)

    def pass_by(self, secs: float) -> None:
        self.at += timedelta(seconds=secs)


def settings(**environ: str) -> Settings:
    """The shipped settings, with an account."""
    account = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "IVR_PUBLIC_URL": PUBLIC}
    return load_settings(Path(__file__).parents[3] / "config", {**account, **environ})


def flow_for(dialled: str) -> FlowRef | None:
    """Two numbers, two languages."""
    hours = {"en": "Monday to Friday from nine to six", "ja": "平日九時から十八時"}
    flows = {
        ENGLISH: FlowRef("support", "v1", "en", hours_text=hours),
        JAPANESE: FlowRef("support", "v1", "ja", hours_text=hours),
    }
    return flows.get(dialled)


@dataclass
class House:
    """A web process, its stores, and a carrier that asks it."""

    settings: Settings = field(default_factory=settings)
    clock: StandingClock = field(default_factory=StandingClock)
    calls: MemoryCallStore = field(default_factory=MemoryCallStore)
    nodes: MemoryNodeStore = field(default_factory=MemoryNodeStore)
    ledger: MemoryWebhookLedger = field(default_factory=MemoryWebhookLedger)
    queue: ScriptedQueue | None = None
    sound: Callable[[str], bytes] | None = None
    accounts: Accounts | None = None
    agents: AgentStore | None = None

    def __post_init__(self) -> None:
        tokens = (f"token-{number}" for number in itertools.count(1))
        ids = (f"{number:032x}" for number in itertools.count(1))
        self.deps = WebDeps(
            self.settings,
            self.calls,
            self.nodes,
            self.ledger,
            self.clock,
            flow_for,
            queue=self.queue,
            sound=self.sound,
            accounts=self.accounts,
            agents=self.agents,
            new_token=lambda: next(tokens),
            new_call_id=lambda: next(ids),
        )
        self.app = create_app(self.deps)
        self.client: FlaskClient = self.app.test_client()

    def add_node(self, name: str = "media-1", *, live: int = 0, capacity: int = 10, draining: bool = False) -> None:
        """A media node that is heard of now."""
        self.nodes.register(MediaNode(name, f"wss://{name}.example/media", capacity, live, self.clock.now(), draining))

    def beat(self, name: str = "media-1", live: int = 0) -> None:
        """A sign of life."""
        self.nodes.heartbeat(name, live=live, draining=False, at=self.clock.now())

    def ask(self, target: str, form: dict[str, str] | None = None, **changes: str) -> TestResponse:
        """A signed webhook. `target` is path and query."""
        return self.ask_only(target, {**voice_form(), **(form or {}), **changes})

    def ask_only(self, target: str, values: dict[str, str]) -> TestResponse:
        """A signed webhook with just these parameters."""
        signature = RequestValidator(TOKEN).compute_signature(PUBLIC + target, values)
        return self.send(target, urlencode(values), signature)

    def send(self, target: str, body: str | bytes, signature: str | None, kind: str | None = None) -> TestResponse:
        """Whatever is given, as it is."""
        headers = {} if signature is None else {"X-Twilio-Signature": signature}
        content_type = "application/x-www-form-urlencoded; charset=UTF-8" if kind is None else kind
        return self.client.post(target, data=body, headers=headers, content_type=content_type)

    def figure(self, line: str) -> float:
        """The value of one line of the metrics."""
        found = re.search(rf"^{re.escape(line)} (\S+)$", self.client.get("/metrics").text, re.MULTILINE)
        return float(found[1]) if found is not None else 0.0


def voice_form() -> dict[str, str]:
    """What the carrier sends with a call that rings."""
    return {
        "CallSid": CALL, "AccountSid": ACCOUNT, "From": "+15005550001", "Caller": "+15005550001", "To": ENGLISH,
        "Called": ENGLISH, "CallStatus": "ringing", "ApiVersion": "2010-04-01", "Direction": "inbound",
        "CallerState": "", "FromCity": "",
    }  # fmt: skip


def japanese() -> dict[str, str]:
    """The number that begins in Japanese."""
    return {"To": JAPANESE, "Called": JAPANESE}


def document(answer: TestResponse) -> Element:
    """A TwiML answer, parsed by a strict parser."""
    assert answer.status_code == 200, answer.status
    assert answer.content_type == "text/xml; charset=utf-8"
    return fromstring(answer.text)


def verbs(answer: TestResponse) -> list[str]:
    """Names of the verbs, in order."""
    return [verb.tag for verb in document(answer)]


def stream_url(answer: TestResponse) -> str:
    """Where the audio is sent."""
    stream = document(answer).find("Connect/Stream")
    assert stream is not None
    return stream.attrib["url"]


def redirect(answer: TestResponse) -> str:
    """Path and query of the redirect."""
    verb = document(answer).find("Redirect")
    assert verb is not None
    assert verb.attrib["method"] == "POST"
    assert (verb.text or "").startswith(PUBLIC)
    return (verb.text or "").removeprefix(PUBLIC)


def said(answer: TestResponse) -> tuple[str, str]:
    """Language and text of what is spoken."""
    say = document(answer).find("Say")
    assert say is not None
    return say.attrib["language"], say.text or ""
