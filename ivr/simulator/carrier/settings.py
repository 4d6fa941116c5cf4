"""What the simulated carrier is told at its start: account, numbers, time limits, answering behaviour.

Plain frozen data with the real carrier's defaults; nothing here reads files or the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.simulator.carrier.state import CallStatus
from ivr.simulator.carrier.text_opt_out import STOP_WORDS


@dataclass(frozen=True, slots=True)
class NumberSettings:
    """One telephone number of the account and where its calls are announced."""

    voice_url: str
    """Webhook that answers a call with TwiML. Empty: calls to the number fail at once."""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    """Asked once when `voice_url` or a later document fails."""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    """Told the final status of each call to this number."""
    status_callback_method: str = "POST"
    sms_url: str = ""
    """Webhook that is told each inbound text and may reply. Empty: texts arrive and nothing follows."""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    """Asked once when `sms_url` fails."""
    sends_texts: bool = True
    """Whether REST may send texts from it (21606 otherwise)."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits for talking to the application, in real seconds whatever the speed of the line."""

    connect_secs: float = 5.0
    """One TCP connection attempt."""
    read_secs: float = 15.0
    """Silence from the application within one attempt."""
    total_secs: float = 15.0
    """A webhook with all its attempts and redirects."""
    socket_secs: float = 5.0
    """From opening a media socket to its upgrade."""
    close_secs: float = 2.0
    """Flushing and closing a media socket."""


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How calls behave where the real carrier leaves it open. Durations are milliseconds of line time."""

    speed: float = 1.0
    """Line time per real time: 10 plays ten seconds of call in one."""
    seed: int = 0
    """Seeds the stream's timestamp offset and random faults."""
    rejected_status: CallStatus = CallStatus.NO_ANSWER
    """Final status of `<Reject>` without a reason, and of a document that ends without answering."""
    abandoned_status: CallStatus = CallStatus.NO_ANSWER
    """Final status of an inbound call whose caller gave up before the answer."""
    queue_ms: int = 20
    """A REST call's wait before it is dialled."""
    calls_per_second: float = 0.0
    """REST calls dialled per second of line time; more wait in `queued`. 0: no limit (the real default is 1)."""
    dial_ms: int = 50
    """From dialling to ringing."""
    answer_buffer_ms: int = 5000
    """Added to the REST `Timeout` before a call counts as not answered."""
    max_documents: int = 1000
    """TwiML documents in one call before it is ended as a loop."""
    slow_reader_ms: int = 5000
    """Unsent audio on a media socket above which frames are discarded (31930)."""


@dataclass(frozen=True, slots=True)
class CarrierSettings:
    """Everything one carrier knows before its first call."""

    account_sid: str
    auth_token: str = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 0
    """Port of the REST interface; 0 takes a free one."""
    public_url: str = ""
    """Base of resource addresses told to the application; empty: made from host and port."""
    numbers: Mapping[str, NumberSettings] = field(default_factory=dict)
    """E.164 number -> its webhooks."""
    applications: Mapping[str, NumberSettings] = field(default_factory=dict)
    """AP… -> webhooks of calls that browser phones make with an agent's token."""
    telephones: tuple[str, ...] = ()
    """Numbers of telephones that are pages in browsers: they may call, and ring where a page is registered."""
    verified_callers: frozenset[str] = frozenset()
    """Further numbers that REST calls may come from."""
    refused_destinations: Mapping[str, int] = field(default_factory=dict)
    """Number or beginning of numbers -> REST code: 21215 (country not permitted), 21217 (no such number), 21214,
    21216; the longest beginning counts. A `<Dial>` to such a number fails."""
    landlines: frozenset[str] = frozenset()
    """Numbers that REST cannot send texts to (21614)."""
    stop_words: frozenset[str] = STOP_WORDS
    """Inbound texts of just one of these words opt the sender out (21610)."""
    api_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """API key SID -> secret; accepted beside the account's own token."""
    allow_ws_on_loopback: bool = False
    """Accept `ws://` media addresses on this machine; the real carrier wants `wss://`."""
    verify_tls: bool = True
    """Check the application's certificates."""
    list_lag_secs: float = 0.0
    """Line time until a new call shows in the list of calls."""
    keep_finished_calls: int = 10_000
    """Finished calls kept for REST; older ones are forgotten."""
    timeouts: Timeouts = field(default_factory=Timeouts)
    line: LineSettings = field(default_factory=LineSettings)

    def __post_init__(self) -> None:
        """Raise `ValueError` for a secret that would sign nothing."""
        if not self.auth_token or not self.account_sid:
            raise ValueError("account_sid and auth_token must not be empty")

    def refusal_of(self, number: str) -> int:
        """REST code with which calls to `number` are refused; 0 where they are not."""
        found = [prefix for prefix in self.refused_destinations if number.startswith(prefix)]
        return self.refused_destinations[max(found, key=len)] if found else 0
