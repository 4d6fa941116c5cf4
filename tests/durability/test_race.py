"""No agent has two customers, no customer two agents, however many processes want them at once (P5).

`python -m tests.durability.racer URL 10000` runs the same for longer.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.durability.racer import race

pytestmark = pytest.mark.durability

ROUNDS = 24


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_all_who_want_an_agent_or_a_callback_one_gets_it(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/d.db" if kind == "sqlite" else request.getfixturevalue("postgresql_server")
    outcome = race(url, ROUNDS)
    assert outcome.wrong == []
    assert sum(outcome.winners.values()) == ROUNDS


def test_racers_who_look_first_and_write_later_are_noticed(tmp_path: Path) -> None:
    assert race(f"sqlite:///{tmp_path}/d.db", 1, is_careless=True).wrong == [0]
