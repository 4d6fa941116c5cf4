"""The life of a contact: it begins with the conversation, ends with it, and is done when its outcome is known. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import Enum

from agent_bridge.presence import is_wrapping_up
from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.queueing.model import Callback
from ivr.ports import Contact

MOST_EXTENSIONS = 2
MOST_NOTE_CHARS = 8000


class Outcome(Enum):
    """How a conversation ended. The first is the one that flows expect; the keys 1 to 7 choose among those offered."""

    RESOLVED = "resolved"
    FOLLOW_UP = "follow_up"
    """There is something left to do."""
    PROMISED = "promised"
    """Another call was promised."""
    PASSED_ON = "passed_on"
    BROKE_OFF = "broke_off"
    """One side was gone before the end."""
    WRONG_NUMBER = "wrong_number"
    OTHER = "other"
    NOT_GIVEN = "not_given"
    """The time was up."""
    NOT_REACHED = "not_reached"
    """The agent was there, and the customer was not."""


OFFERED = tuple(each for each in Outcome if each not in (Outcome.NOT_GIVEN, Outcome.NOT_REACHED))
"""Those that a person can choose, in their order."""


def began(agent: Agent, callback: Callback, contact_id: str, now: datetime) -> Contact | None:
    """The contact of an agent who is on a call; None: the agent is not."""
    if agent.state is not AgentState.ON_CALL or agent.callback_id != callback.id:
        return None
    return Contact(
        id=contact_id,
        agent=agent.id,
        callback_id=callback.id,
        attempt=callback.attempt,
        began_at=agent.since or now,
        call_id=callback.call_id,
        number=callback.number,
        name=callback.name,
        language=callback.language,
        queue=callback.queue,
        reason=callback.reason,
    )


def followed(contact: Contact, agent: Agent | None, now: datetime, *, did_talk: bool) -> Contact | None:
    """What became of an open contact by what the agent does now; None: nothing new. `did_talk`: both were there."""
    if contact.done_at is not None or (agent is not None and agent.callback_id == contact.callback_id):
        return None
    after = contact
    is_in_notes = agent is not None and is_wrapping_up(agent)
    if after.ended_at is None:
        ended_at = agent.since if agent is not None and is_in_notes and agent.since is not None else now
        after = replace(after, ended_at=ended_at)
    if not is_in_notes:
        # Who has had a wrap-up has talked, however short it was.
        outcome = Outcome.NOT_GIVEN if did_talk or contact.ended_at is not None else Outcome.NOT_REACHED
        after = replace(after, outcome=after.outcome or outcome.value, done_at=now)
    return None if after == contact else after


def noted(contact: Contact, note: str, now: datetime) -> Contact:
    """With these words; also after it is done: nothing typed is lost."""
    return replace(contact, note=note[:MOST_NOTE_CHARS], note_at=now)


def extended(contact: Contact) -> Contact | None:
    """A minute more was asked for; None: twice is enough."""
    if contact.done_at is not None or contact.extensions >= MOST_EXTENSIONS:
        return None
    return replace(contact, extensions=contact.extensions + 1)


def closed(contact: Contact, outcome: Outcome, now: datetime) -> Contact | None:
    """The person says how it ended; None: that was said before."""
    if contact.done_at is not None and contact.outcome != Outcome.NOT_GIVEN.value:
        return None
    return replace(contact, outcome=outcome.value, done_at=now, ended_at=contact.ended_at or now)


def promised(contact: Contact, callback_id: str) -> Contact:
    """Another call was promised in the notes."""
    return replace(contact, follow_up_id=callback_id)
