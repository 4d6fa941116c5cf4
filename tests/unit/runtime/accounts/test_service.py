from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.core.accounts.model import Account, AccountEvent, Person, Role, SessionLimits
from ivr.ports import Attempt, Entry, NoEntry, Trouble
from ivr.runtime.accounts import StoredAccounts
from ivr.storage.memory import MemoryAccountStore
from tests.fakes.hashing import CountingHasher

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
PASSWORD, OTHER = "blue kettle on Tuesday", "seven green umbrellas"
BY = "command line"


class House:
    def __init__(self) -> None:
        self.store, self.hasher = MemoryAccountStore(), CountingHasher()
        self.accounts = StoredAccounts(self.store, self.hasher, SessionLimits(30 * MINUTE, 12 * HOUR))
        assert self.accounts.add("ana", "Ana Ruiz", Role.AGENT, NOW, by=BY, password=PASSWORD).problem == ""

    def sign_in(
        self, name: str = "ana", password: str = PASSWORD, now: datetime = NOW, **fields: str
    ) -> Entry | NoEntry:
        return self.accounts.sign_in(Attempt(name, password, **fields), now)

    def token(self, now: datetime = NOW) -> str:
        entry = self.sign_in(now=now)
        assert isinstance(entry, Entry)
        return entry.token

    def kinds(self, number: int = 10) -> list[AccountEvent]:
        return [note.kind for note in self.accounts.notes(number)]


@pytest.fixture
def house() -> House:
    return House()


def test_the_right_password_lets_in_and_the_cookie_knows_who_it_is(house: House) -> None:
    entry = house.sign_in()
    assert isinstance(entry, Entry)
    assert len(entry.token) >= 43
    session_id = house.store.sessions("ana")[0].id
    assert entry.person == Person("ana", "Ana Ruiz", Role.AGENT, session_id) == house.accounts.person(entry.token, NOW)


def test_neither_password_nor_cookie_is_stored_or_shown(house: House) -> None:
    token = house.token()
    assert token not in repr(house.store.sessions("ana"))
    assert PASSWORD not in repr(Attempt("ana", PASSWORD)) and token not in repr(
        Entry(Person("a", "A", Role.AGENT), token)
    )


def test_the_same_characters_typed_on_another_keyboard_are_the_same_password(house: House) -> None:
    assert isinstance(house.sign_in(password="ｂｌｕｅ kettle on Tuesday"), Entry)


@pytest.mark.parametrize(("name", "password"), [("nobody", PASSWORD), ("ana", "wrong"), ("off", PASSWORD)])
def test_wrong_name_wrong_password_and_disabled_account_are_one_answer_and_one_work(
    house: House, name: str, password: str
) -> None:
    house.accounts.add("off", "Off Duty", Role.AGENT, NOW, by=BY, password=PASSWORD)
    house.accounts.set_disabled("off", True, NOW, by=BY)
    house.sign_in("somebody else")
    before, hashed = house.hasher.verified, house.hasher.hashed
    assert house.sign_in(name, password) == NoEntry()
    assert (house.hasher.verified - before, house.hasher.hashed - hashed) == (1, 0)


def test_a_try_that_waits_costs_no_work_whether_the_name_is_known_or_not(house: House) -> None:
    for name in ("ana", "nobody"):
        for _ in range(5):
            house.sign_in(name, "wrong", source=name)
        before = house.hasher.verified
        assert house.sign_in(name, PASSWORD, source=name) == NoEntry(SECOND)
        assert house.hasher.verified == before


def test_tries_are_counted_across_web_processes(house: House) -> None:
    other = StoredAccounts(house.store, house.hasher, SessionLimits())
    for number in range(5):
        (house.accounts, other)[number % 2].sign_in(Attempt("ana", "wrong", "1.2.3.4"), NOW)
    for process in (house.accounts, other):
        assert process.sign_in(Attempt("ana", PASSWORD, "1.2.3.4"), NOW) == NoEntry(SECOND)


def test_a_password_that_fits_starts_counting_anew(house: House) -> None:
    for _ in range(3):
        for _ in range(4):
            house.sign_in(password="wrong")
        assert isinstance(house.sign_in(), Entry)


def test_a_hash_of_old_costs_is_made_anew_and_ends_nothing(house: House) -> None:
    token = house.token()
    house.hasher.costs = "2"
    assert isinstance(house.sign_in(), Entry)
    account = house.accounts.get("ana")
    assert account is not None and account.password_hash == f"2${PASSWORD}"
    assert house.accounts.person(token, NOW) is not None


def test_a_hash_that_was_changed_meanwhile_is_left_alone(house: House) -> None:
    house.hasher.costs = "2"
    change = house.store.change

    def after_another_change(account_id: str, decide: object) -> Account | None:
        change(account_id, lambda found: replace(found, password_hash="2$another"))
        return change(account_id, decide)  # type: ignore[arg-type]

    house.store.change = after_another_change  # type: ignore[method-assign]
    house.sign_in()
    account = house.store.get("ana")
    assert account is not None and account.password_hash == "2$another"


