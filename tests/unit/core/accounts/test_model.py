from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.core.accounts.model import Account, Role, Session, SessionLimits

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANA = Account("ana", "Ana Ruiz", Role.AGENT, "secret hash", NOW, NOW)
SESSION = Session("f" * 64, "ana", 1, NOW, NOW)
LIMITS = SessionLimits(30 * MINUTE, 12 * 60 * MINUTE)


@pytest.mark.parametrize(
    ("role", "may"), [(Role.AGENT, [1, 0, 0]), (Role.SUPERVISOR, [1, 1, 0]), (Role.ADMIN, [1, 1, 1])]
)
def test_a_role_may_what_those_before_it_may(role: Role, may: list[int]) -> None:
    assert [role.may(wanted) for wanted in Role] == may


def test_a_change_that_ends_sessions_has_a_version_of_its_own() -> None:
    changed = ANA.changed(role=Role.ADMIN)
    assert (changed.role, changed.version, changed.name) == (Role.ADMIN, 2, "Ana Ruiz")


def test_the_hash_is_not_shown() -> None:
    assert "secret hash" not in repr(ANA)


def test_a_session_is_named_without_its_secret() -> None:
    assert SESSION.id == "f" * 16


def test_a_fresh_session_is_good() -> None:
    assert LIMITS.is_good(SESSION, ANA, NOW)


@pytest.mark.parametrize(
    ("account", "after"),
    [
        (replace(ANA, is_disabled=True), timedelta()),
        (replace(ANA, id="ben"), timedelta()),
        (replace(ANA, version=2), timedelta()),
        (ANA, 30 * MINUTE),
    ],
)
def test_a_session_is_good_no_longer(account: Account, after: timedelta) -> None:
    assert not LIMITS.is_good(SESSION, account, NOW + after)


def test_use_renews_a_session_up_to_its_whole_time() -> None:
    used = replace(SESSION, seen_at=NOW + 719 * MINUTE)
    assert LIMITS.is_good(used, ANA, NOW + 719 * MINUTE)
    assert not LIMITS.is_good(used, ANA, NOW + 720 * MINUTE)


def test_not_every_use_is_written_down() -> None:
    assert not LIMITS.is_stale(SESSION, NOW + timedelta(seconds=59))
    assert LIMITS.is_stale(SESSION, NOW + MINUTE)
