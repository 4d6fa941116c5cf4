"""Values survive any database, or are refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.storage.values import dump_json, load_json, storable, utc

pytestmark = pytest.mark.unit

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_json_comes_back_as_it_was_and_is_ascii(value: Any) -> None:
    assert load_json(dump_json(value)) == value
    assert dump_json(value).isascii() and "\x00" not in dump_json(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_numbers_that_are_none_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="JSON"):
        dump_json({"x": value})


def test_foreign_types_are_refused_by_their_name_only() -> None:
    with pytest.raises(TypeError, match="bytes cannot be stored"):
        dump_json({"x": b"pii"})


def test_decimals_and_dates_become_json() -> None:
    assert dump_json([Decimal("80.00"), Decimal("1.5"), date(2026, 11, 25)]) == '[80,1.5,"2026-11-25"]'


@given(st.text())
def test_storable_text_has_neither_nul_nor_surrogates_and_keeps_its_length(text: str) -> None:
    kept = storable(text)
    kept.encode("utf-8")
    assert "\x00" not in kept and len(kept) == len(text) and storable(kept) == kept


def test_times_become_utc_and_naive_ones_are_refused() -> None:
    tokyo = datetime(2026, 11, 24, 0, 0, tzinfo=timezone(timedelta(hours=9)))
    assert utc(tokyo) == datetime(2026, 11, 23, 15, 0, tzinfo=UTC) and utc(tokyo).tzinfo is UTC
    with pytest.raises(ValueError, match="zone"):
        utc(datetime(2026, 11, 24))
