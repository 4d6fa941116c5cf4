"""`ivr bench media`: how many echo calls one core carries."""

from __future__ import annotations

import json

from ivr.commands.common import say, tell
from ivr.telephony.bench_media import bench_media


def run_media_bench(seconds: float, *, as_json: bool) -> int:
    """Prints calls per core, CPU per frame and the turnaround at that load."""
    figures = bench_media(seconds, progress=tell)
    if as_json:
        say(json.dumps(figures))
    else:
        say(f"{figures['calls_per_core']:.0f} echo calls on one core (turnaround p99 {figures['p99_ms']:.1f} ms)")
        say(f"{figures['cpu_us_per_frame']:.1f} µs of CPU for each 20 ms frame")
    return 0
