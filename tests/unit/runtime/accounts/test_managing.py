from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivr.core.accounts.model import AccountEvent, Role, SessionLimits
from ivr.core.accounts.passwords import PasswordProblem, password_problem
from ivr.ports import Attempt, Entry, Trouble
from ivr.runtime.accounts import StoredAccounts
from ivr.runtime.accounts.managing import made_password
from ivr.storage.memory import MemoryAccountStore
from tests.fakes.hashing import CountingHasher

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PASSWORD = "blue kettle on Tuesday"


@pytest.fixture
def accounts() -> StoredAccounts:
    made = StoredAccounts(MemoryAccountStore(), CountingHasher(), SessionLimits())
    made.add("ada", "Ada Byron", Role.ADMIN, NOW, by="command line", password=PASSWORD)
    return made


def kinds(accounts: StoredAccounts) -> list[tuple[AccountEvent, str, str]]:
    return [(note.kind, note.account_id, note.by) for note in accounts.notes(10)]


def test_made_passwords_are_good_and_different() -> None:
    made = {made_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(one) == 19 and password_problem(one, "ana", "Ana Ruiz") is None for one in made)


def test_a_password_made_here_is_given_once_and_has_to_be_changed(accounts: StoredAccounts) -> None:
    added = accounts.add("ana", " Ana Ruiz ", Role.AGENT, NOW, by="ada")
    assert added.password not in repr(added)
    account = accounts.get("ana")
    assert account is not None and (account.name, account.is_temporary) == ("Ana Ruiz", True)
    entry = accounts.sign_in(Attempt("ana", added.password), NOW)
    assert isinstance(entry, Entry) and entry.person.must_change_password
    assert kinds(accounts)[1] == (AccountEvent.ADDED, "ana", "ada")


def test_a_password_that_was_given_is_not_told_again(accounts: StoredAccounts) -> None:
    assert accounts.add("ana", "Ana Ruiz", Role.AGENT, NOW, by="ada", password=PASSWORD).password == ""
    assert accounts.reset("ana", NOW, by="ada", password="seven green umbrellas").password == ""
    account = accounts.get("ana")
    assert account is not None and not account.is_temporary


@pytest.mark.parametrize(
    ("account_id", "name", "password", "sentence"),
    [
        ("Ana", "Ana", "", Trouble.ID.value),
        ("../x", "Ana", "", Trouble.ID.value),
        ("a" * 33, "Ana", "", Trouble.ID.value),
        ("ana", " ", "", Trouble.NAME.value),
        ("ana", "a" * 81, "", Trouble.NAME.value),
        ("ana", "Ana", "short", PasswordProblem.SHORT.value),
        ("ada", "Ada", "", Trouble.TAKEN.value),
    ],
)
def test_what_cannot_be_added_is_refused_in_words(
    accounts: StoredAccounts, account_id: str, name: str, password: str, sentence: str
) -> None:
    assert accounts.add(account_id, name, Role.AGENT, NOW, by="ada", password=password).problem == sentence
    assert [account.id for account in accounts.all()] == ["ada"]


def test_another_password_is_given_to_somebody_who_lost_theirs(accounts: StoredAccounts) -> None:
    given = accounts.reset("ada", NOW, by="command line")
    assert given.problem == "" and isinstance(accounts.sign_in(Attempt("ada", given.password), NOW), Entry)
    assert accounts.reset("nobody", NOW, by="ada").problem == Trouble.UNKNOWN.value
    assert accounts.reset("ada", NOW, by="ada", password="short").problem == PasswordProblem.SHORT.value


def test_an_account_removed_while_its_password_is_reset_stays_removed(accounts: StoredAccounts) -> None:
    accounts._store.change = lambda *_: None  # type: ignore[method-assign] # noqa: SLF001
    assert accounts.reset("ada", NOW, by="ada").problem == Trouble.UNKNOWN.value


def test_role_disabling_and_enabling_are_written_down_once(accounts: StoredAccounts) -> None:
    accounts.add("ana", "Ana Ruiz", Role.AGENT, NOW, by="ada", password=PASSWORD)
    for _ in range(2):
        assert accounts.set_role("ana", Role.SUPERVISOR, NOW, by="ada") == ""
        assert accounts.set_disabled("ana", True, NOW, by="ada") == ""
    assert accounts.set_disabled("ana", False, NOW, by="ada") == ""
    assert [one[0] for one in kinds(accounts)[:3]] == [AccountEvent.ENABLED, AccountEvent.DISABLED, AccountEvent.ROLE]
    assert len(kinds(accounts)) == 5


def test_the_last_administrator_stays(accounts: StoredAccounts) -> None:
    last = Trouble.LAST_ADMIN.value
    assert accounts.set_role("ada", Role.AGENT, NOW, by="ada") == last
    assert accounts.set_disabled("ada", True, NOW, by="ada") == last
    assert accounts.remove("ada", NOW, by="ada") == last
    accounts.add("eve", "Eve Ito", Role.ADMIN, NOW, by="ada", password=PASSWORD)
    assert accounts.set_role("ada", Role.AGENT, NOW, by="ada") == ""
    assert accounts.remove("ada", NOW, by="eve") == ""
    assert accounts.set_disabled("eve", False, NOW, by="eve") == ""


def test_nobody_is_not_changed(accounts: StoredAccounts) -> None:
    assert accounts.set_role("nobody", Role.AGENT, NOW, by="ada") == Trouble.UNKNOWN.value
    assert accounts.set_disabled("nobody", True, NOW, by="ada") == Trouble.UNKNOWN.value
    assert accounts.remove("nobody", NOW, by="ada") == Trouble.UNKNOWN.value
