"""How busy the machine is at the moment: benches in real time go slower then, instead of measuring others' work."""

from __future__ import annotations

import os
import time

BURN_SECS = 0.1
MOST = 6.0
OF_LOAD = 0.5
"""A bench's own processes are in the load as well."""


def busyness() -> float:
    """Real time per processor time of a little work, or what the load lets expect; from 1 to `MOST`."""
    began, used = time.monotonic(), time.process_time()
    while time.process_time() - used < BURN_SECS:
        sum(range(1000))
    ratio = (time.monotonic() - began) / (time.process_time() - used)
    waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    return min(MOST, max(1.0, ratio, waiting * OF_LOAD))
