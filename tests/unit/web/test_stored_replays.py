"""Replays against the ledger on disk: soon, an hour later, after a restart, and after the ledger has forgotten (T2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from ivr.storage import Database, SqlCallStore, SqlNodeStore, SqlWebhookLedger, open_database, tables
from ivr.storage.migrate import upgrade
from ivr.worker_process import KEEP_REPLIES
from tests.unit.web.kit import CALL, PUBLIC, TOKEN, House, StandingClock, stream_url, verbs, voice_form

pytestmark = pytest.mark.unit

INCOMING = "/voice/incoming"
HOUR = 3600.0


class Site:
    """A house over one SQLite file that can be shut and opened again."""

    def __init__(self, file: Path) -> None:
        self.url, self.clock = f"sqlite:///{file}", StandingClock()
        self.open()

    def open(self) -> None:
        """Starts the web process's part anew."""
        self.database: Database = open_database(self.url)
        upgrade(self.database.engine)
        calls, nodes = SqlCallStore(self.database), SqlNodeStore(self.database)
        self.ledger = SqlWebhookLedger(self.database)
        self.house = House(clock=self.clock, calls=calls, nodes=nodes, ledger=self.ledger)  # type: ignore[arg-type]
        self.house.add_node()

    def restart(self) -> None:
        """Everything in memory is lost."""
        self.database.close()
        self.open()

    def replay(self, target: str, values: dict[str, str]) -> str:
        """The recorded request, byte for byte."""
        signature = RequestValidator(TOKEN).compute_signature(PUBLIC + target, values)
        answer = self.house.send(target, urlencode(values), signature)
        assert answer.status_code in (200, 204), answer.status
        return answer.text

    def rows(self) -> dict[str, int]:
        """How many effects there are."""
        counted = {"calls": tables.calls, "tickets": tables.stream_tickets}
        with self.database.read() as connection:
            return {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in counted.items()
            }


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    opened = Site(tmp_path / "calls.sqlite")
    yield opened
    opened.database.close()


@pytest.mark.parametrize("later_secs", [1.0, HOUR, 23 * HOUR])
@pytest.mark.parametrize("is_restarted", [False, True])
def test_a_replayed_call_gets_its_first_answer_and_has_no_effect(
    site: Site, later_secs: float, is_restarted: bool
) -> None:
    first = site.replay(INCOMING, voice_form())
    site.clock.pass_by(later_secs)
    if is_restarted:
        site.restart()
    site.ledger.forget_before(site.clock.now() - KEEP_REPLIES)
    assert site.replay(INCOMING, voice_form()) == first
    assert site.rows() == {"calls": 1, "tickets": 1}


def test_the_token_in_a_replayed_answer_opens_no_stream_an_hour_later(site: Site) -> None:
    site.replay(INCOMING, voice_form())
    site.clock.pass_by(HOUR)
    site.restart()
    token = stream_url(site.house.ask(INCOMING)).rsplit("/", 1)[-1]
    call = site.house.calls.by_sid(CALL)
    assert call is not None
    assert not site.house.nodes.use_ticket(call.id, token, now=site.clock.now())


@pytest.mark.parametrize("is_restarted", [False, True])
def test_a_replayed_end_leaves_a_call_as_it_was(site: Site, is_restarted: bool) -> None:
    site.replay(INCOMING, voice_form())
    ended = {**voice_form(), "CallStatus": "completed", "CallDuration": "12", "SequenceNumber": "3"}
    site.replay("/voice/status", ended)
    before = site.house.calls.by_sid(CALL)
    site.clock.pass_by(HOUR)
    if is_restarted:
        site.restart()
    site.replay("/voice/status", ended)
    assert site.house.calls.by_sid(CALL) == before


def test_what_the_ledger_has_forgotten_is_hung_up(site: Site) -> None:
    site.replay(INCOMING, voice_form())
    site.replay("/voice/status", {**voice_form(), "CallStatus": "completed", "CallDuration": "12"})
    site.clock.pass_by(25 * HOUR)
    site.restart()
    assert site.ledger.forget_before(site.clock.now() - KEEP_REPLIES) == 2
    assert verbs(site.house.ask(INCOMING)) == ["Hangup"]
    assert site.rows() == {"calls": 1, "tickets": 1}
