"""Connection overrides: the `#rc=2&rp=5xx,ct` fragment on a webhook's URL (webhooks.md section 1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qsl

from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.settings import Timeouts


class Failure(Enum):
    """Ways in which one attempt fails, as the retry policy names them."""

    CLIENT_ERROR = "4xx"
    SERVER_ERROR = "5xx"
    CONNECT = "ct"
    READ = "rt"


@dataclass(frozen=True, slots=True)
class Policy:
    """How one webhook is attempted."""

    connect_secs: float
    read_secs: float
    total_secs: float
    retries: int = 1
    retry_on: frozenset[Failure] = frozenset({Failure.CONNECT})


_LIMITS_MS = {"ct": (100, 10_000), "rt": (100, 15_000), "tt": (100, 15_000)}


def policy_of(url: str, timeouts: Timeouts) -> Policy:
    """Read the fragment of `url` over the defaults; raises `DocumentFailed` 11243 for one that breaks the rules."""
    values = dict(parse_qsl(url.partition("#")[2], keep_blank_values=True))
    try:
        return Policy(
            connect_secs=_secs(values.get("ct"), "ct", timeouts.connect_secs),
            read_secs=_secs(values.get("rt"), "rt", timeouts.read_secs),
            total_secs=_secs(values.get("tt"), "tt", timeouts.total_secs),
            retries=_retries(values.get("rc", "1")),
            retry_on=_retry_on(values.get("rp", "ct")),
        )
    except ValueError as error:
        raise DocumentFailed(11243, url, "connection override out of range") from error


def _secs(text: str | None, name: str, default: float) -> float:
    if text is None:
        return default
    low, high = _LIMITS_MS[name]
    milliseconds = int(text)
    if not low <= milliseconds <= high:
        raise ValueError(name)
    return milliseconds / 1000


def _retries(text: str) -> int:
    count = int(text)
    if not 0 <= count <= 5:
        raise ValueError("rc")
    return count


def _retry_on(text: str) -> frozenset[Failure]:
    if text == "all":
        return frozenset(Failure)
    names = text.split(",")
    if "all" in names:
        return frozenset(Failure)
    return frozenset(Failure(name) for name in names)
