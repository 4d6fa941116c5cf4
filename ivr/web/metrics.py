"""What the web process counts. Labels come from closed sets only: no number, no name, no text of a stranger."""

from __future__ import annotations

import os
from enum import Enum

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SHARED = "PROMETHEUS_MULTIPROC_DIR"


class Refusal(Enum):
    """Why a webhook was not obeyed."""

    SIGNATURE = "signature"
    FORM = "form"
    SIZE = "size"


class Route(Enum):
    """How a call was sent on."""

    MEDIA = "media"
    """To a media node."""
    RESUMED = "resumed"
    """To a media node again, after the first was lost."""
    WAITING = "waiting"
    """Asked to come back in a second: no node has room for a lost call yet."""
    NO_ROOM = "no_room"
    REJECTED = "rejected"
    """Not answered at all: too many calls from one number, or at the door of a full house."""
    UNKNOWN_NUMBER = "unknown_number"
    GIVEN_UP = "given_up"
    """A lost call for which no node was found in time."""


class SignIn(Enum):
    """How a try to sign in ended."""

    DONE = "done"
    WRONG = "wrong"
    LIMITED = "limited"
    """Too many before it."""


class WebMetrics:
    """What the web processes count; each shows the sums of all that share a folder (`PROMETHEUS_MULTIPROC_DIR`)."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._refusals = Counter(
            "denwaban_webhooks_refused", "Webhooks not obeyed.", ["endpoint", "reason"], registry=self._registry
        )
        self._replays = Counter(
            "denwaban_webhooks_replayed", "Webhooks answered from the ledger.", ["endpoint"], registry=self._registry
        )
        self._errors = Counter(
            "denwaban_webhook_errors", "Webhooks that failed inside.", ["endpoint"], registry=self._registry
        )
        self._routes = Counter("denwaban_calls_routed", "Where calls were sent.", ["route"], registry=self._registry)
        self._sign_ins = Counter("denwaban_sign_ins", "Tries to sign in.", ["outcome"], registry=self._registry)
        self._seconds = Histogram(
            "denwaban_webhook_seconds",
            "Time to answer a webhook, seconds.",
            ["endpoint"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
            registry=self._registry,
        )

    def refused(self, endpoint: str, reason: Refusal) -> None:
        """A webhook was not obeyed."""
        self._refusals.labels(endpoint, reason.value).inc()

    def replayed(self, endpoint: str) -> None:
        """A webhook came again and got its stored answer."""
        self._replays.labels(endpoint).inc()

    def failed(self, endpoint: str) -> None:
        """A webhook failed inside and was answered by the outer rim."""
        self._errors.labels(endpoint).inc()

    def routed(self, route: Route) -> None:
        """A call was sent somewhere."""
        self._routes.labels(route.value).inc()

    def sign_in(self, outcome: SignIn) -> None:
        """Somebody tried to sign in."""
        self._sign_ins.labels(outcome.value).inc()

    def answered(self, endpoint: str, seconds: float) -> None:
        """A webhook was answered, however."""
        self._seconds.labels(endpoint).observe(seconds)

    def render(self) -> bytes:
        """The text format that Prometheus reads."""
        if not os.environ.get(SHARED):
            return generate_latest(self._registry)
        everybodys = CollectorRegistry()
        MultiProcessCollector(everybodys)  # type: ignore[no-untyped-call]  # the library has no hints here
        return generate_latest(everybodys)
