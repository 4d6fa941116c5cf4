"""Several web processes on one port: each shows what all of them have counted, the dead ones too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

COUNTS = """
from ivr.web.metrics import Route, WebMetrics
metrics = WebMetrics()
metrics.routed(Route.MEDIA)
metrics.answered("incoming", 0.02)
print(metrics.render().decode())
"""


def printed(folder: Path | None) -> list[str]:
    """What one process shows, having counted one call."""
    environment = {name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"}
    if folder is not None:
        environment["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    done = subprocess.run([sys.executable, "-c", COUNTS], env=environment, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if line.startswith("denwaban_")]


def test_each_process_shows_the_sum_of_all(tmp_path: Path) -> None:
    printed(tmp_path)
    lines = printed(tmp_path)
    assert 'denwaban_calls_routed_total{route="media"} 2.0' in lines
    assert 'denwaban_webhook_seconds_count{endpoint="incoming"} 2.0' in lines


def test_a_process_of_its_own_counts_for_itself() -> None:
    assert 'denwaban_calls_routed_total{route="media"} 1.0' in printed(None)
