"""`ivr users …`: who may sign in. What is done here is written down as done by `command line`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from getpass import getpass

from rich.console import Console
from rich.table import Table

from ivr.app import House, open_house
from ivr.commands.common import say, settings, tell
from ivr.commands.users import put_agent
from ivr.core.accounts.model import Role
from ivr.core.queueing.legs import Agent
from ivr.ports import Added

BY = "command line"
LONGEST_LINE = 2048


@dataclass(frozen=True, slots=True)
class NewUser:
    """What `ivr users add` was given."""

    id: str
    name: str
    role: str
    """Empty: no account."""
    agent: Agent | None
    """None: takes no calls."""
    from_input: bool = False


def _with_house(work: Callable[[House], int]) -> int:
    house = open_house(settings(), process="command", guarded=False)
    try:
        return work(house)
    finally:
        house.close()


def add_user(given: NewUser) -> int:
    """Somebody who takes calls, who signs in, or both."""
    if given.agent is None and not given.role:
        tell("Give --number for somebody who takes calls, --role for somebody who signs in, or both.")
        return 2
    if given.role and _role(given.role) is None:
        return 2
    return _with_house(lambda house: _add(house, given))


def _add(house: House, given: NewUser) -> int:
    if given.agent is not None:
        code = put_agent(house, given.agent)
        if code or not given.role:
            return code
    known = house.agents.get(given.id)
    name = given.name or (known.name if known is not None else given.id)
    password = _chosen(given.from_input, given.id)
    if password is None:
        return 2
    role = Role(given.role)
    added = house.accounts.add(given.id, name, role, house.clock.now(), by=BY, password=password)
    return _tell_password(house, given.id, added, f"{name} may sign in as {role.value}.")


def reset_password(account_id: str, *, from_input: bool) -> int:
    """Another password."""

    def work(house: House) -> int:
        if house.accounts.get(account_id) is None:
            return _unknown(account_id)
        password = _chosen(from_input, account_id)
        if password is None:
            return 2
        done = house.accounts.reset(account_id, house.clock.now(), by=BY, password=password)
        return _tell_password(house, account_id, done, f"{account_id} has a new password; all sessions are ended.")

    return _with_house(work)


def set_role(account_id: str, word: str) -> int:
    """Another role."""
    role = _role(word)
    if role is None:
        return 2

    def work(house: House) -> int:
        problem = house.accounts.set_role(account_id, role, house.clock.now(), by=BY)
        return _told(problem, f"{account_id} is {role.value}.")

    return _with_house(work)


def set_disabled(account_id: str, *, is_disabled: bool) -> int:
    """Whether somebody may sign in."""

    def work(house: House) -> int:
        problem = house.accounts.set_disabled(account_id, is_disabled, house.clock.now(), by=BY)
        done = "may sign in no longer; all sessions are ended" if is_disabled else "may sign in again"
        return _told(problem, f"{account_id} {done}.")

    return _with_house(work)


def list_sessions(account_id: str, *, as_json: bool) -> int:
    """Where somebody is signed in."""

    def work(house: House) -> int:
        if house.accounts.get(account_id) is None:
            return _unknown(account_id)
        found = house.accounts.sessions(account_id, house.clock.now())
        if as_json:
            lines = [
                {
                    "id": one.id,
                    "device": one.device,
                    "since": one.created_at.isoformat(),
                    "seen": one.seen_at.isoformat(),
                }
                for one in found
            ]
            say(json.dumps({"sessions": lines}))
            return 0
        table = Table(box=None, pad_edge=False)
        for heading in ("id", "browser", "since (UTC)", "last used (UTC)"):
            table.add_column(heading)
        for one in found:
            times = [at.strftime("%m-%d %H:%M") for at in (one.created_at, one.seen_at)]
            table.add_row(one.id, one.device, *times)
        Console().print(table if found else f"{account_id} is signed in nowhere.")
        return 0

    return _with_house(work)


def end_sessions(account_id: str) -> int:
    """Signs somebody out everywhere."""

    def work(house: House) -> int:
        if house.accounts.get(account_id) is None:
            return _unknown(account_id)
        ended = house.accounts.end_sessions(account_id, house.clock.now(), by=BY)
        say(f"{ended} {'session is' if ended == 1 else 'sessions are'} ended.")
        return 0

    return _with_house(work)


def _role(word: str) -> Role | None:
    try:
        return Role(word)
    except ValueError:
        tell(f"The role is {', '.join(role.value for role in Role)}.")
        return None


def _chosen(from_input: bool, account_id: str) -> str | None:
    """From standard input, from whoever sits there, or empty: one is made. None: two that differ, or an empty line."""
    if from_input:
        line = sys.stdin.readline(LONGEST_LINE).rstrip("\r\n")
        if not line:
            tell("There is no password on standard input.")
        return line or None
    if not sys.stdin.isatty():
        return ""
    first = getpass(f"Password of {account_id} (empty: one is made): ")
    if first and getpass("Again: ") != first:
        tell("The two passwords are not the same; nothing was changed.")
        return None
    return first


def _tell_password(house: House, account_id: str, done: Added, sentence: str) -> int:
    if done.problem:
        tell(done.problem)
        return 2
    say(f"{sentence} Sign in at {house.settings.public_url}/")
    if done.password:
        say(f"Password of {account_id}, shown this once; it has to be changed at the first sign-in: {done.password}")
    return 0


def _told(problem: str, sentence: str) -> int:
    if problem:
        tell(problem)
        return 1
    say(sentence)
    return 0


def _unknown(account_id: str) -> int:
    tell(f"{account_id} has no account; `ivr users add {account_id} --role agent` makes one.")
    return 1