def test_use_is_written_down_a_little_later_than_it_happens(house: House) -> None:
    token = house.token()
    house.accounts.person(token, NOW + 59 * SECOND)
    assert house.store.sessions("ana")[0].seen_at == NOW
    house.accounts.person(token, NOW + MINUTE, is_use=False)
    assert house.store.sessions("ana")[0].seen_at == NOW
    house.accounts.person(token, NOW + MINUTE)
    assert house.store.sessions("ana")[0].seen_at == NOW + MINUTE


def test_a_cookie_that_is_none_is_nobody(house: House) -> None:
    for token in ("", "x", "\ud800", house.store.add.__name__):
        assert house.accounts.person(token, NOW) is None
    house.accounts.sign_out("", NOW)
    house.accounts.sign_out("x", NOW)
    assert house.kinds() == [AccountEvent.ADDED]


def test_signing_out_ends_this_session_only(house: House) -> None:
    first, second = house.token(), house.token()
    house.accounts.sign_out(first, NOW)
    assert house.accounts.person(first, NOW) is None
    assert house.accounts.person(second, NOW) is not None
    assert house.kinds(1) == [AccountEvent.SIGNED_OUT]


def test_sessions_that_are_good_are_listed(house: House) -> None:
    house.token()
    house.token(NOW + 20 * MINUTE)
    assert len(house.accounts.sessions("ana", NOW + 20 * MINUTE)) == 2
    assert len(house.accounts.sessions("ana", NOW + 31 * MINUTE)) == 1
    assert house.accounts.sessions("nobody", NOW) == []


def test_one_session_is_ended_by_its_name_and_never_anothers(house: House) -> None:
    house.accounts.add("ben", "Ben", Role.AGENT, NOW, by=BY, password=OTHER)
    token = house.token()
    session_id = house.store.sessions("ana")[0].id
    assert not house.accounts.end_session("ben", session_id, NOW, by="ben")
    assert not house.accounts.end_session("ana", "unknown", NOW, by="ana")
    assert house.accounts.end_session("ana", session_id, NOW, by="ana")
    assert house.accounts.person(token, NOW) is None
    assert house.kinds(1) == [AccountEvent.ENDED]


def test_all_sessions_but_one_are_ended(house: House) -> None:
    keep = house.token()
    person = house.accounts.person(keep, NOW)
    assert person is not None
    others = [house.token(), house.token()]
    assert house.accounts.end_sessions("ana", NOW, by="ana", but=person.session_id) == 2
    assert [house.accounts.person(token, NOW) for token in others] == [None, None]
    assert house.accounts.person(keep, NOW) is not None
    assert house.accounts.end_sessions("ana", NOW, by="kim", but=person.session_id) == 0


def test_another_password_ends_every_session_and_begins_a_new_one(house: House) -> None:
    tokens = [house.token(), house.token()]
    entry = house.accounts.change_password(tokens[0], PASSWORD, OTHER, NOW)
    assert isinstance(entry, Entry)
    assert [house.accounts.person(token, NOW) for token in tokens] == [None, None]
    assert house.accounts.person(entry.token, NOW) is not None
    assert house.sign_in() == NoEntry()
    assert isinstance(house.sign_in(password=OTHER), Entry)
    assert AccountEvent.PASSWORD in house.kinds()


@pytest.mark.parametrize(
    ("present", "wanted", "sentence"),
    [
        ("wrong", OTHER, Trouble.WRONG.value),
        (PASSWORD, PASSWORD, Trouble.SAME.value),
        (PASSWORD, "short", "Take at least 12 characters; several words with spaces are easy to remember."),
        (PASSWORD, "password2026", "That is among the first things that are tried"),
    ],
)
def test_another_password_is_refused_in_words(house: House, present: str, wanted: str, sentence: str) -> None:
    token = house.token()
    problem = house.accounts.change_password(token, present, wanted, NOW)
    assert isinstance(problem, str) and problem.startswith(sentence)
    assert house.accounts.person(token, NOW) is not None
    assert isinstance(house.sign_in(), Entry)


def test_a_found_open_browser_is_no_place_to_guess_the_password(house: House) -> None:
    token = house.token()
    for _ in range(10):
        house.accounts.change_password(token, "wrong", OTHER, NOW)
    assert house.accounts.change_password(token, PASSWORD, OTHER, NOW) == Trouble.WAIT.value


def test_without_a_session_no_password_is_changed(house: House) -> None:
    assert house.accounts.change_password("x", PASSWORD, OTHER, NOW) == Trouble.UNKNOWN.value


def test_an_account_removed_while_its_password_is_changed_stays_removed(house: House) -> None:
    token = house.token()
    house.store.change = lambda *_: None  # type: ignore[method-assign]
    assert house.accounts.change_password(token, PASSWORD, OTHER, NOW) == Trouble.UNKNOWN.value


def test_letter_keys_are_remembered_and_end_no_session(house: House) -> None:
    token = house.token()
    house.accounts.prefer_letter_keys("ana", False)
    person = house.accounts.person(token, NOW)
    assert person is not None and not person.has_letter_keys


def test_whether_anybody_has_an_account_is_asked_until_somebody_has(house: House) -> None:
    empty = StoredAccounts(MemoryAccountStore(), house.hasher, SessionLimits())
    assert not empty.has_any()
    empty.add("ana", "Ana", Role.ADMIN, NOW, by=BY, password=PASSWORD)
    assert empty.has_any()
