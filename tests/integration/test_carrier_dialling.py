"""Outbound calls with the official client: machine detection, and numbers that are refused."""

import pytest
from twilio.rest import Client

from ivr.simulator.carrier import Carrier, Voicemail
from tests.fakes.small_application import ACCOUNT, CALLER, SmallApplication
from tests.integration.carrier_client import HELLO, Loop, create, refusal, with_client, with_loop

pytestmark = pytest.mark.integration


def test_held_document_is_told_who_answered() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        carrier.set_answering(CALLER, Voicemail(after_ms=100).answering)
        made = create(client, application, machine_detection="DetectMessageEnd", machine_detection_timeout=45)
        loop.until(lambda: len(application.to("/voice")) == 1)
        assert application.to("/voice")[0].params["AnsweredBy"] == "machine_end_beep"
        assert client.calls(made.sid).fetch().answered_by == "machine_end_beep"

    with_loop(work)


def test_asynchronous_result_is_posted_and_signed() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        application.replies["/amd"] = ""
        carrier.set_answering(CALLER, Voicemail(after_ms=100).answering)
        made = create(
            client,
            application,
            machine_detection="Enable",
            async_amd="true",
            async_amd_status_callback=f"{application.base}/amd",
        )
        loop.until(lambda: len(application.to("/amd")) == 1)
        seen = application.to("/amd")[0]
        assert seen.is_signed
        assert seen.params == {
            "CallSid": made.sid,
            "AccountSid": ACCOUNT,
            "AnsweredBy": "machine_start",
            "MachineDetectionDuration": "4000",
        }

    with_loop(work)


@pytest.mark.parametrize(
    "wanted",
    [
        {"machine_detection": "Maybe"},
        {"machine_detection": "Enable", "machine_detection_timeout": 90},
        {"machine_detection_speech_threshold": 10},
    ],
)
def test_impossible_detection_is_refused(wanted: dict[str, object]) -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        assert refusal(lambda: create(client, application, **wanted)) == (400, 20001)

    with_client(work)


def test_destinations_are_refused_by_their_longest_beginning() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        assert refusal(lambda: create(client, application, to="+4420300000")) == (400, 21215)
        assert refusal(lambda: create(client, application, to="+4470000000")) == (400, 21217)
        assert refusal(lambda: create(client, application, to="12")) == (400, 21211)
        assert create(client, application, twiml=HELLO).status == "queued"

    with_client(work, refused_destinations={"+44": 21215, "+447": 21217})
