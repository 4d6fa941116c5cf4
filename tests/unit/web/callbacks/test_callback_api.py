from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from ivr.ports import Bucket, Done, Refusal
from tests.fakes.queue_service import ONE, ScriptedQueue
from tests.unit.web.kit import House

pytestmark = pytest.mark.unit

LOCAL = {"REMOTE_ADDR": "127.0.0.1"}
HOST = {"Host": "127.0.0.1:8080"}
PATH = "/api/v1/callbacks"


@pytest.fixture
def house() -> House:
    return House(queue=ScriptedQueue())


def queue_of(house: House) -> ScriptedQueue:
    assert house.queue is not None
    return house.queue


def get(house: House, path: str) -> TestResponse:
    return house.client.get(path, headers=HOST, environ_base=LOCAL)


def post(house: House, path: str, body: Any) -> TestResponse:
    return house.client.post(path, json=body, headers=HOST, environ_base=LOCAL)


def test_the_list_names_nobody(house: House) -> None:
    queue_of(house).counts = {Bucket.NOW: 1}
    found = get(house, PATH).json
    assert found is not None
    assert (found["total"], found["counts"]["now"], found["counts"]["done"]) == (1, 1, 0)
    one = found["callbacks"][0]
    assert (one["id"], one["state"], one["arrived_at"]) == (ONE, "pending", "2026-11-23T14:00:00+00:00")
    assert {"number", "name", "reason", "code"} & set(one) == set()


def test_one_callback_has_its_history_and_legs(house: House) -> None:
    found = get(house, f"{PATH}/{ONE}").json
    assert found is not None
    assert found["number"] == "+12025550199"
    assert found["history"][0] | {"at": ""} == {
        "at": "", "state": "pending", "cause": "promised", "by": "caller", "values": {},
    }  # fmt: skip
    assert (found["legs"][0]["role"], found["legs"][0]["state"]) == ("customer", "ringing")
    assert "code" not in found
    assert get(house, f"{PATH}/unknown").status_code == 404


def test_an_action_is_carried_out_and_answers_what_happened(house: House) -> None:
    answer = post(house, f"{PATH}/{ONE}/move", {"from": "2026-11-26T15:00+00:00", "minutes": 30})
    assert (answer.status_code, answer.json and answer.json["done"]) == (200, "Done.")


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(Refusal.UNKNOWN, 404), (Refusal.STATE, 409), (Refusal.NUMBER, 422), (Refusal.TIME, 422), (Refusal.STORE, 503)],
)
def test_a_refusal_has_its_own_status_and_a_sentence(house: House, refusal: Refusal, status: int) -> None:
    queue_of(house).done = Done(refusal=refusal, sentence="No.")
    answer = post(house, f"{PATH}/{ONE}/dial-now", {})
    assert (answer.status_code, answer.json) == (status, {"error": "No.", "refusal": refusal.value})


def test_what_is_no_json_object_of_texts_is_refused(house: House) -> None:
    for body in ([], {"from": ["x"]}, "text", None):
        assert post(house, f"{PATH}/{ONE}/move", body).status_code == 400
    form = house.client.post(f"{PATH}/{ONE}/dial-now", data={"a": "b"}, headers=HOST, environ_base=LOCAL)
    assert form.status_code == 400
    assert [name for name, _ in queue_of(house).asked if name == "dial_now"] == []


def test_unknown_callbacks_actions_and_queries_are_told(house: House) -> None:
    assert post(house, f"{PATH}/unknown/move", {}).status_code == 404
    assert post(house, f"{PATH}/{ONE}/explode", {}).status_code == 404
    assert get(house, f"{PATH}?limit=0").json == {"error": "limit is a number from 1 to 200"}


def test_without_a_database_it_says_so(house: House) -> None:
    queue_of(house).is_down = True
    assert get(house, PATH).status_code == 503
