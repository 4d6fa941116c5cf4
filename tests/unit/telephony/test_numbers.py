"""What may be dialled, as the queue asks for it: the country of whoever rang is the one meant."""

from __future__ import annotations

import pytest

from ivr.ports import NumberCheck
from ivr.telephony.destinations import DialRules
from ivr.telephony.numbers import DialNumbers

pytestmark = pytest.mark.unit

NUMBERS = DialNumbers(DialRules("US", allowed_countries=("US", "JP"), own_numbers=("+12024561414",)))


def test_a_good_number_has_no_problem_and_its_zones() -> None:
    assert NUMBERS.check("(202) 456-1111") == NumberCheck("+12024561111", "", "", ("America/New_York",))


def test_an_extension_is_kept_apart_from_the_number() -> None:
    checked = NUMBERS.check("202 456 1111 ext. 42")
    assert checked == NumberCheck("+12024561111", "", "42", ("America/New_York",), can_text=False)


def test_a_national_number_is_of_the_country_of_whoever_rang() -> None:
    assert NUMBERS.check("03-3456-7890", near="+81312345678").e164 == "+81334567890"


def test_a_country_code_is_stronger_than_whoever_rang() -> None:
    assert NUMBERS.check("+1 202 456 1111", near="+81312345678").e164 == "+12024561111"


@pytest.mark.parametrize("near", ["", "client:browser", "sip:ana@example.com", "+88213300655", "+80012345678", "x"])
def test_near_something_of_no_country_means_home(near: str) -> None:
    assert NUMBERS.check("202-456-1111", near=near).e164 == "+12024561111"


def test_near_a_number_that_nobody_has_still_means_its_country() -> None:
    assert NUMBERS.check("090-1234-5678", near="+81990000000").e164 == "+819012345678"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not_a_number"),
        ("call me", "not_a_number"),
        ("911", "emergency"),
        ("456 1111", "too_short"),
        ("202 456 1111 2222", "too_long"),
        ("+1 202 555 0123", "not_in_use"),
        ("1-900-234-5678", "premium"),
        ("+44 20 7946 1234", "country"),
        ("+882 1330 0655", "satellite"),
        ("202 456 1414", "own_number"),
    ],
)
def test_the_problem_is_the_name_of_the_verdict(text: str, problem: str) -> None:
    assert NUMBERS.check(text).problem == problem


def test_a_number_with_a_problem_has_no_zones() -> None:
    assert NUMBERS.check("1-900-234-5678") == NumberCheck("+19002345678", "premium", can_text=False)


@pytest.mark.parametrize(("text", "can_text"), [("+81 90 1234 5678", True), ("+81 3 3456 7890", False)])
def test_no_text_gets_to_a_number_that_is_no_mobile(text: str, can_text: bool) -> None:
    assert NUMBERS.check(text).can_text is can_text


def test_a_country_that_is_not_called_is_a_problem_however_near_the_caller_is() -> None:
    assert NUMBERS.check("55 5123 4567", near="+525512345678").problem == "country"
