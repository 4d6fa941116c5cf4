"""Cells become text, numbers, dates and booleans, or a clear error."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from ivr.connectors.typed import BadCell, CellType, comparable, plain_record, plain_value, typed_cell

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        ("0120", CellType.TEXT, "0120"),
        ("", CellType.TEXT, ""),
        ("80", CellType.NUMBER, 80),
        ("80.00", CellType.NUMBER, 80),
        ("12.50", CellType.NUMBER, Decimal("12.50")),
        ("-3", CellType.NUMBER, -3),
        ("", CellType.NUMBER, None),
        (" ", CellType.DATE, None),
        ("2026-11-25", CellType.DATE, "2026-11-25"),
        (date(2026, 11, 25), CellType.DATE, "2026-11-25"),
        ("Yes", CellType.BOOLEAN, True),
        ("0", CellType.BOOLEAN, False),
        (True, CellType.BOOLEAN, True),
        (80, CellType.NUMBER, 80),
        (None, CellType.NUMBER, None),
    ],
)
def test_a_cell_is_read_as_its_columns_type(cell: object, kind: CellType, value: object) -> None:
    assert typed_cell(cell, kind) == value
    assert type(typed_cell(cell, kind)) is type(value)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("eighty", CellType.NUMBER),
        ("1e5", CellType.NUMBER),
        ("NaN", CellType.NUMBER),
        ("٣٤", CellType.NUMBER),
        ("²", CellType.NUMBER),
        ("9" * 19, CellType.NUMBER),
        ("2026-02-30", CellType.DATE),
        ("25.11.2026", CellType.DATE),
        ("maybe", CellType.BOOLEAN),
        (b"\x00", CellType.TEXT),
        (float("inf"), CellType.NUMBER),
    ],
)
def test_a_cell_of_another_type_is_refused_without_showing_it(cell: object, kind: CellType) -> None:
    with pytest.raises(BadCell) as refused:
        typed_cell(cell, kind)
    assert str(cell) not in str(refused.value)


def test_values_of_drivers_become_plain_ones() -> None:
    assert plain_value(Decimal("5.00")) == 5
    assert plain_value(0.1) == Decimal("0.1")
    assert plain_value(datetime(2026, 11, 25, 9, 30)) == "2026-11-25T09:30:00"


def test_a_record_keeps_objects_and_leaves_lists_out() -> None:
    assert plain_record({"a": {"b": 1.5, "c": [1]}, "d": [], "e": None}) == {"a": {"b": Decimal("1.5")}, "e": None}


def test_a_record_nested_too_deep_is_cut() -> None:
    deep: dict[str, object] = {}
    for _ in range(50):
        deep = {"x": deep}
    assert str(plain_record(deep)).count("x") == 8


def test_arguments_and_cells_compare_without_width_case_or_outer_space() -> None:
    assert comparable(" ＡＢ４２ ") == comparable("ab42")
    assert comparable(None) == comparable("")
