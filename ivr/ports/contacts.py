"""What the agents' desk keeps: what each agent worked on, which desks are open, and whether anything has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Contact:
    """One conversation of one agent, and the work after it. Personal data."""

    id: str
    """32 lower-case hex characters."""
    agent: str
    callback_id: str
    attempt: int
    """Of the callback: several attempts at one promise are several contacts."""
    began_at: datetime
    call_id: str = ""
    """The call that the promise, or the transfer, comes from."""
    number: str = ""
    name: str = ""
    language: str = ""
    queue: str = ""
    reason: str = ""
    ended_at: datetime | None = None
    """The conversation was over."""
    outcome: str = ""
    """A word of `agent_bridge.outcomes`; `not_given` when the time was up."""
    note: str = ""
    note_at: datetime | None = None
    """When the note was saved last."""
    extensions: int = 0
    """How often a minute was added to the wrap-up."""
    follow_up_id: str = ""
    """The callback that was promised in the wrap-up."""
    done_at: datetime | None = None
    """Outcome given, or the time was up: nothing more is expected."""


Change = Callable[[Contact], Contact | None]
"""A pure decision over a contact, run while its row is locked; None changes nothing."""


class ContactStore(Protocol):
    """Contacts. Every write is on disk when the method returns; nothing deletes a row."""

    def open(self, contact: Contact) -> Contact:
        """Idempotent by (agent, callback, attempt): the row that is there already wins and is returned."""

    def get(self, contact_id: str) -> Contact | None: ...

    def change(self, contact_id: str, decide: Change) -> Contact | None:
        """The contact as it is now; None when unknown or when nothing was changed."""

    def open_ones(self, *, agent: str = "", limit: int = 200) -> list[Contact]:
        """Those without `done_at`, newest first; of one agent, or of all."""

    def of_number(self, number: str, *, limit: int = 5) -> list[Contact]:
        """Newest first."""

    def of_agent(self, agent: str, *, limit: int = 20) -> list[Contact]:
        """Newest first."""


class DeskPresence(Protocol):
    """Which agents have a desk open. Those who use only a telephone are not in it, and are never missed."""

    def seen(self, agents: Collection[str], at: datetime) -> None:
        """An open page of each gave a sign of life. Never goes back."""

    def watch(self, agent: str, *, is_watched: bool, at: datetime) -> None:
        """From now on the agent is (not) expected to have a desk open."""

    def vanished(self, before: datetime) -> list[str]:
        """Watched ones that were last seen before this."""

    def last_seen(self, agent: str) -> datetime | None: ...


class DeskPulse(Protocol):
    """Tells open pages that something has changed."""

    def versions(self, agents: Collection[str]) -> Mapping[str, str]:
        """Agent -> a word that changes whenever anything changes that the agent's desk shows. Cheap: a few reads."""
