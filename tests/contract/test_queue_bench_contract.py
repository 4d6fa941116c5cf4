"""The bench of the queue runs on both databases, counts what is there, and would notice a double claim."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect, update

from ivr.ports import Claim, Search
from ivr.storage import SqlCallbackStore, open_database
from ivr.storage.bench.claiming import measure_claims
from ivr.storage.bench.filling import NOW, QUEUES, fill, promise
from ivr.storage.bench.queue import bench_queue, drop_database, make_database
from ivr.storage.bench.written import written_order
from ivr.storage.database import Database
from ivr.storage.queue_tables import agents, callbacks
from tests.contract.conftest import sql_queue
from tests.contract.queue_rows import a_promise, an_agent, claimed, made

pytestmark = pytest.mark.contract


def test_filled_rows_are_what_the_store_would_have_written(database: Database) -> None:
    fill(database, 0, 60)
    store = SqlCallbackStore(database)
    assert [store.get(promise(number).id) for number in range(60)] == [promise(number) for number in range(60)]
    waiting = sum(store.waiting(queue, NOW) for queue in QUEUES)
    assert waiting == sum(promise(number).eligible_at <= NOW for number in range(60)) < 60
    found, total = store.search(Search(), NOW)
    assert (len(found), total) == (50, 60)


def test_lines_of_history_are_counted_in_the_order_they_were_written(database: Database) -> None:
    queue = sql_queue(database)
    made(queue, a_promise(2), a_promise(1))
    queue.agents.add(an_agent())
    assert queue.callbacks.claim([Claim(a_promise(2).id, "ana", claimed)])
    numbers = written_order(database)
    first, third = numbers[a_promise(2).id]
    (second,) = numbers[a_promise(1).id]
    assert first < second < third


def test_many_rows_lose_no_index(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.storage.bench.filling.BULK", 10)
    monkeypatch.setattr("ivr.storage.bench.filling.MOST_WAITING", 20)
    fill(database, 0, 40)
    assert SqlCallbackStore(database).handle_secs(QUEUES[0]) != []
    present = {index["name"] for index in inspect(database.engine).get_indexes("callbacks")}
    assert {str(index.name) for index in callbacks.indexes} <= present


def test_the_bench_measures_a_new_postgresql_database_and_takes_it_away(postgresql_server: str) -> None:
    url = make_database(postgresql_server, "bench_of_a_test")
    loads, claimed = bench_queue(url, [100, 50], 0.0, lambda _: None)
    drop_database(postgresql_server, "bench_of_a_test")
    assert [(load.rows, load.waiting) for load in loads] == [(50, 50), (100, 100)] and claimed is None
    assert all(load.next_ms.p50 <= load.next_ms.p99 for load in loads)


def test_claims_are_counted_and_a_double_one_is_noticed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bench.db"
    _, claimed = bench_queue(url, [400], 0.3, lambda _: None)
    assert claimed is not None and claimed.claims > 0 and claimed.doubles == 0
    database = open_database(url)
    with database.write() as connection:
        connection.execute(update(callbacks).where(callbacks.c.state == "claimed").values(state="pending"))
        connection.execute(callbacks.update().values(bound_agent=None))
    again = measure_claims_again(database, url)
    database.close()
    assert again > 0


def measure_claims_again(database: Database, url: str) -> int:
    with database.write() as connection:
        connection.execute(agents.delete())
    return measure_claims(database, url, 0.3).doubles
