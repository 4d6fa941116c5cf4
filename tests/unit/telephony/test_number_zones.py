"""Time zones of numbers: exact where the prefix says so, the whole country where it does not."""

from __future__ import annotations

import subprocess
import sys
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from phonenumbers import timezone

from ivr.telephony.number_zones import zones_of, zones_of_country

pytestmark = pytest.mark.unit


NOBODY = phonenumbers.PhoneNumber(country_code=999, national_number=123456)


def zones(e164: str, region: str) -> tuple[str, ...]:
    return zones_of(phonenumbers.parse(e164), region)


@pytest.mark.parametrize(
    ("e164", "region", "expected"),
    [
        ("+12024561111", "US", ("America/New_York",)),
        ("+13105550123", "US", ("America/Los_Angeles",)),
        ("+819012345678", "JP", ("Asia/Tokyo",)),
        ("+442072193000", "GB", ("Europe/London",)),
        ("+912212345678", "IN", ("Asia/Kolkata",)),
    ],
)
def test_a_prefix_names_its_zone(e164: str, region: str, expected: tuple[str, ...]) -> None:
    assert zones(e164, region) == expected


def test_a_number_at_home_nowhere_may_be_in_all_of_its_country_and_no_other() -> None:
    found = zones("+15005550006", "US")
    assert found[0] == "America/New_York"
    assert {"America/Los_Angeles", "Pacific/Honolulu"} <= set(found)
    assert not {"America/Toronto", "Pacific/Guam"} & set(found)


def test_a_number_without_any_zone_gets_its_country_s() -> None:
    assert zones_of(NOBODY, "AU") == zones_of_country("AU")
    assert zones_of(NOBODY, "AU")[:1] == ("Australia/Lord_Howe",)


def test_there_is_always_a_zone() -> None:
    assert zones_of(NOBODY, "ZZ") == ("UTC",)


def test_every_zone_of_the_tables_is_known_here() -> None:
    named = {zone for prefix in timezone.TIMEZONE_DATA.values() for zone in prefix} - {"Etc/Unknown"}
    assert len(named) > 250
    assert [zone for zone in sorted(named) if ZoneInfo(zone) is None] == []


def test_tables_are_not_loaded_before_they_are_asked() -> None:
    code = (
        "import sys, ivr.telephony.destinations\n"
        "heavy = ('phonenumbers.timezone', 'phonenumbers.tzdata', 'phonenumbers.geo', 'phonenumbers.carrier')\n"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
