"""`ivr.ports.Numbers` over the numbering plans: what a text means as a number, and whether it may be dialled."""

from __future__ import annotations

import phonenumbers

from ivr.ports import NumberCheck
from ivr.telephony.destinations import DialRules, check


class DialNumbers:
    """One per set of rules. Thread-safe: it keeps nothing but them."""

    def __init__(self, rules: DialRules) -> None:
        """`rules`: what this installation dials."""
        self._rules = rules

    def check(self, text: str, *, near: str = "") -> NumberCheck:
        """See `ivr.ports.Numbers`. A `near` of no country (withheld, a browser, a satellite) means home."""
        checked = check(text, self._rules, default_region=self._region_of(near))
        problem = "" if checked.is_ok else checked.verdict.value
        return NumberCheck(checked.e164, problem, checked.extension, checked.zones, checked.is_textable)

    def _region_of(self, near: str) -> str:
        """Whose national numbers somebody with that number means."""
        home = self._rules.home_region
        region = check(near, self._rules, default_region=home).region if near else ""
        return region if region in phonenumbers.SUPPORTED_REGIONS else home
