"""What administrators and the command line do with accounts. All of it is written down, with who did it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from ivr.core.accounts.model import Account, AccountEvent, AccountNote, Role
from ivr.core.accounts.passwords import normal, password_problem
from ivr.ports import AccountStore, Added, Hasher, Trouble

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
NOTES_KEPT = timedelta(days=365)
_MARKS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that is taken for something else when read aloud or copied by hand."""


def made_password() -> str:
    """Four groups of four: 79 bits."""
    return "-".join("".join(secrets.choice(_MARKS) for _ in range(4)) for _ in range(4))


class Managing:
    """The part of `ivr.ports.Accounts` that is about other people's accounts."""

    def __init__(self, store: AccountStore, hasher: Hasher) -> None:
        self._store, self._hasher = store, hasher

    def get(self, account_id: str) -> Account | None:
        """By id."""
        return self._store.get(account_id)

    def all(self) -> list[Account]:
        """Everybody, by id."""
        return self._store.all()

    def add(self, account_id: str, name: str, role: Role, now: datetime, *, by: str, password: str = "") -> Added:
        """Somebody new. A password made here is shown once and has to be changed."""
        if _ID.fullmatch(account_id) is None:
            return Added(Trouble.ID.value)
        if not 1 <= len(name.strip()) <= 80:
            return Added(Trouble.NAME.value)
        given, problem = self._chosen(password, account_id, name)
        if problem:
            return Added(problem)
        hashed = self._hasher.hash(normal(given))
        account = Account(account_id, name.strip(), role, hashed, now, now, is_temporary=not password)
        if not self._store.add(account):
            return Added(Trouble.TAKEN.value)
        self._note(AccountEvent.ADDED, account_id, now, by=by)
        return Added(password="" if password else given)

    def reset(self, account_id: str, now: datetime, *, by: str, password: str = "") -> Added:
        """Another password for somebody who has lost theirs."""
        account = self._store.get(account_id)
        if account is None:
            return Added(Trouble.UNKNOWN.value)
        given, problem = self._chosen(password, account.id, account.name)
        if problem:
            return Added(problem)
        if self._set_password(account_id, given, now, is_temporary=not password) is None:
            return Added(Trouble.UNKNOWN.value)
        self._note(AccountEvent.RESET, account_id, now, by=by)
        return Added(password="" if password else given)

    def set_role(self, account_id: str, role: Role, now: datetime, *, by: str) -> str:
        """Another role; they sign in again."""
        return self._changed(
            account_id,
            AccountEvent.ROLE,
            now,
            by,
            lambda found: found.changed(role=role) if found.role != role else None,
        )

    def set_disabled(self, account_id: str, is_disabled: bool, now: datetime, *, by: str) -> str:
        """Nobody signs in with it until it is enabled again; sessions end at once."""
        kind = AccountEvent.DISABLED if is_disabled else AccountEvent.ENABLED

        def decide(found: Account) -> Account | None:
            return found.changed(is_disabled=is_disabled) if found.is_disabled != is_disabled else None

        return self._changed(account_id, kind, now, by, decide)

    def remove(self, account_id: str, now: datetime, *, by: str) -> str:
        """The account and its sessions; its history stays."""
        if self._is_last_admin(account_id):
            return Trouble.LAST_ADMIN.value
        if not self._store.remove(account_id):
            return Trouble.UNKNOWN.value
        self._note(AccountEvent.REMOVED, account_id, now, by=by)
        return ""

    def notes(self, limit: int, account_id: str = "") -> list[AccountNote]:
        """Newest first."""
        return self._store.notes(limit, account_id)

    def _changed(
        self, account_id: str, kind: AccountEvent, now: datetime, by: str, decide: Callable[[Account], Account | None]
    ) -> str:
        account = self._store.get(account_id)
        if account is None:
            return Trouble.UNKNOWN.value
        after = decide(account)
        is_less = after is not None and (after.is_disabled or after.role is not Role.ADMIN)
        if is_less and self._is_last_admin(account_id):
            return Trouble.LAST_ADMIN.value
        if self._store.change(account_id, decide) is not None:
            self._note(kind, account_id, now, by=by)
        return ""

    def _is_last_admin(self, account_id: str) -> bool:
        admins = [one.id for one in self._store.all() if one.role is Role.ADMIN and not one.is_disabled]
        return admins == [account_id]

    @staticmethod
    def _chosen(password: str, account_id: str, name: str) -> tuple[str, str]:
        """The password and why it is refused."""
        if not password:
            return made_password(), ""
        problem = password_problem(password, account_id, name)
        return password, problem.value if problem is not None else ""

    def _set_password(self, account_id: str, password: str, now: datetime, *, is_temporary: bool) -> Account | None:
        hashed = self._hasher.hash(normal(password))
        return self._store.change(
            account_id,
            lambda found: found.changed(password_hash=hashed, password_changed_at=now, is_temporary=is_temporary),
        )

    def _note(self, kind: AccountEvent, account_id: str, now: datetime, *, by: str = "") -> None:
        self._store.note(AccountNote(now, kind, account_id, by), forget_before=now - NOTES_KEPT)
