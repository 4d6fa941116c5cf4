"""config/connectors.yaml: every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.connectors.config import CsvConnector, HttpConnector, RequestsConnector, SqlConnector, read_connectors
from ivr.settings.mistakes import SettingsError

pytestmark = pytest.mark.unit

GOOD = """\
connectors:
  orders:
    kind: csv
    file: orders.csv
    types: {total: number, eta: date}
    operations:
      find: {match: {number: number}}
  people:
    kind: sql
    url_from: PEOPLE_URL
    operations:
      by_number: {query: "SELECT name FROM people WHERE phone = :number"}
  stock:
    kind: http
    hosts: [api.example.com]
    headers: {Authorization: STOCK_KEY}
    operations:
      find: {url: "https://api.example.com/items/{item}", record: data}
  requests:
    kind: requests
    operations: {store: {}}
"""


def mistakes(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "connectors.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as wrong:
        read_connectors(path, "c.yaml")
    return [str(mistake) for mistake in wrong.value.mistakes]


def test_every_kind_is_read(tmp_path: Path) -> None:
    path = tmp_path / "connectors.yaml"
    path.write_text(GOOD, encoding="utf-8")
    found = read_connectors(path, "c.yaml")
    assert [type(each) for each in found.values()] == [CsvConnector, SqlConnector, HttpConnector, RequestsConnector]


def test_the_shipped_file_is_right() -> None:
    assert set(read_connectors(Path("config/connectors.yaml"), "x")) == {"orders", "requests"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "    file: orders.csv",
            "    fil: orders.csv",
            "c.yaml:4: orders.fil: no such key; remove it or mend its spelling",
        ),
        ("kind: csv", "kind: excel", "c.yaml:2: connector 'orders' needs `kind:`, one of csv, sql, http, requests"),
        ("total: number", "total: numbr", "c.yaml:5: orders.types.total: should be"),
        ("match: {number: number}", "match: {}", "c.yaml:7: orders.operations.find.match:"),
        ("{match: {number: number}}", "{match: {number: Number}}", "c.yaml:7: orders.operations.find.match.number:"),
        ("SELECT name FROM", "DELETE FROM", "c.yaml:12: people.operations.by_number.query: must begin with SELECT"),
        ("url_from: PEOPLE_URL", "url: postgresql://a:secret@h/x", "c.yaml:8: people: an url with a password"),
        ("    url_from: PEOPLE_URL\n", "", "c.yaml:8: people: needs either url or url_from"),
        ("hosts: [api.example.com]", "hosts: [other.com]", "c.yaml:13: stock: operation find asks a host"),
        ("https://api", "http://api", "c.yaml:13: stock: operation find must use https"),
        ("https://api", "ftp://api", "c.yaml:18: stock.operations.find: url must begin with https://"),
        ("record: data", "body: {a: b}", "c.yaml:18: stock.operations.find: a GET has no body"),
        ("Authorization: STOCK_KEY", "Authorization: s3cret", "c.yaml:16: stock.headers.Authorization:"),
        (
            "hosts: [api.example.com]",
            "hosts: [api.example.com]\n    timeout_secs: 99",
            "c.yaml:16: stock.timeout_secs:",
        ),
        ("{store: {}}", "{stor: {}}", "c.yaml:21: requests.operations.stor:"),
        ("  requests:", "  Requests:", "c.yaml:19: 'Requests': a connector's name is"),
        ("connectors:", "connecters:", "c.yaml:1: 'connecters': only `connectors:` belongs here"),
        ("  people:", "  orders:", "c.yaml:8: "),
        ("{total: number, eta: date}", "&a {total: *a}", "c.yaml:5: "),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, before: str, after: str, expected: str) -> None:
    assert before in GOOD
    found = mistakes(tmp_path, GOOD.replace(before, after, 1))
    assert any(each.startswith(expected) for each in found), found
    assert "s3cret" not in str(found) and "secret@" not in str(found)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    broken = GOOD.replace("    file: orders.csv", "    fil: orders.csv").replace("kind: requests", "kind: x")
    assert [each.split(" ")[0] for each in mistakes(tmp_path, broken)] == ["c.yaml:2:", "c.yaml:4:", "c.yaml:19:"]


@pytest.mark.parametrize(
    "text", ["- a\n", "connectors: [1]\n", "connectors:\n  a: 1\n", "connectors: {a: {kind: [1]}}", "{"]
)
def test_a_file_of_another_shape_is_a_mistake(tmp_path: Path, text: str) -> None:
    assert mistakes(tmp_path, text)


def test_a_missing_file_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_connectors(tmp_path / "none.yaml", "none.yaml")
