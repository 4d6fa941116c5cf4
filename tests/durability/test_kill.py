"""What was acknowledged is stored, whenever the process is killed (P1); a cheating writer is noticed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from ivr.storage import open_database
from ivr.storage.migrate import upgrade
from ivr.storage.tables import metadata
from tests.durability.stored import stored_keys

pytestmark = pytest.mark.durability

ROUNDS = 6
SEED = 20261122


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database."""
    chosen = f"sqlite:///{tmp_path}/d.db" if request.param == "sqlite" else request.getfixturevalue("postgresql_server")
    database = open_database(chosen)
    upgrade(database.engine)
    with database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    database.close()
    yield chosen


@pytest.fixture(params=["requests", "promises"])
def subject(request: pytest.FixtureRequest) -> str:
    """What is stored."""
    chosen: str = request.param
    return chosen


def killed_after(
    url: str, acknowledgements: int, extra_bytes: int, *, manner: str, first: int, subject: str
) -> list[str]:
    """Starts a writer, kills it after so many acknowledgements; every key that it had told."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.durability.writer", url, manner, str(first), subject],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert writer.stdout is not None and writer.stdin is not None
    told = [writer.stdout.readline() for _ in range(acknowledgements)]
    # A few bytes more move the moment of the kill into the middle of the next commit.
    rest = os.read(writer.stdout.fileno(), extra_bytes) if extra_bytes else b""
    writer.kill()
    rest += writer.stdout.read()
    writer.wait()
    writer.stdin.close()
    writer.stdout.close()
    whole = (b"".join(told) + rest).decode().split("\n")[:-1]
    return whole


def test_what_was_acknowledged_is_stored_after_every_kill(url: str, subject: str) -> None:
    chance = random.Random(SEED)
    told: set[str] = set()
    for turn in range(ROUNDS):
        extra = chance.choice([0, 1, 3])
        acknowledged, first = chance.randint(1, 40), turn * 100_000
        told |= set(killed_after(url, acknowledged, extra, manner="proper", first=first, subject=subject))
        database = open_database(url)
        assert told <= stored_keys(database, subject)
        if database.engine.dialect.name == "sqlite":
            with database.read() as connection:
                assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert len(stored_keys(database, subject) - told) <= turn + 1, (
            "more than the one commit under way was never told"
        )
        database.close()
    assert len(told) >= ROUNDS


def test_a_writer_that_tells_too_early_is_noticed(url: str, subject: str) -> None:
    told = killed_after(url, 1, 0, manner="early", first=1, subject=subject)
    database = open_database(url)
    assert told == ["k1"] and stored_keys(database, subject) == set()
    database.close()
