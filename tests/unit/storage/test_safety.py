"""Settings that lose promises are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event

from ivr.storage import check_safety, open_database

pytestmark = pytest.mark.unit


def engine_with(path: Path, *pragmas: str) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    def prepare(connection: object, _record: object) -> None:
        for pragma in ("foreign_keys = ON", *pragmas):
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    event.listen(engine, "connect", prepare)
    return engine


def test_our_own_database_is_safe(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/d.db")
    assert check_safety(database.engine) == []
    database.close()


@pytest.mark.parametrize(
    ("pragmas", "word"),
    [
        (("journal_mode = WAL", "synchronous = NORMAL"), "set it to FULL"),
        (("journal_mode = WAL", "synchronous = OFF"), "set it to FULL"),
        (("journal_mode = DELETE", "synchronous = FULL"), "use EXTRA"),
        (("journal_mode = MEMORY", "synchronous = EXTRA"), "set it to WAL"),
        (("journal_mode = OFF", "synchronous = EXTRA"), "set it to WAL"),
        (("journal_mode = WAL", "synchronous = FULL", "foreign_keys = OFF"), "foreign_keys is off"),
    ],
)
def test_an_unsafe_setting_is_named_with_its_remedy(tmp_path: Path, pragmas: tuple[str, ...], word: str) -> None:
    engine = engine_with(tmp_path / "d.db", *pragmas)
    (problem,) = check_safety(engine)
    assert word in problem
    engine.dispose()


@pytest.mark.parametrize(
    "pragmas", [("journal_mode = WAL", "synchronous = FULL"), ("journal_mode = DELETE", "synchronous = EXTRA")]
)
def test_safe_settings_have_no_problem(tmp_path: Path, pragmas: tuple[str, ...]) -> None:
    engine = engine_with(tmp_path / "d.db", *pragmas)
    assert check_safety(engine) == []
    engine.dispose()
