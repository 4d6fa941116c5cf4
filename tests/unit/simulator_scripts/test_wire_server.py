from __future__ import annotations

import asyncio
import json
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from ivr.simulator.scripts.model import GivenConnector
from ivr.simulator.scripts.wire_server import Account, ServerNotReady, ServerWorld, environment, running_server
from ivr.strict_yaml import Mapping, read_file

pytestmark = pytest.mark.unit

ACCOUNT = Account("AC" + "0" * 32, "secret")


def world(**changes: object) -> ServerWorld:
    return ServerWorld("http://127.0.0.1:8123", "http://127.0.0.1:8124", ACCOUNT, **changes)  # type: ignore[arg-type]


def test_the_server_writes_nothing_outside_its_folder(tmp_path: Path) -> None:
    found = environment(world(is_open=False), tmp_path)
    assert found["IVR_DATABASE_URL"] == f"sqlite:///{tmp_path}/calls.sqlite"
    assert found["IVR_RECORDING__DIR"] == f"{tmp_path}/recordings"
    assert (found["IVR_WEB__PORT"], found["IVR_HOURS_OVERRIDE"]) == ("8123", "closed")
    assert (found["TWILIO_API_BASE"], found["TWILIO_AUTH_TOKEN"]) == ("http://127.0.0.1:8124", "secret")
    assert "IVR_CONNECTOR_OVERRIDES" not in found


def test_given_connectors_become_a_file_that_strict_yaml_reads(tmp_path: Path) -> None:
    rows = ({"number": "42719", "total": Decimal("24.50"), "eta": None, "by": {"van": True}},)
    given = {"orders": GivenConnector(rows=rows), "requests": GivenConnector(fails="timeout", delay_ms=9)}
    path = Path(environment(world(connectors=given), tmp_path)["IVR_CONNECTOR_OVERRIDES"])
    assert json.loads(path.read_text()) == {
        "orders": {"rows": [{"number": "42719", "total": "24.50", "eta": "", "by": {"van": True}}]},
        "requests": {"fails": "timeout", "delay_ms": 9},
    }
    assert isinstance(read_file(path)[0], Mapping)


def test_a_server_that_stops_at_once_is_told_with_its_last_words() -> None:
    async def start() -> None:
        code = "import sys; sys.stderr.write('no database'); sys.exit(3)"
        async with running_server(world(command=(sys.executable, "-c", code))):
            raise AssertionError("it was never ready")

    with pytest.raises(ServerNotReady) as caught:
        asyncio.run(start())
    assert caught.value.reason == "the server stopped; its last lines:\nno database"


def test_an_accounts_token_is_not_shown() -> None:
    assert "secret" not in repr(ACCOUNT)
    assert Account().sid != Account().sid
