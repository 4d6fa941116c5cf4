"""How tests of the desk's pages ask."""

from __future__ import annotations

import uuid
from typing import Any

from flask.testing import FlaskClient

from ivr.core.queueing.legs import AgentState, LegState
from tests.fakes.desk_house import DeskHouse


def do(client: FlaskClient, action: str, key: str = "", **fields: str) -> tuple[int, str]:
    """One press: the status and the sentence."""
    answer = client.post(f"/desk/do/{action}", data={"key": key or str(uuid.uuid4()), **fields})
    return answer.status_code, answer.get_json()["sentence"]


def snapshot(client: FlaskClient) -> dict[str, Any]:
    """All of the page."""
    found: dict[str, Any] = client.get("/desk/snapshot").get_json()
    return found


def on_a_call(house: DeskHouse) -> None:
    """Customer and agent talk."""
    house.promise()
    house.become(AgentState.AVAILABLE)
    house.offer(LegState.ACCEPTED, AgentState.ON_CALL)


def wrapping_up(house: DeskHouse, client: FlaskClient) -> str:
    """The contact that is being noted."""
    on_a_call(house)
    contact = snapshot(client)["note"]["contact"]
    house.clock.pass_secs(60)
    house.become(AgentState.WRAP_UP, callback_id="", free_at=house.clock.now().replace(minute=1, second=30))
    return str(contact)
