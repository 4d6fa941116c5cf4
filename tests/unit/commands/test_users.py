"""`ivr users …`, with the database of a project of its own."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from ivr.app import House, open_house
from ivr.cli import app
from ivr.commands import people
from ivr.commands.db import upgrade_database
from ivr.commands.demo_people import demo_people
from ivr.core.accounts.model import Role
from ivr.places import read_settings
from ivr.ports import Attempt, Entry
from ivr.storage import SqlDeskPresence
from tests.unit.commands.conftest import Place

pytestmark = pytest.mark.unit

PASSWORD, OTHER = "blue kettle on Tuesday", "seven green umbrellas"
AGENT = ("--number", "+12025550110", "--queue", "general")


@pytest.fixture(autouse=True)
def tables(place: Place) -> None:
    place.write("config/queues.yaml", 'general:\n  titles: {en: "our team"}\n')
    upgrade_database()


def users(*words: str, stdin: str = "") -> tuple[int, str]:
    """Exit code, and all that was printed."""
    done = CliRunner().invoke(app, ["users", *words], input=stdin)
    return done.exit_code, done.output


@contextmanager
def house() -> Iterator[House]:
    opened = open_house(read_settings(), process="test", guarded=False)
    yield opened
    opened.close()


def can_sign_in(name: str, password: str) -> bool:
    with house() as opened:
        return isinstance(opened.accounts.sign_in(Attempt(name, password), opened.clock.now()), Entry)


def test_somebody_who_takes_calls_needs_no_account() -> None:
    code, told = users("add", "ana", *AGENT)
    assert (code, told) == (0, "ana is in; `ivr users state ana available` lets calls come.\n")
    with house() as opened:
        assert opened.accounts.get("ana") is None and opened.agents.get("ana") is not None


def test_somebody_who_signs_in_takes_no_calls_unless_there_is_a_number() -> None:
    code, told = users(
        "add", "kim", "--name", "Kim Novak", "--role", "supervisor", "--password-stdin", stdin=PASSWORD + "\n"
    )
    assert (code, told) == (0, "Kim Novak may sign in as supervisor. Sign in at http://127.0.0.1:8080/\n")
    assert can_sign_in("kim", PASSWORD)
    with house() as opened:
        assert opened.agents.get("kim") is None


def test_a_password_is_made_and_shown_once() -> None:
    code, told = users("add", "ana", "--name", "Ana Ruiz", "--role", "agent", *AGENT)
    found = re.search(r"shown this once; it has to be changed at the first sign-in: (\S+)", told)
    assert code == 0 and found is not None
    assert can_sign_in("ana", found[1])
    with house() as opened:
        account = opened.accounts.get("ana")
        assert account is not None and account.is_temporary and account.name == "Ana Ruiz"


def test_an_agent_who_is_there_already_gets_an_account_under_their_name() -> None:
    users("add", "ana", "--name", "Ana Ruiz", *AGENT)
    assert "Ana Ruiz may sign in as agent." in users("add", "ana", "--role", "agent")[1]


@pytest.mark.parametrize(
    ("words", "stdin", "sentence"),
    [
        (("ana",), "", "Give --number for somebody who takes calls, --role for somebody who signs in, or both."),
        (("ana", "--role", "boss"), "", "The role is agent, supervisor, admin."),
        (("Ana", "--role", "agent"), "", "A short name is 1 to 32 small letters"),
        (("Ana", *AGENT), "", "A user's id is 1 to 32 small letters"),
        (("ana", "--number", "0120"), "", "Give the telephone number in full"),
        (
            ("ana", "--number", "+12025550110", "--queue", "x"),
            "",
            "There is no queue x; config/queues.yaml has general.",
        ),
        (("ana", "--role", "agent", "--password-stdin"), "\n", "There is no password on standard input."),
        (("ana", "--role", "agent", "--password-stdin"), "short\n", "Take at least 12 characters"),
    ],
)
def test_what_cannot_be_added_is_refused_in_words(words: tuple[str, ...], stdin: str, sentence: str) -> None:
    code, told = users("add", *words, stdin=stdin)
    assert code == 2 and sentence in told


def test_a_taken_name_is_refused() -> None:
    users("add", "ana", "--role", "agent")
    assert users("add", "ana", "--role", "agent") == (2, "There is an account with this name already.\n")


class Terminal:
    @staticmethod
    def isatty() -> bool:
        return True


@pytest.mark.parametrize(("typed", "code"), [([OTHER, OTHER], 0), ([OTHER, "another"], 2), ([""], 0)])
def test_at_a_terminal_the_password_is_asked_for_twice(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: list[str], code: int
) -> None:
    users("add", "kim", "--role", "admin", "--password-stdin", stdin=PASSWORD)
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(people, "getpass", lambda _: typed.pop(0))
    assert people.reset_password("kim", from_input=False) == code
    told = capsys.readouterr()
    assert OTHER not in told.out + told.err
    assert can_sign_in("kim", OTHER) == (code == 0 and "shown this once" not in told.out)


def test_another_password_role_and_state() -> None:
    users("add", "kim", "--role", "admin", "--password-stdin", stdin=PASSWORD)
    users("add", "ana", "--role", "agent", "--password-stdin", stdin=PASSWORD)
    assert users("password", "ana", "--password-stdin", stdin=OTHER)[0] == 0
    assert can_sign_in("ana", OTHER) and not can_sign_in("ana", PASSWORD)
    assert users("role", "ana", "supervisor") == (0, "ana is supervisor.\n")
    assert users("role", "ana", "boss")[0] == 2
    assert users("disable", "ana") == (0, "ana may sign in no longer; all sessions are ended.\n")
    assert not can_sign_in("ana", OTHER)
    assert users("enable", "ana") == (0, "ana may sign in again.\n")
    assert users("disable", "kim") == (1, "This is the only administrator left; make somebody else one first.\n")


def test_sessions_are_listed_and_ended() -> None:
    users("add", "kim", "--role", "admin", "--password-stdin", stdin=PASSWORD)
    assert users("sessions", "kim") == (0, "kim is signed in nowhere.\n")
    with house() as opened:
        opened.accounts.sign_in(Attempt("kim", PASSWORD, device="Firefox on Linux"), opened.clock.now())
    assert "Firefox on Linux" in users("sessions", "kim")[1]
    (line,) = json.loads(users("sessions", "kim", "--json")[1])["sessions"]
    assert set(line) == {"id", "device", "since", "seen"}
    assert users("end-sessions", "kim") == (0, "1 session is ended.\n")
    assert users("end-sessions", "kim") == (0, "0 sessions are ended.\n")


@pytest.mark.parametrize("command", ["password", "disable", "enable", "sessions", "end-sessions"])
def test_nobody_has_no_account(command: str) -> None:
    code, told = users(command, "nobody")
    assert code == 1 and "no account" in told or "no such account" in told


def test_everybody_is_listed_with_what_they_sign_in_as() -> None:
    assert "Nobody yet" in users("list")[1]
    users("add", "ana", "--role", "agent", *AGENT)
    users("add", "ben", *AGENT)
    users("add", "kim", "--role", "admin")
    users("disable", "ana")
    listed = json.loads(users("list", "--json")[1])
    assert [one["id"] for one in listed["users"]] == ["ana", "ben"]
    assert [(one["id"], one["role"], one["disabled"]) for one in listed["accounts"]] == [
        ("ana", "agent", True),
        ("kim", "admin", False),
    ]
    assert "admin" in users("list")[1]


def test_who_is_taken_out_can_neither_take_calls_nor_sign_in() -> None:
    users("add", "kim", "--role", "admin")
    users("add", "ana", "--role", "agent", *AGENT)
    assert users("remove", "ana") == (0, "ana is out.\n")
    with house() as opened:
        assert opened.agents.get("ana") is None and opened.accounts.get("ana") is None
    assert users("remove", "ana")[0] == 1
    assert users("remove", "kim") == (1, "This is the only administrator left; make somebody else one first.\n")


def test_every_demo_has_people_with_passwords_of_its_own() -> None:
    with house() as opened:
        first, second = demo_people(opened), demo_people(opened)
        assert opened.agents.get("ana") is not None
    assert [(one.id, one.role) for one in second] == [("ana", Role.AGENT), ("kim", Role.SUPERVISOR)]
    assert {one.password for one in first}.isdisjoint(one.password for one in second)
    assert all(can_sign_in(one.id, one.password) for one in second)
    assert not can_sign_in("kim", first[1].password)
    assert second[0].password not in repr(second)


def test_whose_state_is_set_here_needs_no_desk() -> None:
    users("add", "ana", *AGENT)
    with house() as opened:
        presence = SqlDeskPresence(opened.database)
        presence.watch("ana", is_watched=True, at=opened.clock.now() - timedelta(minutes=1))
        assert presence.vanished(opened.clock.now()) == ["ana"]
        assert users("state", "ana", "available")[0] == 0
        assert presence.vanished(opened.clock.now()) == []
