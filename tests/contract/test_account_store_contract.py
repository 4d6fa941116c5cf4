"""Accounts, sessions, counters and history: one suite over memory, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.core.accounts.model import Account, AccountEvent, AccountNote, Role, Session
from ivr.core.accounts.tries import Tries
from ivr.ports import AccountStore
from tests.contract.conftest import NOW

pytestmark = pytest.mark.contract

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LONG_AGO = NOW - DAY
ANA = Account("ana", "Ana Müller", Role.AGENT, "$argon2id$hash", NOW, NOW + MINUTE, True, True, False, 3)


def a_session(letter: str = "a", **changes: object) -> Session:
    usual = Session(letter * 64, "ana", 3, NOW, NOW, "Firefox on Linux")
    return replace(usual, **changes)  # type: ignore[arg-type]


def raised(before: Mapping[str, Tries]) -> dict[str, Tries]:
    return {key: Tries(one.level + 1, NOW) for key, one in before.items()}


def test_an_account_comes_back_with_every_field(account_store: AccountStore) -> None:
    assert not account_store.has_any()
    assert account_store.add(ANA)
    assert account_store.get("ana") == ANA
    assert account_store.get("ben") is None
    assert account_store.has_any()


def test_an_id_that_is_taken_changes_nothing(account_store: AccountStore) -> None:
    account_store.add(ANA)
    assert not account_store.add(replace(ANA, role=Role.ADMIN))
    assert account_store.get("ana") == ANA


def test_all_come_by_id(account_store: AccountStore) -> None:
    for name in ("cho", "ana", "ben"):
        account_store.add(replace(ANA, id=name))
    assert [account.id for account in account_store.all()] == ["ana", "ben", "cho"]


def test_a_change_is_decided_over_the_account_as_it_is(account_store: AccountStore) -> None:
    account_store.add(ANA)
    changed = account_store.change("ana", lambda found: found.changed(role=Role.ADMIN))
    assert changed == replace(ANA, role=Role.ADMIN, version=4) == account_store.get("ana")
    assert account_store.change("ana", lambda _: None) is None
    assert account_store.change("ben", lambda found: found) is None


def test_changes_at_the_same_time_are_all_made(account_store: AccountStore) -> None:
    account_store.add(ANA)
    with ThreadPoolExecutor(4) as crowd:
        for _ in range(12):
            crowd.submit(account_store.change, "ana", lambda found: found.changed())
    account = account_store.get("ana")
    assert account is not None and account.version == 15


def test_a_removed_account_takes_its_sessions_along(account_store: AccountStore) -> None:
    account_store.add(ANA)
    account_store.begin(a_session(), forget_before=LONG_AGO)
    assert account_store.remove("ana")
    assert account_store.session("a" * 64) is None
    assert not account_store.remove("ana")
    account_store.begin(a_session("b"), forget_before=LONG_AGO)
    assert account_store.session("b" * 64) is None


def test_a_session_comes_with_its_account(account_store: AccountStore) -> None:
    account_store.add(ANA)
    account_store.begin(a_session(), forget_before=LONG_AGO)
    assert account_store.session("a" * 64) == (a_session(), ANA)
    assert account_store.session("b" * 64) is None


def test_sessions_that_began_long_ago_are_removed_when_another_begins(account_store: AccountStore) -> None:
    account_store.add(ANA)
    account_store.begin(a_session("a", created_at=NOW - DAY - MINUTE), forget_before=LONG_AGO - DAY)
    account_store.begin(a_session("b"), forget_before=LONG_AGO)
    assert [one.token_hash[0] for one in account_store.sessions("ana")] == ["b"]


def test_sessions_come_by_last_use_and_use_never_goes_back(account_store: AccountStore) -> None:
    account_store.add(ANA)
    for letter, minutes in (("a", 0), ("b", 2), ("c", 1)):
        account_store.begin(a_session(letter, seen_at=NOW + minutes * MINUTE), forget_before=LONG_AGO)
    account_store.seen("a" * 64, NOW + 3 * MINUTE)
    account_store.seen("b" * 64, NOW)
    account_store.seen("x" * 64, NOW)
    found = [(one.token_hash[0], one.seen_at) for one in account_store.sessions("ana")]
    assert found == [("a", NOW + 3 * MINUTE), ("b", NOW + 2 * MINUTE), ("c", NOW + MINUTE)]
    assert account_store.sessions("ben") == []


def test_only_own_sessions_are_ended(account_store: AccountStore) -> None:
    account_store.add(ANA)
    account_store.add(replace(ANA, id="ben"))
    account_store.begin(a_session("a"), forget_before=LONG_AGO)
    account_store.begin(a_session("b", account_id="ben"), forget_before=LONG_AGO)
    assert account_store.end("ana", ["a" * 64, "b" * 64, "c" * 64]) == 1
    assert account_store.end("ana", []) == 0
    assert account_store.session("a" * 64) is None
    assert account_store.session("b" * 64) is not None


def test_counters_that_are_not_there_are_empty(account_store: AccountStore) -> None:
    seen: list[Mapping[str, Tries]] = []

    def look(before: Mapping[str, Tries]) -> dict[str, Tries]:
        seen.append(before)
        return {"pair": Tries(2.5, NOW)}

    after = account_store.tries(["source", "pair"], look, forget_before=LONG_AGO)
    assert {key: one.level for key, one in seen[0].items()} == {"pair": 0.0, "source": 0.0}
    assert (after["pair"], after["source"].level) == (Tries(2.5, NOW), 0.0)
    assert account_store.tries(["pair"], lambda _: {}, forget_before=LONG_AGO) == {"pair": Tries(2.5, NOW)}
    assert account_store.tries([], lambda _: {}, forget_before=LONG_AGO) == {}


def test_no_try_is_lost_when_many_come_at_once(account_store: AccountStore) -> None:
    with ThreadPoolExecutor(4) as crowd:
        jobs = [crowd.submit(account_store.tries, ["a", "b"], raised, forget_before=LONG_AGO) for _ in range(16)]
        for job in jobs:
            job.result()
    found = account_store.tries(["a", "b"], lambda _: {}, forget_before=LONG_AGO)
    assert [found["a"].level, found["b"].level] == [16, 16]


def test_counters_are_forgotten(account_store: AccountStore) -> None:
    account_store.tries(["a"], raised, forget_before=LONG_AGO)
    found = account_store.tries(["b", "a"], lambda _: {}, forget_before=NOW + MINUTE)
    assert found["a"].level == 0.0


def test_the_history_is_newest_first_and_ends_somewhere(account_store: AccountStore) -> None:
    lines = [
        AccountNote(NOW + number * MINUTE, kind, account_id, "kim")
        for number, (kind, account_id) in enumerate(
            [(AccountEvent.ADDED, "ana"), (AccountEvent.WRONG, ""), (AccountEvent.ROLE, "ana")]
        )
    ]
    for line in lines:
        account_store.note(line, forget_before=LONG_AGO)
    assert account_store.notes(10) == lines[::-1]
    assert account_store.notes(1) == [lines[2]]
    assert account_store.notes(10, "ana") == [lines[2], lines[0]]
    account_store.note(lines[2], forget_before=NOW + MINUTE)
    assert account_store.notes(10) == [lines[2], lines[2], lines[1]]
