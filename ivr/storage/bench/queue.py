"""The bench of the queue over one database: fill it step by step, ask, and at last let workers claim from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from sqlalchemy import text

from ivr.storage.bench.asking import measure_questions
from ivr.storage.bench.claiming import Claimed, measure_claims
from ivr.storage.bench.filling import MOST_WAITING, fill
from ivr.storage.database import failures_translated, open_database, parse_url
from ivr.storage.migrate import upgrade

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Middle:
    """The usual and the rare length of something, in milliseconds."""

    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Load:
    """Figures with so many rows."""

    rows: int
    waiting: int
    next_ms: Middle
    position_ms: Middle
    window_ms: Middle


def bench_queue(url: str, rows: Sequence[int], claim_secs: float, tell: Tell) -> tuple[list[Load], Claimed | None]:
    """Measures over an empty database of this URL, with rising numbers of rows; 0 seconds of claims: none."""
    database = open_database(url)
    kind = database.engine.dialect.name
    try:
        upgrade(database.engine)
        loads, filled = [], 0
        for count in sorted(rows):
            tell(f"{kind}: filling up to {count:,} rows")
            fill(database, filled, count)
            filled = count
            asked = measure_questions(database)
            parts = (_middle(each) for each in (asked.next_ms, asked.position_ms, asked.window_ms))
            loads.append(Load(count, min(count, MOST_WAITING), *parts))
            next_ms, window_ms = loads[-1].next_ms, loads[-1].window_ms
            tell(f"{kind}: next {next_ms.p50}/{next_ms.p99} ms, window {window_ms.p50}/{window_ms.p99} ms (p50/p99)")
        if not claim_secs:
            return loads, None
        tell(f"{kind}: claiming for {claim_secs:g} s")
        claimed = measure_claims(database, url, claim_secs)
        tell(f"{kind}: {claimed.per_sec:,.0f} claims a second")
        return loads, claimed
    finally:
        database.close()


def make_database(url: str, name: str) -> str:
    """A new, empty PostgreSQL database on the server of that URL; its own URL."""
    _administer(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    return parse_url(url).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str, name: str) -> None:
    """Removes it again."""
    _administer(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _administer(url: str, *orders: str) -> None:
    server = open_database(url)
    try:
        autocommit = server.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with failures_translated(), autocommit as connection:
            for order in orders:
                connection.execute(text(order))
    finally:
        server.close()


def _middle(values: Sequence[float]) -> Middle:
    ordered = sorted(values)
    at = [ordered[ceil(len(ordered) * share) - 1] for share in (0.5, 0.99)]
    return Middle(*(round(value, 2) for value in at))
