"""The same server over a real PostgreSQL: a whole call with a kill -9 in it, and the promise is in the database."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from ivr.simulator.carrier import Carrier, EventKind
from ivr.storage import SqlCallbackStore, open_database
from tests.contract.conftest import postgresql_server  # noqa: F401 - a fixture
from tests.integration.keypad_caller import KeypadCall
from tests.integration.server_process import running_server

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]


def test_call_over_postgresql_survives_a_kill_and_leaves_its_promise(
    postgresql_server: str,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running_server(tmp_path_factory.mktemp("pg"), IVR_DATABASE_URL=postgresql_server) as server:
        server.until(lambda: server.has_spare("media"), 60)

        async def scenario(carrier: Carrier) -> tuple[str, dict[str, object]]:
            call = await KeypadCall.dial(server, carrier)
            await call.steps(("welcome", "0"), ("offer_callback.offer", "1"))
            await call.at("offer_callback.own_number")
            await asyncio.sleep(0.3)
            before, at_ms = len(await call.texts()), call.call.now_ms
            [media] = server.pids("media")
            os.kill(media, signal.SIGKILL)
            await call.until(lambda: len(call.known_texts()) >= before + 2)
            print(f"back on a line {call.moments(EventKind.STREAM_STARTED)[-1] - at_ms} ms after the kill")
            await call.press("1")
            record = await call.ended()
            assert call.is_unspoilt
            return call.number, record

        number, record = server.with_carrier(scenario)
    assert (record["outcome"], record["resumes"]) == ("callback_promised", 1)
    database = open_database(postgresql_server)
    try:
        [promised] = SqlCallbackStore(database).open_for(number)
    finally:
        database.close()
    assert promised.call_id == record["id"]
