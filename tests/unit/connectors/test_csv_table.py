"""A CSV file as a table: clear mistakes, first row that fits, changes picked up."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from ivr.connectors.config import CsvConnector
from ivr.connectors.csv_table import CsvTable
from ivr.connectors.source import Deadline, Question, Record, SourceFailed
from ivr.settings.mistakes import SettingsError

pytestmark = pytest.mark.unit

CONFIG = CsvConnector.model_validate(
    {
        "kind": "csv",
        "file": "orders.csv",
        "types": {"total": "number", "eta": "date"},
        "operations": {"find": {"match": {"number": "number"}}, "mine": {"match": {"number": "no", "name": "who"}}},
    }
)
HEADER = "number,name,total,eta\n"


def table(folder: Path, text: str | bytes) -> CsvTable:
    write(folder, text)
    return CsvTable(CONFIG, folder)


def write(folder: Path, text: str | bytes) -> None:
    new = folder / "new"
    new.write_bytes(text.encode() if isinstance(text, str) else text)
    os.replace(new, folder / "orders.csv")


def find(source: CsvTable, **arguments: str) -> Record | None:
    operation = "mine" if "who" in arguments else "find"
    return source.answer(Question(operation, arguments, "", Deadline.after(4)))


def test_the_first_row_that_fits_is_found_with_typed_values(tmp_path: Path) -> None:
    source = table(tmp_path, HEADER + "1,Ana,80,2026-11-25\n1,Bob,2,\n0120,Cy,1.5,\n")
    assert find(source, number="1") == {"number": "1", "name": "Ana", "total": 80, "eta": "2026-11-25"}
    assert find(source, number="0120") == {"number": "0120", "name": "Cy", "total": Decimal("1.5"), "eta": None}
    assert find(source, number="120") is None


def test_several_columns_must_all_fit(tmp_path: Path) -> None:
    source = table(tmp_path, HEADER + "1,Ana,80,\n1,Bob,2,\n")
    found = find(source, no="1", who="BOB")
    assert found is not None and found["total"] == 2
    assert find(source, no="2", who="Bob") is None
    assert source.operations() == {"find": ("number",), "mine": ("no", "who")}


def test_a_byte_order_mark_quotes_and_line_separators_in_cells_are_read(tmp_path: Path) -> None:
    source = table(tmp_path, "\ufeff" + HEADER + '1,"Silva, A\u2028na\nx",80,\r\n\r\n')
    found = find(source, number="1")
    assert found is not None and found["name"] == "Silva, A\u2028na\nx"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "orders.csv:1: is empty"),
        (b"number,name,total\n", "orders.csv:1: column 'eta' is missing"),
        (b"number,number,name,total,eta\n", "orders.csv:1: column 'number' is there twice"),
        (b"number,,name,total,eta\n", "orders.csv:1: a column has no name"),
        (HEADER.encode() + b"1,a,80,\n2,b\n", "orders.csv:3: has 2 cells, the header 4"),
        (HEADER.encode() + b"1,a,lots,\n", "orders.csv:2: column 'total' is not a number"),
        (HEADER.encode() + b"1,a,1,tomorrow\n", "orders.csv:2: column 'eta' is not a date"),
        (HEADER.encode() + b'1,"a,1,\n', "orders.csv:2: is not CSV"),
        (HEADER.encode() + b"1,a,1,\n2,\xff,1,\n", "orders.csv:3: is not UTF-8"),
        (HEADER.encode() + b"1," + b"a" * 200_000 + b",1,\n", "orders.csv:2: is not CSV"),
    ],
)
def test_a_broken_file_is_told_with_its_line(tmp_path: Path, text: bytes, expected: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        table(tmp_path, text)
    assert str(wrong.value.mistakes[0]).startswith(expected)


def test_a_file_of_rubbish_gives_a_readable_number_of_mistakes(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as wrong:
        table(tmp_path, HEADER + "1\n" * 10_000)
    assert len(wrong.value.mistakes) == 20


def test_a_missing_file_is_a_mistake_at_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"orders\.csv: cannot be read"):
        CsvTable(CONFIG, tmp_path)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    source = table(tmp_path, HEADER + "1,Ana,80,\n")
    write(tmp_path, HEADER + "1,Ana,81,\n2,Bob,5,\n")
    found = find(source, number="2")
    assert found is not None and found["total"] == 5


def test_a_change_that_breaks_the_file_keeps_the_rows_from_before(tmp_path: Path) -> None:
    source = table(tmp_path, HEADER + "1,Ana,80,\n")
    write(tmp_path, HEADER + "1,Ana,lots of it,\n")
    assert find(source, number="1") is not None
    assert find(source, number="1") is not None
    write(tmp_path, HEADER + "1,Ana,82,\n")
    mended = find(source, number="1")
    assert mended is not None and mended["total"] == 82


def test_a_file_that_went_away_is_a_failure_until_it_is_back(tmp_path: Path) -> None:
    source = table(tmp_path, HEADER + "1,Ana,80,\n")
    (tmp_path / "orders.csv").unlink()
    with pytest.raises(SourceFailed, match="file_missing"):
        find(source, number="1")
    write(tmp_path, HEADER + "1,Ana,83,\n")
    assert find(source, number="1") is not None
    source.close()


def test_the_shipped_orders_are_sayable_in_both_languages() -> None:
    shipped = CsvConnector.model_validate(
        {
            "kind": "csv",
            "file": "call_flows/data/orders.csv",
            "types": {"total": "number", "eta": "date"},
            "operations": {"find": {"match": {"number": "number"}}},
        }
    )
    found = find(CsvTable(shipped, Path()), number="42719")
    assert found is not None
    assert (found["status"], found["status_ja"], found["eta"], found["total"]) == (
        "shipped",
        "発送済み",
        "2026-11-25",
        80,
    )
