"""What the carrier tells of a conference, parsed once at the border. Facts: "Conference status callback".

One counter numbers all events of a conference; they arrive in any order and any number of times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from ivr.telephony.errors import BadWebhook
from ivr.telephony.webhooks import matching, own_account, required, unique

_CONFERENCE_SID = re.compile(r"CF[0-9a-f]{32}")
_CALL_SID = re.compile(r"CA[0-9a-f]{32}")
_LABEL = re.compile(r"[\w.@+\- ]{0,128}")
_WHOLE = re.compile(r"[0-9]{1,9}")
_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
_HUNG_UP = "participant_hung_up"
_NOT_ADDED = "participant_add_failed"


class Happening(Enum):
    """Of the carrier's events, those that matter."""

    ENTERED = "participant-join"
    LEFT = "participant-leave"
    OTHER = "other"
    """Start, end, mute, hold and so on: what we asked for ourselves, or what follows from the rest."""


@dataclass(frozen=True, slots=True)
class ConferenceNews:
    """One event."""

    happening: Happening
    name: str
    """Of the conference."""
    conference_sid: str
    sequence: int
    call_sid: str = ""
    label: str = ""
    has_hung_up: bool = False
    """With LEFT: its call is over, or never came to be; else the call goes on with its document."""


def parse_conference_event(form: Sequence[tuple[str, str]], account_sid: str) -> ConferenceNews:
    """Read the form of a conference's status callback.

    Raises:
        BadWebhook: Names the field, never the value.
    """
    values = unique(form)
    own_account(values, account_sid)
    name = matching(values, "FriendlyName", _NAME)
    conference_sid = matching(values, "ConferenceSid", _CONFERENCE_SID)
    sequence = int(matching(values, "SequenceNumber", _WHOLE))
    try:
        happening = Happening(required(values, "StatusCallbackEvent"))
    except ValueError:
        return ConferenceNews(Happening.OTHER, name, conference_sid, sequence)
    if happening is Happening.OTHER:
        raise BadWebhook("StatusCallbackEvent", "is unknown")
    return ConferenceNews(
        happening,
        name,
        conference_sid,
        sequence,
        call_sid=matching(values, "CallSid", _CALL_SID),
        label=matching(values, "ParticipantLabel", _LABEL) if values.get("ParticipantLabel") else "",
        has_hung_up=values.get("ReasonParticipantLeft", "") in (_HUNG_UP, _NOT_ADDED),
    )
