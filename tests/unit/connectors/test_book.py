"""All connectors behind one door: outcomes, scripts, requests, counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ivr.connectors import ConnectorBook
from ivr.core.events import LookUpOutcome
from ivr.ports import LookUpResult
from ivr.settings.mistakes import SettingsError
from tests.fakes.stores import MemoryRequestStore

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
CALLER = {"name": "Ana", "number": "+12025550123", "reason": "broken lamp"}
FIND = {"number": "42719"}


@pytest.fixture
def store() -> MemoryRequestStore:
    return MemoryRequestStore()


@pytest.fixture
def book(store: MemoryRequestStore) -> Iterator[ConnectorBook]:
    opened = ConnectorBook.from_files(
        Path("config/connectors.yaml"), base=Path(), environ={}, requests=store, now=lambda: NOW
    )
    yield opened
    opened.close()


def failed(reason: str) -> LookUpResult:
    return LookUpResult(LookUpOutcome.FAILED, reason=reason)


def test_the_shipped_book_finds_the_sample_order(book: ConnectorBook) -> None:
    result = book.call("orders.find", FIND)
    assert result.outcome is LookUpOutcome.FOUND
    assert (result.record["status"], result.record["total"], result.record["eta"]) == ("shipped", 80, "2026-11-25")


def test_operations_tell_what_flows_may_call(book: ConnectorBook) -> None:
    assert book.operations() == {"orders.find": ("number",), "requests.store": ("name", "number", "reason")}


def test_an_overlong_argument_is_refused(book: ConnectorBook) -> None:
    assert book.call("orders.find", {"number": "4" * 501}) == failed("bad_argument")


def test_numbers_and_nothing_are_arguments_too(book: ConnectorBook) -> None:
    assert book.call("orders.find", {"number": 42719}).outcome is LookUpOutcome.FOUND
    assert book.call("orders.find", {"number": None}).outcome is LookUpOutcome.NOT_FOUND


def test_a_request_is_stored_before_its_reference_is_returned(book: ConnectorBook, store: MemoryRequestStore) -> None:
    result = book.call("requests.store", CALLER | {"language": "ja", "call_id": "c1"}, key="c1:5")
    assert result == LookUpResult(LookUpOutcome.FOUND, {"reference": "100001"})
    kept = store.get("100001")
    assert kept is not None
    assert (kept.name, kept.number, kept.reason, kept.language, kept.call_id, kept.created_at) == (
        "Ana",
        "+12025550123",
        "broken lamp",
        "ja",
        "c1",
        NOW,
    )


def test_the_same_key_twice_is_one_request(book: ConnectorBook, store: MemoryRequestStore) -> None:
    first = book.call("requests.store", CALLER, key="c1:5")
    assert book.call("requests.store", CALLER, key="c1:5") == first
    assert len(store.recent()) == 1


@pytest.mark.parametrize(("key", "call_id"), [("a" * 32 + ":ask_name:3", "a" * 32), ("k1", ""), ("", "")])
def test_a_request_knows_its_call_from_the_key(
    book: ConnectorBook, store: MemoryRequestStore, key: str, call_id: str
) -> None:
    book.call("requests.store", CALLER, key=key)
    assert store.recent()[0].call_id == call_id


def test_a_request_that_cannot_be_stored_is_a_failure(book: ConnectorBook, store: MemoryRequestStore) -> None:
    store.failing = "disk_full"
    assert book.call("requests.store", CALLER, key="k") == failed("store_disk_full")


def test_without_a_store_requests_fail() -> None:
    book = ConnectorBook.from_files(Path("config/connectors.yaml"), base=Path(), environ={})
    assert book.call("requests.store", CALLER) == failed("no_store")
    book.close()


class Waiting:
    """A clock that is told how long to wait."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    def __call__(self, secs: float) -> None:
        self.waited.append(secs)


