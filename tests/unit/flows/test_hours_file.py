"""config/hours.yaml: schedules, and every mistake in them."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.flows.hours_file import load_hours
from ivr.flows.problems import FlowInvalid

pytestmark = pytest.mark.unit

GOOD = """\
desk:
  time_zone: America/New_York
  weekly:
    mon: ["09:00-12:00", "13:00-18:00"]
    sat: "10:00-24:00"
  holidays: ["2026-12-25"]
  exceptions:
    "2026-12-24": ["09:00-13:00"]
    "2026-12-31": []
  text: {en: weekdays}
"""


def load(tmp_path: Path, text: str = GOOD) -> dict[str, object]:
    path = tmp_path / "hours.yaml"
    path.write_text(text, encoding="utf-8")
    return dict(load_hours(path, "hours.yaml"))


def test_a_schedule_is_read(tmp_path: Path) -> None:
    desk = load(tmp_path)["desk"]
    assert desk.zone == ZoneInfo("America/New_York")  # type: ignore[attr-defined]
    assert desk.week == (  # type: ignore[attr-defined]
        ((time(9), time(12)), (time(13), time(18))), (), (), (), (), ((time(10), time()),), (),
    )  # fmt: skip
    assert desk.holidays == frozenset({date(2026, 12, 25)})  # type: ignore[attr-defined]
    assert desk.changes == {date(2026, 12, 24): ((time(9), time(13)),), date(2026, 12, 31): ()}  # type: ignore[attr-defined]
    assert desk.texts == {"en": "weekdays"}  # type: ignore[attr-defined]


def test_a_schedule_needs_no_holidays(tmp_path: Path) -> None:
    assert load(tmp_path, "desk: {time_zone: Asia/Tokyo, weekly: {}}")["desk"].holidays == frozenset()  # type: ignore[attr-defined]


def test_an_empty_file_has_no_schedule(tmp_path: Path) -> None:
    assert load(tmp_path, "") == {}


ZONE = "use an IANA name such as America/New_York or Asia/Tokyo"
SPAN = 'opening times must be written as "09:00-18:00"; 24:00 is midnight'


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("America/New_York", "New York", f"2: desk: `New York` is no time zone; {ZONE}"),
        ("America/New_York", "../../etc/passwd", f"2: desk: `../../etc/passwd` is no time zone; {ZONE}"),
        ("America/New_York", "[a]", "2: desk: `time_zone` must be a text"),
        ("  time_zone: America/New_York\n", "", "2: desk: a schedule needs `time_zone`; add it"),
        ("    mon:", "    monday:", "2: desk: `monday` is no day of the week; use mon, tue, wed, thu, fri, sat, sun"),
        ("10:00-24:00", "10-24", f"5: desk: {SPAN}"),
        ("10:00-24:00", "10:00-25:00", f"5: desk: {SPAN}"),
        ('"10:00-24:00"', "{a: b}", f"5: desk: {SPAN}"),
        ("10:00-24:00", "22:00-06:00", "5: desk: the end is before the beginning; split a night into two days"),
        ("13:00-18:00", "11:00-18:00", "4: desk: opening times overlap; put them in order"),
        ('["2026-12-25"]', '"2026-12-25"', '6: desk: `holidays` must be a list, such as ["2026-12-25"]'),
        ("2026-12-25", "25 December", "6: desk: a day must be written as 2026-12-25"),
        ('"2026-12-24":', '"2026-12-32":', "8: desk: a day must be written as 2026-12-25"),
        ("  text:", "  txt:", "10: desk: a schedule does not know `txt`; did you mean `text`?"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, found: str) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(FlowInvalid) as error:
        load(tmp_path, GOOD.replace(old, new))
    assert str(error.value) == f"hours.yaml:{found}"


def test_a_file_that_is_no_yaml_is_told(tmp_path: Path) -> None:
    with pytest.raises(FlowInvalid, match="hours.yaml:1: hours: this is not YAML"):
        load(tmp_path, "a: b: c")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FlowInvalid, match="hours: the file cannot be read"):
        load_hours(tmp_path / "none.yaml")
