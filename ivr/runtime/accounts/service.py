"""Signing in, sessions, and what people change about their own account. Decisions are the core's."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property

import structlog

from ivr.core.accounts.model import Account, AccountEvent, Person, Session, SessionLimits
from ivr.core.accounts.passwords import normal, password_problem
from ivr.core.accounts.tries import Tries, count_try, counters, forgive
from ivr.ports import AccountStore, Attempt, Entry, Hasher, NoEntry, Trouble
from ivr.runtime.accounts.managing import Managing

log = structlog.get_logger(__name__)

TRIES_KEPT = timedelta(days=2)
"""By then every counter has drained."""


class StoredAccounts(Managing):
    """`ivr.ports.Accounts` over a store."""

    def __init__(
        self,
        store: AccountStore,
        hasher: Hasher,
        limits: SessionLimits,
        new_token: Callable[[], str] = lambda: secrets.token_urlsafe(32),
    ) -> None:
        super().__init__(store, hasher)
        self._limits = limits
        self._new_token = new_token
        self._has_any = False

    @cached_property
    def _nobody(self) -> str:
        """A hash to be checked where there is no account: the same work as for one that exists."""
        return self._hasher.hash(secrets.token_urlsafe(32))

    def has_any(self) -> bool:
        """Asked until there is one; from then on it is remembered, and nothing opens again without sign-in."""
        self._has_any = self._has_any or self._store.has_any()
        return self._has_any

    def sign_in(self, attempt: Attempt, now: datetime) -> Entry | NoEntry:
        """Counts the try first, then looks at the password."""
        account = self._store.get(attempt.account_id)
        wait = self._count(attempt, account, now)
        if wait > timedelta():
            return NoEntry(wait)
        if not self._fits(account, attempt.password) or account is None:
            self._note(AccountEvent.WRONG, account.id if account is not None else "", now)
            return NoEntry()
        self._forgive(attempt, now)
        if self._hasher.is_outdated(account.password_hash):
            self._rehash(account, attempt.password)
        self._note(AccountEvent.SIGNED_IN, account.id, now, by=account.id)
        return self._begin(account, attempt.device, now)

    def _fits(self, account: Account | None, password: str) -> bool:
        """One check of one hash in every case."""
        is_right = self._hasher.verify(account.password_hash if account is not None else self._nobody, normal(password))
        return is_right and account is not None and not account.is_disabled

    def _count(self, attempt: Attempt, account: Account | None, now: datetime) -> timedelta:
        limits = counters(attempt.account_id, attempt.source, attempt.known_device)
        wait = timedelta()

        def decide(before: Mapping[str, Tries]) -> Mapping[str, Tries]:
            nonlocal wait
            counting = count_try(limits, before, now)
            wait = counting.wait
            return counting.after

        self._store.tries(list(limits), decide, forget_before=now - TRIES_KEPT)
        if wait > timedelta():
            log.warning("too many tries to sign in", is_known=account is not None)
        return wait

    def _forgive(self, attempt: Attempt, now: datetime) -> None:
        limits = counters(attempt.account_id, attempt.source, attempt.known_device)
        self._store.tries(list(limits), lambda before: forgive(limits, before), forget_before=now - TRIES_KEPT)

    def _rehash(self, account: Account, password: str) -> None:
        """With today's costs; nothing else changes."""
        fresh = self._hasher.hash(normal(password))

        def decide(found: Account) -> Account | None:
            return replace(found, password_hash=fresh) if found.password_hash == account.password_hash else None

        self._store.change(account.id, decide)

    def _begin(self, account: Account, device: str, now: datetime) -> Entry:
        """Always a new secret: whatever cookie was there before is worth nothing."""
        token = self._new_token()
        session = Session(_digest(token), account.id, account.version, now, now, device)
        self._store.begin(session, forget_before=now - self._limits.whole)
        return Entry(_person(account, session), token)

    def person(self, token: str, now: datetime, *, is_use: bool = True) -> Person | None:
        """Who this cookie signs in."""
        found = self._found(token, now)
        if found is None:
            return None
        session, account = found
        if is_use and self._limits.is_stale(session, now):
            self._store.seen(session.token_hash, now)
        return _person(account, session)

    def _found(self, token: str, now: datetime) -> tuple[Session, Account] | None:
        found = self._store.session(_digest(token)) if token else None
        return found if found is not None and self._limits.is_good(*found, now) else None

    def sign_out(self, token: str, now: datetime) -> None:
        """The session is gone; the cookie opens nothing any more."""
        found = self._store.session(_digest(token)) if token else None
        if found is not None:
            self._store.end(found[1].id, [found[0].token_hash])
            self._note(AccountEvent.SIGNED_OUT, found[1].id, now, by=found[1].id)

    def sessions(self, account_id: str, now: datetime) -> list[Session]:
        """Those that are good."""
        account = self._store.get(account_id)
        found = self._store.sessions(account_id) if account is not None else []
        return [session for session in found if account is not None and self._limits.is_good(session, account, now)]

    def end_session(self, account_id: str, session_id: str, now: datetime, *, by: str) -> bool:
        """One of them."""
        return self._end([one for one in self._store.sessions(account_id) if one.id == session_id], now, by) > 0

    def end_sessions(self, account_id: str, now: datetime, *, by: str, but: str = "") -> int:
        """All but one."""
        return self._end([one for one in self._store.sessions(account_id) if one.id != but], now, by)

    def _end(self, sessions: Sequence[Session], now: datetime, by: str) -> int:
        if not sessions:
            return 0
        account_id = sessions[0].account_id
        ended = self._store.end(account_id, [session.token_hash for session in sessions])
        if ended:
            self._note(AccountEvent.ENDED, account_id, now, by=by)
        return ended

    def change_password(self, token: str, present: str, wanted: str, now: datetime) -> Entry | str:
        """Somebody's own: they must know the present one, and wrong ones count as tries."""
        found = self._found(token, now)
        if found is None:
            return Trouble.UNKNOWN.value
        session, account = found
        attempt = Attempt(account.id, present, known_device=session.token_hash, device=session.device)
        if self._count(attempt, account, now) > timedelta():
            return Trouble.WAIT.value
        if not self._fits(account, present):
            self._note(AccountEvent.WRONG, account.id, now, by=account.id)
            return Trouble.WRONG.value
        self._forgive(attempt, now)
        problem = self._refused(account, wanted, is_own=normal(present) == normal(wanted))
        if problem:
            return problem
        changed = self._set_password(account.id, wanted, now, is_temporary=False)
        if changed is None:
            return Trouble.UNKNOWN.value
        self._note(AccountEvent.PASSWORD, account.id, now, by=account.id)
        return self._begin(changed, session.device, now)

    @staticmethod
    def _refused(account: Account, wanted: str, *, is_own: bool) -> str:
        if is_own:
            return Trouble.SAME.value
        problem = password_problem(wanted, account.id, account.name)
        return problem.value if problem is not None else ""

    def prefer_letter_keys(self, account_id: str, is_on: bool) -> None:
        """Single letters as shortcuts, or not."""
        self._store.change(account_id, lambda account: replace(account, has_letter_keys=is_on))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _person(account: Account, session: Session) -> Person:
    return Person(
        id=account.id,
        name=account.name,
        role=account.role,
        session_id=session.id,
        has_letter_keys=account.has_letter_keys,
        must_change_password=account.is_temporary,
    )
