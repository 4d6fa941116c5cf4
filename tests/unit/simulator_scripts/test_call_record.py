from __future__ import annotations

import pytest

from ivr.simulator.scripts.call_record import CallRecord, parse_record

pytestmark = pytest.mark.unit

SID = "CA" + "1" * 32


def test_the_call_is_found_by_its_sid() -> None:
    call = {
        "carrier_sid": SID, "status": "ended", "outcome": "resolved", "intent": "order_status", "language": "en",
        "recorded": True, "slots": {"order_number": "42719"}, "visited": ["welcome", "bye"],
    }  # fmt: skip
    assert parse_record({"calls": [{"carrier_sid": "CA2"}, call]}, SID) == CallRecord(
        "ended", "resolved", "order_status", "en", True, {"order_number": "42719"}, ("welcome", "bye")
    )


def test_what_a_server_does_not_tell_is_unknown() -> None:
    record = parse_record({"calls": [{"carrier_sid": SID, "status": "ended", "outcome": 5}]}, SID)
    assert record == CallRecord("ended", None, None, None, None, None, None)


@pytest.mark.parametrize("document", [None, [], {}, {"calls": 5}, {"calls": [5]}, {"calls": [{"status": "ended"}]}])
def test_an_answer_without_the_call_is_no_record(document: object) -> None:
    assert parse_record(document, SID) is None
