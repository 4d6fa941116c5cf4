"""Time zones of a telephone number, by its prefix; where that says nothing, all zones of its country.

Tables are loaded at the first question (about 2 MB, 50 ms), so that a process that never asks never pays.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import phonenumbers

_NOWHERE = ("UTC",)


def zones_of(number: phonenumbers.PhoneNumber, region: str) -> tuple[str, ...]:
    """IANA zones the number may be in, the country's most peopled one first; never empty.

    Args:
        number: A parsed number.
        region: Its country, ISO 3166 ("US").
    """
    from phonenumbers import timezone

    found = set(timezone.time_zones_for_number(number)) - {timezone.UNKNOWN_TIMEZONE}
    country = zones_of_country(region)
    # A number that is at home nowhere (toll-free) gets the zones of all countries with its country code.
    at_home = tuple(zone for zone in country if zone in found)
    return at_home or tuple(sorted(found)) or country or _NOWHERE


@cache
def zones_of_country(region: str) -> tuple[str, ...]:
    """All IANA zones of a country in the order of tzdata's zone.tab; empty when there is no such country."""
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return tuple(row[2] for row in rows if row[0] == region)
