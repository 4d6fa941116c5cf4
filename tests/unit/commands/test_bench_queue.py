"""The bench of the queue asks, claims and tells; how fast it was is not judged here."""

from __future__ import annotations

import json

import pytest

from ivr.commands import bench_queue
from ivr.storage.bench.claiming import Claimed
from ivr.storage.bench.queue import Load, Middle

pytestmark = pytest.mark.unit

LOAD = Load(1_000, 900, Middle(1.5, 2.25), Middle(0.5, 1.0), Middle(3.0, 4.0))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[int, ...], float]]:
    """Which databases are measured; nothing is."""
    orders: list[tuple[str, tuple[int, ...], float]] = []

    def measure(url: str, rows: tuple[int, ...], claim_secs: float, _: object) -> tuple[list[Load], Claimed | None]:
        orders.append((url.partition(":")[0], rows, claim_secs))
        return [LOAD], Claimed(500, 2.0, 0) if claim_secs else None

    monkeypatch.setattr(bench_queue, "bench_queue", measure)
    monkeypatch.setattr(bench_queue, "make_database", lambda url, name: url)
    monkeypatch.setattr(bench_queue, "drop_database", lambda url, name: None)
    return orders


def test_both_databases_are_measured_and_told_as_json(
    asked: list[tuple[str, tuple[int, ...], float]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench_queue.run_queue_bench((1_000,), 2.0, "postgresql://user@host/name", as_json=True) == 0
    assert asked == [("sqlite", (1_000,), 2.0), ("postgresql", (1_000,), 2.0)]
    figures = {
        "rows": 1_000,
        "waiting": 900,
        "next_ms": {"p50": 1.5, "p99": 2.25},
        "position_ms": {"p50": 0.5, "p99": 1.0},
        "window_ms": {"p50": 3.0, "p99": 4.0},
    }
    assert json.loads(capsys.readouterr().out) == {
        "sqlite": [figures],
        "postgresql": [figures],
        "claims_per_s": {"sqlite": 250, "postgresql": 250},
        "double_claims": {"sqlite": 0, "postgresql": 0},
    }


def test_figures_are_told_in_lines(
    asked: list[tuple[str, tuple[int, ...], float]], capsys: pytest.CaptureFixture[str]
) -> None:
    bench_queue.run_queue_bench((1_000,), 2.0, "postgresql://user@host/name", as_json=False)
    lines = capsys.readouterr().out.splitlines()
    told = [" ".join(line.split()) for line in lines]
    times = "next p50 1.5 p99 2.2 ms position p50 0.5 p99 1.0 ms window p50 3.0 p99 4.0 ms"
    assert told[0] == f"sqlite 1,000 rows, 900 waiting {times}"
    assert told[1] == "sqlite 250 claims a second by 8 workers, 0 double"


def test_a_double_claim_is_a_failure(
    asked: list[tuple[str, tuple[int, ...], float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_queue, "bench_queue", lambda *_: ([LOAD], Claimed(500, 2.0, 1)))
    assert bench_queue.run_queue_bench((1_000,), 2.0, "postgresql://user@host/name", as_json=True) == 1


def test_without_claims_nothing_is_said_of_them(
    asked: list[tuple[str, tuple[int, ...], float]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench_queue.run_queue_bench((1_000,), 0.0, "postgresql://user@host/name", as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["claims_per_s"] == {}
