from datetime import UTC, datetime

import pytest

from ivr.simulator.carrier.errors import RequestRefused
from ivr.simulator.carrier.rest_list import CallQuery, DateFilter
from ivr.simulator.carrier.rest_paging import Page

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_day_without_operator_means_the_whole_day() -> None:
    query = CallQuery.read({"StartTime": "2026-11-23"})
    assert query.started.fits(NOON)
    assert not query.started.fits(datetime(2026, 11, 24, tzinfo=UTC))


def test_bounds_include_themselves() -> None:
    query = CallQuery.read({"StartTime>": "2026-11-23T12:00:00Z", "StartTime<": "2026-11-23T12:00:00Z"})
    assert query.started.fits(NOON)
    assert not query.started.fits(datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC))


def test_missing_date_fits_only_without_bounds() -> None:
    assert DateFilter().fits(None)
    assert not DateFilter(earliest=NOON).fits(None)


@pytest.mark.parametrize(
    "query",
    [
        {"StartTime": "yesterday"},
        {"EndTime>": "2026-13-01"},
    ],
)
def test_impossible_queries_are_refused(query: dict[str, str]) -> None:
    with pytest.raises(RequestRefused):
        CallQuery.read(query)


@pytest.mark.parametrize("query", [{"PageSize": "1001"}, {"PageSize": "-1"}, {"Page": "x"}, {"PageSize": "٣"}])
def test_impossible_pages_are_refused(query: dict[str, str]) -> None:
    with pytest.raises(RequestRefused):
        Page.read(query)