class TestScripts:
    def test_rows_of_a_script_replace_the_table_with_the_tables_types(self, book: ConnectorBook) -> None:
        scripted = book.with_rows({"orders": {"rows": [{"number": "42719", "total": "80", "eta": "2026-12-01"}]}})
        assert scripted.call("orders.find", FIND).record == {"number": "42719", "total": 80, "eta": "2026-12-01"}
        assert scripted.call("orders.find", {"number": "42720"}).outcome is LookUpOutcome.NOT_FOUND
        assert book.call("orders.find", {"number": "42720"}).outcome is LookUpOutcome.FOUND

    def test_no_rows_find_nothing(self, book: ConnectorBook) -> None:
        assert book.with_rows({"orders": {"rows": []}}).call("orders.find", FIND).outcome is LookUpOutcome.NOT_FOUND

    def test_a_scripted_failure_has_its_reason(self, book: ConnectorBook) -> None:
        assert book.with_rows({"orders": {"fails": "timeout"}}).call("orders.find", FIND) == failed("timeout")

    def test_a_delay_waits_on_the_given_clock_and_then_answers(self, book: ConnectorBook) -> None:
        wait = Waiting()
        slow = book.with_rows({"orders": {"delay_ms": 1_500}}, wait=wait)
        assert slow.call("orders.find", FIND).outcome is LookUpOutcome.FOUND
        assert wait.waited == [1.5]

    def test_a_delay_beyond_the_limit_is_a_time_out_at_the_limit(self, book: ConnectorBook) -> None:
        wait = Waiting()
        slow = book.with_rows({"orders": {"delay_ms": 60_000}}, wait=wait)
        assert slow.call("orders.find", FIND) == failed("timeout")
        assert len(wait.waited) == 1 and wait.waited[0] <= 4.0

    def test_scripted_requests_can_fail(self, book: ConnectorBook) -> None:
        assert book.with_rows({"requests": {"fails": "disk_full"}}).call("requests.store", CALLER) == failed(
            "disk_full"
        )

    @pytest.mark.parametrize(
        "given",
        [
            {"people": {"rows": []}},
            {"orders": {"row": []}},
            {"orders": {"rows": "x"}},
            {"orders": {"delay_ms": -1}},
            {"orders": {"fails": "Not a word!"}},
            {"orders": None},
            {"orders": {"rows": [{"number": "1", "total": "lots"}]}},
        ],
    )
    def test_a_malformed_script_is_told(self, book: ConnectorBook, given: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=r"connector|number"):
            book.with_rows(given)


def test_outcomes_are_counted_and_unknown_names_do_not_pile_up(book: ConnectorBook) -> None:
    book.call("orders.find", FIND)
    book.call("orders.find", {"number": "1"})
    for number in range(3):
        book.call(f"x{number}.y", {})
    assert book.counts() == {
        ("orders.find", "found"): 1,
        ("orders.find", "not_found"): 1,
        ("unknown", "unknown_operation"): 3,
    }
    assert book.hung() == 0


def test_personal_data_is_in_no_log_line(book: ConnectorBook, capsys: pytest.CaptureFixture[str]) -> None:
    book.call("requests.store", {"name": "pii-canary"})
    book.call("pii-canary.find", {"number": "pii-canary"})
    assert "pii-canary" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("entry", "environ", "expected"),
    [
        ("kind: csv, file: none.csv, operations: {f: {match: {a: a}}}", {}, "none.csv: cannot be read"),
        ("kind: sql, url_from: U, operations: {f: {query: SELECT 1}}", {}, "the environment variable U is not set"),
        ("kind: sql, url_from: U, operations: {f: {query: SELECT 1}}", {"U": "mysql://secret@x"}, "must begin with"),
        ("kind: sql, url_from: U, operations: {f: {query: SELECT 1}}", {"U": "secret"}, "cannot be read"),
        ("kind: sql, url_from: U, operations: {f: {query: SELECT 1}}", {"U": "sqlite://"}, "must begin with"),
        ("kind: http, hosts: [h], headers: {K: U}, operations: {f: {url: 'https://h/'}}", {}, "variable U is not set"),
        (
            "kind: http, hosts: [h], headers: {K: U}, operations: {f: {url: 'https://h/'}}",
            {"U": "secret\n"},
            "printable",
        ),
    ],
)
def test_what_cannot_be_opened_is_a_mistake_without_secrets(
    tmp_path: Path, entry: str, environ: dict[str, str], expected: str
) -> None:
    (tmp_path / "connectors.yaml").write_text(f"connectors:\n  one: {{{entry}}}\n")
    with pytest.raises(SettingsError) as wrong:
        ConnectorBook.from_files(tmp_path / "connectors.yaml", base=tmp_path, environ=environ)
    assert expected in str(wrong.value) and "secret" not in str(wrong.value)
