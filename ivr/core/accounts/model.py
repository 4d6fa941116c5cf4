"""Who may sign in to the pages, and for how long a sign-in is good. Pure: times are arguments."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any


class Role(Enum):
    """What somebody may do. Each may do all that those before it may."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"

    def may(self, wanted: Role) -> bool:
        """Whether this role reaches `wanted`."""
        order = list(Role)
        return order.index(self) >= order.index(wanted)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. An agent's account has the agent's id."""

    id: str
    """Short name, e.g. `ana`."""
    name: str
    """As colleagues know them. Personal data."""
    role: Role
    password_hash: str = field(repr=False)
    """Argon2id in its own notation, with salt and costs."""
    created_at: datetime
    password_changed_at: datetime
    is_disabled: bool = False
    is_temporary: bool = False
    """The password was made by somebody else, and must be changed before anything else is done."""
    has_letter_keys: bool = True
    """Whether single letters are shortcuts on the pages."""
    version: int = 1
    """Grows with everything that ends all sessions: another password, another role, disabling."""

    def changed(self, **changes: Any) -> Account:
        """With these fields, and a version that no earlier session has."""
        return replace(self, version=self.version + 1, **changes)


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in in one browser."""

    token_hash: str
    """Of the secret in the cookie; the secret itself is never stored."""
    account_id: str
    version: int
    """Of the account when it began."""
    created_at: datetime
    seen_at: datetime
    """Last use, to within a thirtieth of the idle limit."""
    device: str = ""
    """Browser and system in words, from a closed list."""

    @property
    def id(self) -> str:
        """Names it in lists and forms; opens nothing."""
        return self.token_hash[:16]


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a sign-in is good."""

    idle: timedelta = timedelta(minutes=30)
    whole: timedelta = timedelta(hours=12)

    def is_good(self, session: Session, account: Account, now: datetime) -> bool:
        """Whether this session still signs this account in."""
        return (
            not account.is_disabled
            and session.account_id == account.id
            and session.version == account.version
            and now - session.seen_at < self.idle
            and now - session.created_at < self.whole
        )

    def is_stale(self, session: Session, now: datetime) -> bool:
        """Whether a use has to be written down. Not each one: that would be a write for every picture of a page."""
        return now - session.seen_at >= self.idle / 30


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, as pages and actions see it."""

    id: str
    name: str
    role: Role
    session_id: str = ""
    has_letter_keys: bool = True
    must_change_password: bool = False


class AccountEvent(Enum):
    """What is written down about accounts."""

    SIGNED_IN = "signed_in"
    WRONG = "wrong"
    """Name and password did not fit."""
    SIGNED_OUT = "signed_out"
    ENDED = "ended"
    """Sessions were ended from elsewhere."""
    ADDED = "added"
    PASSWORD = "password"
    RESET = "reset"
    """Somebody else gave a new password."""
    ROLE = "role"
    DISABLED = "disabled"
    ENABLED = "enabled"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class AccountNote:
    """One line of the history of accounts."""

    at: datetime
    kind: AccountEvent
    account_id: str
    """Empty where no such account exists: what was typed may be a password in the wrong field."""
    by: str = ""
    """Who did it: an account's id, `command line`, or empty for a stranger."""
