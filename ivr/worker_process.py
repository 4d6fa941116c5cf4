"""The worker: background work that belongs to no call. For now: ending calls nobody came back for, and forgetting."""

from __future__ import annotations

import signal
import threading
from datetime import timedelta

import structlog

from ivr.app import House, open_house
from ivr.core.events import EndCause
from ivr.settings import Settings

log = structlog.get_logger(__name__)

EVERY_SECS = 5.0
LOST_AFTER = timedelta(seconds=90)
"""A call whose media node has been gone for this long, and that no other took over, counts as lost."""
KEEP_REPLIES = timedelta(hours=24)


def run_worker(settings: Settings) -> None:
    """Works until told to stop."""
    house = open_house(settings, process="worker")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        while not stop.wait(EVERY_SECS):
            try:
                sweep(house)
            except Exception:  # the worker loop's rim: whatever broke, the next round tries again
                log.exception("background work failed")
    finally:
        house.close()


def sweep(house: House) -> int:
    """One round; the number of calls that were ended."""
    now = house.clock.now()
    house.ledger.forget_before(now - KEEP_REPLIES)
    alive = {node.id for node in house.nodes.nodes(alive_since=now - LOST_AFTER)}
    ended = 0
    for call in house.calls.recent(500):
        started = call.answered_at or call.created_at
        if call.status == "ended" or started is None or call.node_id in alive or now - started < LOST_AFTER:
            continue
        if house.calls.end(call.id, ended_at=now, outcome="abandoned", cause=EndCause.LOST.value):
            ended += 1
    if ended:
        log.warning("lost calls ended", calls=ended)
    return ended
