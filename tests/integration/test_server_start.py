"""What would be unsafe does not start: exit code 2, and a sentence that says what to mend."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ivr.simulator.scripts.wire_server import Account, ServerWorld, environment, free_port
from tests.contract.conftest import postgresql_server  # noqa: F401 - a fixture
from tests.integration.server_process import PROJECT

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

REAL = {
    "IVR_ENVIRONMENT": "production",
    "IVR_PUBLIC_URL": "https://calls.example.com",
    "TWILIO_API_BASE": "https://api.twilio.com",
    "IVR_SECRET_KEY": "k" * 40,
}


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables of a server that would start."""
    world = ServerWorld(f"http://127.0.0.1:{free_port()}", "http://127.0.0.1:9", Account())
    yield {**os.environ, **environment(world, tmp_path)}


def refused(variables: Mapping[str, str], command: str = "serve") -> str:
    """Starts, which must be refused; what was said."""
    done = subprocess.run(
        [sys.executable, "-m", "ivr", command], cwd=PROJECT, env=dict(variables), capture_output=True, timeout=60
    )
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 2, said
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize("command", ["serve", "web", "media"])
def test_empty_token_is_refused_by_every_process(surroundings: dict[str, str], command: str) -> None:
    said = refused(surroundings | {"TWILIO_AUTH_TOKEN": ""}, command)
    assert "TWILIO_AUTH_TOKEN is empty, so anybody could sign a webhook" in said


def test_simulated_carrier_in_production_is_refused(surroundings: dict[str, str]) -> None:
    said = refused(surroundings | REAL | {"TWILIO_API_BASE": "http://127.0.0.1:8099"})
    assert "TWILIO_API_BASE is not the real carrier" in said


def test_invented_rows_in_production_are_refused(surroundings: dict[str, str], tmp_path: Path) -> None:
    rows = tmp_path / "rows.yaml"
    rows.write_text("{}")
    assert "IVR_CONNECTOR_OVERRIDES" in refused(surroundings | REAL | {"IVR_CONNECTOR_OVERRIDES": str(rows)})


def test_default_key_and_plain_http_in_production_are_refused_together(surroundings: dict[str, str]) -> None:
    said = refused(surroundings | {"IVR_ENVIRONMENT": "production", "TWILIO_API_BASE": "https://api.twilio.com"})
    assert "IVR_PUBLIC_URL is not https" in said
    assert "IVR_SECRET_KEY is not set" in said


def test_database_that_loses_commits_is_refused(surroundings: dict[str, str], postgresql_server: str) -> None:  # noqa: F811
    from sqlalchemy import create_engine, text

    engine = create_engine(
        postgresql_server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    try:
        with engine.connect() as connection:
            connection.execute(text("ALTER ROLE CURRENT_USER SET synchronous_commit = off"))
        said = refused(surroundings | {"IVR_DATABASE_URL": postgresql_server})
        assert "PostgreSQL synchronous_commit is off" in said
    finally:
        with engine.connect() as connection:
            connection.execute(text("ALTER ROLE CURRENT_USER RESET synchronous_commit"))
        engine.dispose()


def test_all_mistakes_of_the_settings_are_told_at_once(surroundings: dict[str, str]) -> None:
    said = refused(surroundings | {"IVR_MEDIA__PORT": "many", "IVR_WEB__PROT": "1", "IVR_TIMEOUTS__DRAIN_SECS": "-1"})
    for wrong in ("IVR_MEDIA__PORT", "IVR_WEB__PROT", "IVR_TIMEOUTS__DRAIN_SECS"):
        assert wrong in said
