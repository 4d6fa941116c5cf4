"""One suite for every way to look something up: CSV, SQLite, HTTP, a script, and the fake."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ivr.connectors import ConnectorBook
from ivr.core.events import LookUpOutcome
from ivr.ports import Connectors, LookUpResult
from tests.fakes.connectors import FakeConnectors, http_answer, web_service

pytestmark = pytest.mark.contract

ROW: dict[str, Any] = {"number": "42719", "status": "shipped", "eta": "2026-11-25", "total": 80}
HOSTILE = ["' OR 1=1 --", "../../etc/passwd", "..", "\x00", "\ud800", "😀" * 100, "%", "a,b\nc", "{number}", ":number"]


def csv_book(folder: Path) -> ConnectorBook:
    (folder / "orders.csv").write_text("number,status,eta,total\n42719,shipped,2026-11-25,80\n")
    return book(folder, "kind: csv, file: orders.csv, operations: {find: {match: {number: number}}}")


def sql_book(folder: Path) -> ConnectorBook:
    database = sqlite3.connect(folder / "orders #%.db")
    database.execute("CREATE TABLE orders (number TEXT, status TEXT, eta TEXT, total NUMERIC)")
    database.execute("INSERT INTO orders VALUES ('42719', 'shipped', '2026-11-25', 80)")
    database.commit()
    database.close()
    query = '"SELECT number, status, eta, total FROM orders WHERE number = :number"'
    return book(folder, f"kind: sql, url_from: ORDERS_URL, operations: {{find: {{query: {query}}}}}")


def book(folder: Path, entry: str, types: str = "types: {total: number, eta: date}, ", **given: Any) -> ConnectorBook:
    (folder / "connectors.yaml").write_text(f"connectors:\n  orders: {{{types}{entry}}}\n")
    environ = {"ORDERS_URL": "sqlite:///orders #%.db", "KEY": "s3cret"}
    return ConnectorBook.from_files(folder / "connectors.yaml", base=folder, environ=environ, **given)


@pytest.fixture(params=["csv", "sql", "script", "fake"])
def connectors(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connectors]:
    with ExitStack() as stack:
        match request.param:
            case "fake":
                yield FakeConnectors({"orders.find": [ROW]}, wants={"orders.find": ("number",)})
                return
            case "csv":
                opened = csv_book(tmp_path)
            case "sql":
                opened = sql_book(tmp_path)
            case _:
                opened = csv_book(tmp_path)
                stack.callback(opened.close)
                opened = opened.with_rows({"orders": {"rows": [ROW]}})
        stack.callback(opened.close)
        yield opened


def test_a_row_is_found_with_typed_values(connectors: Connectors) -> None:
    assert connectors.call("orders.find", {"number": "42719"}) == LookUpResult(LookUpOutcome.FOUND, ROW)


def test_a_row_that_is_not_there_is_not_found(connectors: Connectors) -> None:
    assert connectors.call("orders.find", {"number": "1"}) == LookUpResult(LookUpOutcome.NOT_FOUND)


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_arguments_find_nothing_and_raise_nothing(connectors: Connectors, value: str) -> None:
    outcome = connectors.call("orders.find", {"number": value}).outcome
    assert outcome in {LookUpOutcome.NOT_FOUND, LookUpOutcome.FAILED}
    assert connectors.call("orders.find", {"number": "42719"}).outcome is LookUpOutcome.FOUND


def test_operations_are_listed_with_their_arguments(connectors: Connectors) -> None:
    assert connectors.operations() == {"orders.find": ("number",)}


@pytest.mark.parametrize("operation", ["orders.steal", "orders", "", ".find", "orders.find.x", "people.find"])
def test_an_unknown_operation_is_a_failure(connectors: Connectors, operation: str) -> None:
    result = connectors.call(operation, {"number": "42719"})
    assert (result.outcome, result.reason) == (LookUpOutcome.FAILED, "unknown_operation")


def test_a_missing_argument_is_a_failure(connectors: Connectors) -> None:
    result = connectors.call("orders.find", {"no": "42719"})
    assert (result.outcome, result.reason) == (LookUpOutcome.FAILED, "missing_argument")


class TestSql:
    def test_a_query_that_runs_for_ever_ends_at_the_limit(self, tmp_path: Path) -> None:
        sql_book(tmp_path).close()
        endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) AS c FROM n"
        entry = f'kind: sql, url_from: ORDERS_URL, operations: {{find: {{query: "{endless}"}}}}'
        slow = book(tmp_path, entry, limit_secs=0.2)
        assert slow.call("orders.find", {}) == LookUpResult(LookUpOutcome.FAILED, reason="timeout")
        slow.close()

    def test_a_query_that_writes_is_refused_by_the_database(self, tmp_path: Path) -> None:
        sql_book(tmp_path).close()
        entry = (
            'kind: sql, url_from: ORDERS_URL, operations: {find: {query: "WITH a AS (SELECT 1) DELETE FROM orders"}}'
        )
        writing = book(tmp_path, entry)
        assert writing.call("orders.find", {}).outcome is LookUpOutcome.FAILED
        writing.close()
        rows = sqlite3.connect(tmp_path / "orders #%.db")
        assert rows.execute("SELECT count(*) FROM orders").fetchone() == (1,)
        rows.close()

    @pytest.mark.parametrize("query", ["SELECT nothing FROM orders", "SELECT 1 FROM nowhere", "SELECT x'00' AS blob"])
    def test_a_query_that_fails_is_an_outcome(self, tmp_path: Path, query: str) -> None:
        sql_book(tmp_path).close()
        bad = book(tmp_path, f'kind: sql, url_from: ORDERS_URL, operations: {{find: {{query: "{query}"}}}}')
        assert bad.call("orders.find", {}).outcome is LookUpOutcome.FAILED
        bad.close()

    def test_postgresql_answers_and_stops_at_the_limit(self, tmp_path: Path, postgresql_server: str) -> None:
        (tmp_path / "connectors.yaml").write_text(
            "connectors:\n  pg:\n    kind: sql\n    url_from: URL\n    operations:\n"
            "      find: {query: \"SELECT CAST(:number AS text) AS number, 1.5 AS total, DATE '2026-11-25' AS eta\"}\n"
            '      sleep: {query: "SELECT pg_sleep(60)"}\n'
            "      write: {query: \"WITH a AS (SELECT 1) SELECT nextval('s')\"}\n"
        )
        opened = ConnectorBook.from_files(
            tmp_path / "connectors.yaml", base=tmp_path, environ={"URL": postgresql_server}, limit_secs=1.0
        )
        found = opened.call("pg.find", {"number": "' OR 1"}).record
        assert (found["number"], str(found["total"]), found["eta"]) == ("' OR 1", "1.5", "2026-11-25")
        assert opened.call("pg.sleep", {}).reason == "timeout"
        assert opened.call("pg.write", {}).outcome is LookUpOutcome.FAILED
        opened.close()


def http_book(
    folder: Path,
    port: int,
    operation: str = 'url: "http://localhost:PORT/orders/{number}"',
    extra: str = "",
    **given: Any,
) -> ConnectorBook:
    find = operation.replace("PORT", str(port))
    private = "" if "allow_private" in extra else "allow_private: true, "
    entry = f"kind: http, {private}hosts: [localhost], {extra}operations: {{find: {{{find}}}}}"
    return book(folder, entry, types="", **given)


def ask(folder: Path, answer: bytes, **options: Any) -> LookUpResult:
    with web_service(answer) as service:
        opened = http_book(folder, service.port, **options)
        result = opened.call("orders.find", {"number": "42719"})
        opened.close()
    return result


class TestHttp:
    def test_an_object_is_found(self, tmp_path: Path) -> None:
        result = ask(tmp_path, http_answer(json.dumps(ROW).encode()))
        assert result == LookUpResult(LookUpOutcome.FOUND, ROW)

    def test_an_object_inside_the_answer_is_found(self, tmp_path: Path) -> None:
        body = json.dumps({"data": {"items": [ROW]}}).encode()
        operation = 'url: "http://localhost:PORT/o/{number}", record: data.items'
        assert ask(tmp_path, http_answer(body), operation=operation).record == ROW

    @pytest.mark.parametrize("body", [b"null", b"[]", b'{"data": null}', b'{"other": 1}'])
    def test_no_object_is_not_found(self, tmp_path: Path, body: bytes) -> None:
        record = "data" if b"{" in body else ""
        operation = f'url: "http://localhost:PORT/o/{{number}}", record: "{record}"'
        assert ask(tmp_path, http_answer(body), operation=operation).outcome is LookUpOutcome.NOT_FOUND

    @pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
    def test_some_statuses_mean_not_found(self, tmp_path: Path, status: str) -> None:
        assert ask(tmp_path, http_answer(b"", status)).outcome is LookUpOutcome.NOT_FOUND

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (http_answer(b"", "500 Oops"), "status_5xx"),
            (http_answer(b"", "403 No"), "status_4xx"),
            (http_answer(b"", "302 Found", "Location: http://169.254.169.254/\r\n"), "redirect"),
            (http_answer(b"{"), "bad_json"),
            (http_answer(b"\xff"), "bad_json"),
            (http_answer(b'{"a": NaN}'), "bad_json"),
            (http_answer(b'{"a": 1, "a": 2}'), "bad_json"),
            (http_answer(b"[" * 60_000), "bad_json"),
            (http_answer(b'{"a": 1' + b"0" * 5_000 + b"}"), "bad_json"),
            (http_answer(b'"text"'), "bad_json"),
            (http_answer(b" " * 70_000), "too_large"),
            (http_answer(b"x", headers="Content-Encoding: gzip\r\n"), "bad_encoding"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", "bad_answer"),
            (b"SSH-2.0-server\r\n", "bad_answer"),
            (b"", "bad_answer"),
            (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000, "bad_answer"),
        ],
    )
    def test_a_bad_answer_has_its_own_reason(self, tmp_path: Path, answer: bytes, reason: str) -> None:
        assert ask(tmp_path, answer) == LookUpResult(LookUpOutcome.FAILED, reason=reason)

    def test_nobody_listening_is_refused(self, tmp_path: Path) -> None:
        with web_service() as service:
            port = service.port
        opened = http_book(tmp_path, port)
        assert opened.call("orders.find", {"number": "1"}).reason == "refused"
        opened.close()

    def test_a_private_address_is_refused_unless_allowed(self, tmp_path: Path) -> None:
        operation = 'url: "https://localhost:PORT/o/{number}"'
        opened = http_book(tmp_path, 443, operation, extra="allow_private: false, ")
        assert opened.call("orders.find", {"number": "1"}).reason == "address_refused"
        opened.close()

    def test_plain_http_where_tls_is_spoken_is_a_failure(self, tmp_path: Path) -> None:
        operation = 'url: "https://localhost:PORT/o/{number}"'
        assert ask(tmp_path, http_answer(b"{}"), operation=operation).outcome is LookUpOutcome.FAILED

    @pytest.mark.parametrize("value", [".", ".."])
    def test_an_argument_that_would_climb_is_refused(self, tmp_path: Path, value: str) -> None:
        opened = http_book(tmp_path, 9)
        assert opened.call("orders.find", {"number": value}).reason == "bad_argument"
        opened.close()

    def test_arguments_secrets_and_key_arrive_in_their_places(self, tmp_path: Path) -> None:
        operation = 'method: POST, url: "http://localhost:PORT/o/{number}?q={number}", body: {sku: item}'
        with web_service(http_answer(b'{"ok": true}')) as service:
            opened = http_book(tmp_path, service.port, operation, extra="headers: {X-Key: KEY}, ")
            result = opened.call("orders.find", {"number": "a/b?c&d", "item": 'x"y'}, key="k1")
            opened.close()
            (request,) = service.heard
        assert result.record == {"ok": True}
        head, _, body = request.partition(b"\r\n\r\n")
        assert head.startswith(b"POST /o/a%2Fb%3Fc%26d?q=a%2Fb%3Fc%26d HTTP/1.1\r\n")
        assert f"Host: localhost:{service.port}\r\n".encode() in head
        assert b"X-Key: s3cret" in head and b"Idempotency-Key: k1" in head
        assert json.loads(body) == {"sku": 'x"y'}

    @pytest.mark.parametrize("manner", ["hangs", "drips"])
    def test_a_service_that_never_ends_its_answer_is_given_up_and_cut(self, tmp_path: Path, manner: str) -> None:
        with web_service(hangs=manner == "hangs", drips=manner == "drips") as service:
            opened = http_book(tmp_path, service.port, limit_secs=0.3)
            assert opened.call("orders.find", {"number": "1"}).reason == "timeout"
            opened.close()
        assert opened.counts() == {("orders.find", "timeout"): 1}


def test_tables_may_be_asked_on_a_guess_and_services_may_not(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("csv", "sql", "http")]
    for folder in folders:
        folder.mkdir()
    table = csv_book(folders[0])
    assert table.is_read("orders.find")
    assert not table.is_read("orders.unknown")
    assert sql_book(folders[1]).is_read("orders.find")
