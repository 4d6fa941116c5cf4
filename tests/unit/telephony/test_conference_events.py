"""Status callbacks of conferences, read strictly."""

from __future__ import annotations

import pytest

from ivr.telephony.conference_events import ConferenceNews, Happening, parse_conference_event
from ivr.telephony.errors import BadWebhook

pytestmark = pytest.mark.unit

ACCOUNT, CALL, ROOM = "AC" + "1" * 32, "CA" + "2" * 32, "CF" + "3" * 32


def form(event: str = "participant-join", **changes: str) -> list[tuple[str, str]]:
    usual = {"AccountSid": ACCOUNT, "ConferenceSid": ROOM, "FriendlyName": "cb-1-1", "SequenceNumber": "7"}
    return list(
        {**usual, "StatusCallbackEvent": event, "CallSid": CALL, "ParticipantLabel": "a" * 32, **changes}.items()
    )


def test_somebody_joins() -> None:
    expected = ConferenceNews(Happening.ENTERED, "cb-1-1", ROOM, 7, CALL, "a" * 32)
    assert parse_conference_event(form(), ACCOUNT) == expected


@pytest.mark.parametrize(
    ("reason", "has_hung_up"),
    [
        ("participant_hung_up", True),
        ("participant_add_failed", True),
        ("participant_updated_via_api", False),
        ("moderator_ended_conference", False),
    ],
)
def test_somebody_leaves_for_good_or_goes_on_elsewhere(reason: str, has_hung_up: bool) -> None:
    news = parse_conference_event(form("participant-leave", ReasonParticipantLeft=reason, ParticipantLabel=""), ACCOUNT)
    assert (news.happening, news.label, news.has_hung_up) == (Happening.LEFT, "", has_hung_up)


@pytest.mark.parametrize("event", ["conference-start", "conference-end", "participant-mute", "announcement-end"])
def test_the_rest_is_of_no_account(event: str) -> None:
    assert parse_conference_event(form(event), ACCOUNT).happening is Happening.OTHER


@pytest.mark.parametrize(
    "changes",
    [
        {"AccountSid": "AC" + "9" * 32},
        {"ConferenceSid": "x"},
        {"FriendlyName": "a b"},
        {"SequenceNumber": "-1"},
        {"CallSid": "CA1"},
        {"ParticipantLabel": "<x>"},
        {"StatusCallbackEvent": "other"},
    ],
)
def test_what_has_a_wrong_shape_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(BadWebhook):
        parse_conference_event(form(**changes), ACCOUNT)
