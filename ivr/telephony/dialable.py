"""`ivr.ports.Numbers` over the rules of this installation."""

from __future__ import annotations

from collections.abc import Callable

import phonenumbers
from phonenumbers import NumberParseException

from ivr.ports import NumberCheck
from ivr.telephony.destinations import DialRules, check


class DialableNumbers:
    """Thread-safe; the rules are asked for anew each time, for our own numbers change with the flows."""

    def __init__(self, rules: Callable[[], DialRules]) -> None:
        self._rules = rules

    def check(self, text: str, *, near: str = "") -> NumberCheck:
        """See the port."""
        rules = self._rules()
        found = check(text, rules, default_region=_region(near) or rules.home_region)
        problem = "" if found.is_ok else found.verdict.value
        return NumberCheck(found.e164, problem, found.extension, found.zones)


def _region(number: str) -> str:
    """Country of an E.164 number; empty when it has none."""
    if not number:
        return ""
    try:
        found = phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
    except NumberParseException:
        return ""
    return found if found in phonenumbers.SUPPORTED_REGIONS else ""
