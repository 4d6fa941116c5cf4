"""The ports of signing in: where accounts are kept, what makes hashes, and what pages ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from ivr.core.accounts.model import Account, AccountNote, Person, Role, Session
from ivr.core.accounts.tries import Tries

DecideTries = Callable[[Mapping[str, Tries]], Mapping[str, Tries]]
"""A pure decision over counters, run inside a transaction that holds them; what it returns is written."""


class AccountStore(Protocol):
    """Accounts, sessions, counters of failed tries, history. Every write is on disk when the method returns."""

    def add(self, account: Account) -> bool:
        """False, and nothing is changed, where the id is taken."""

    def get(self, account_id: str) -> Account | None: ...

    def all(self) -> list[Account]:
        """By id."""

    def change(self, account_id: str, decide: Callable[[Account], Account | None]) -> Account | None:
        """One decision over one locked row. Returns it as it is now; None: unknown, or nothing was decided."""

    def remove(self, account_id: str) -> bool:
        """With all its sessions; its history stays."""

    def has_any(self) -> bool:
        """Whether there is an account at all, disabled ones too."""

    def begin(self, session: Session, *, forget_before: datetime) -> None:
        """Stores a session; those of anybody that began before `forget_before` are removed."""

    def session(self, token_hash: str) -> tuple[Session, Account] | None:
        """With its account as it is now."""

    def sessions(self, account_id: str) -> list[Session]:
        """Newest use first, ended by time or version as well."""

    def seen(self, token_hash: str, at: datetime) -> None:
        """A session was used. Never goes back in time; an unknown session is nothing."""

    def end(self, account_id: str, token_hashes: Sequence[str]) -> int:
        """Removes sessions of this account; how many there were."""

    def tries(self, keys: Sequence[str], decide: DecideTries, *, forget_before: datetime) -> Mapping[str, Tries]:
        """One decision over some counters, nobody else's at the same time. Returns them as they are now.

        Counters last raised before `forget_before` are removed.
        """

    def note(self, note: AccountNote, *, forget_before: datetime) -> None:
        """Adds to the history; what is older than `forget_before` is removed."""

    def notes(self, limit: int, account_id: str = "") -> list[AccountNote]:
        """Newest first; of one account, or of all."""


class Hasher(Protocol):
    """Makes and checks hashes of passwords."""

    def hash(self, password: str) -> str: ...

    def verify(self, password_hash: str, password: str) -> bool: ...

    def is_outdated(self, password_hash: str) -> bool:
        """Made with other costs than those of today."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody wants to sign in."""

    account_id: str
    password: str = field(repr=False)
    source: str = ""
    """The address it came from."""
    known_device: str = ""
    """A mark of a browser that signed in to this account before; the caller has checked it."""
    device: str = ""
    """Browser and system in words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody is in."""

    person: Person
    token: str = field(repr=False)
    """For the cookie; stored nowhere."""


@dataclass(frozen=True, slots=True)
class NoEntry:
    """Nobody is in. The same for a wrong name, a wrong password and a disabled account."""

    wait: timedelta = timedelta()
    """More than nothing: too many tries; how long until the next is looked at."""


class Trouble(Enum):
    """Why a change of an account was not made."""

    UNKNOWN = "There is no such account."
    TAKEN = "There is an account with this name already."
    ID = "A short name is 1 to 32 small letters, digits, dots or hyphens, such as `ana`."
    NAME = "Give a name of 1 to 80 characters."
    LAST_ADMIN = "This is the only administrator left; make somebody else one first."
    WRONG = "The present password is not right."
    WAIT = "Too many wrong passwords; wait a little."
    SAME = "That is the present password; take another one."


class Accounts(Protocol):
    """What pages and commands do with accounts. Raises `StoreFailed` where the database does not answer.

    Methods that can be refused return a sentence, empty when done.
    """

    def has_any(self) -> bool: ...

    def sign_in(self, attempt: Attempt, now: datetime) -> Entry | NoEntry: ...

    def person(self, token: str, now: datetime, *, is_use: bool = True) -> Person | None:
        """Who this cookie signs in. A page that asks by itself is no use, and keeps no session alive."""

    def sign_out(self, token: str, now: datetime) -> None: ...

    def sessions(self, account_id: str, now: datetime) -> list[Session]:
        """Those that are good, newest use first."""

    def end_session(self, account_id: str, session_id: str, now: datetime, *, by: str) -> bool: ...

    def end_sessions(self, account_id: str, now: datetime, *, by: str, but: str = "") -> int:
        """All but the one with this id; how many."""

    def change_password(self, token: str, present: str, wanted: str, now: datetime) -> Entry | str:
        """Somebody's own. All sessions end; a new one begins."""

    def prefer_letter_keys(self, account_id: str, is_on: bool) -> None: ...

    def get(self, account_id: str) -> Account | None: ...

    def all(self) -> list[Account]: ...

    def add(self, account_id: str, name: str, role: Role, now: datetime, *, by: str, password: str = "") -> Added: ...

    def reset(self, account_id: str, now: datetime, *, by: str, password: str = "") -> Added:
        """Another password, made here unless one is given. All sessions end, and counted failures are forgotten."""

    def set_role(self, account_id: str, role: Role, now: datetime, *, by: str) -> str: ...

    def set_disabled(self, account_id: str, is_disabled: bool, now: datetime, *, by: str) -> str: ...

    def remove(self, account_id: str, now: datetime, *, by: str) -> str: ...

    def notes(self, limit: int, account_id: str = "") -> list[AccountNote]: ...


@dataclass(frozen=True, slots=True)
class Added:
    """What became of an order that makes a password."""

    problem: str = ""
    """Empty: done."""
    password: str = field(default="", repr=False)
    """Made here, to be shown once; empty when one was given."""
