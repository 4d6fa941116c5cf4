"""Which numbers may be dialled: a table of written numbers, and the rules that change it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.telephony.destinations import DialRules, NumberType, Verdict, check

pytestmark = pytest.mark.unit

FOUR = DialRules(
    "US",
    allowed_countries=("US", "JP", "GB", "DE"),
    own_numbers=("+12024561414", "+81345678901"),
    denied_prefixes=("+1646", "+4930901"),
)

# Text, region of national numbers, verdict, E.164 (empty where nothing was read).
TABLE = [
    # North America
    ("+12024561111", "US", "OK", "+12024561111"),
    ("(202) 456-1111", "US", "OK", "+12024561111"),
    ("202.456.1111", "US", "OK", "+12024561111"),
    ("1 202 456 1111", "US", "OK", "+12024561111"),
    (" 2024561111 ", "US", "OK", "+12024561111"),
    ("+1 907 276 4500", "US", "OK", "+19072764500"),
    ("010 1 202 456 1111", "JP", "OK", "+12024561111"),
    ("001 202 456 1111", "GB", "OK", "+12024561111"),
    ("00 1 202 456 1111", "US", "OK", "+12024561111"),
    ("4561111", "US", "TOO_SHORT", "+14561111"),
    ("202456111", "US", "TOO_SHORT", "+1202456111"),
    ("20245611112", "US", "TOO_LONG", "+120245611112"),
    ("+1 999 456 1111", "US", "NOT_IN_USE", "+19994561111"),
    ("+1 202 156 1111", "US", "NOT_IN_USE", "+12021561111"),
    ("202-555-0123", "US", "NOT_IN_USE", "+12025550123"),
    ("+15005550006", "US", "PREMIUM", "+15005550006"),
    ("1-900-234-5678", "US", "PREMIUM", "+19002345678"),
    ("+1900", "US", "PREMIUM", "+1900"),
    ("212-976-1234", "US", "PREMIUM", "+12129761234"),
    ("202-555-1212", "US", "PREMIUM", "+12025551212"),
    ("+1 800 555 1212", "US", "PREMIUM", "+18005551212"),
    ("+1 800 356 9377", "US", "DENIED", "+18003569377"),
    ("+1 646 456 1111", "US", "DENIED", "+16464561111"),
    ("+1 876 555 0123", "US", "COUNTRY", "+18765550123"),
    ("416 967 1111", "US", "COUNTRY", "+14169671111"),
    ("+1 242 322 1911", "US", "COUNTRY", "+12423221911"),
    ("+1 809 535 1111", "US", "COUNTRY", "+18095351111"),
    ("202 456 1414", "US", "OWN_NUMBER", "+12024561414"),
    # Japan
    ("+819012345678", "US", "OK", "+819012345678"),
    ("090-1234-5678", "JP", "OK", "+819012345678"),
    ("０９０－１２３４－５６７８", "JP", "OK", "+819012345678"),
    ("０９０　１２３４　５６７８", "JP", "OK", "+819012345678"),
    ("＋８１９０１２３４５６７８", "US", "OK", "+819012345678"),
    ("03-1234-5678", "JP", "OK", "+81312345678"),
    ("（０３）１２３４‐５６７８", "JP", "OK", "+81312345678"),
    ("050-1234-5678", "JP", "OK", "+815012345678"),
    ("011-81-3-1234-5678", "US", "OK", "+81312345678"),
    ("0081 3 1234 5678", "US", "OK", "+81312345678"),
    ("011-231-2111", "JP", "OK", "+81112312111"),
    ("0120-123-456", "JP", "DENIED", "+81120123456"),
    ("0800-123-4567", "JP", "DENIED", "+818001234567"),
    ("020-1234-5678", "JP", "DENIED", "+812012345678"),
    ("0570-012-345", "JP", "SHARED_COST", "+81570012345"),
    ("+81 570 01", "US", "SHARED_COST", "+8157001"),
    ("0990-123-456", "JP", "PREMIUM", "+81990123456"),
    ("03-1234", "JP", "TOO_SHORT", "+81031234"),
    ("090-1234-56789", "JP", "NOT_IN_USE", "+8190123456789"),
    ("03-4567-8901", "JP", "OWN_NUMBER", "+81345678901"),
    ("0312345678", "US", "NOT_IN_USE", "+10312345678"),
    # Britain
    ("+44 20 7219 3000", "US", "OK", "+442072193000"),
    ("+44 (0)20 7219 3000", "US", "OK", "+442072193000"),
    ("020 7219 3000", "GB", "OK", "+442072193000"),
    ("0118 987 6543", "GB", "OK", "+441189876543"),
    ("07400 123456", "GB", "OK", "+447400123456"),
    ("020 7946 0123", "GB", "NOT_IN_USE", "+442079460123"),
    ("07700 900123", "GB", "NOT_IN_USE", "+447700900123"),
    ("0906 123 4567", "GB", "PREMIUM", "+449061234567"),
    ("0870 123 4567", "GB", "PREMIUM", "+448701234567"),
    ("070 1234 5678", "GB", "PREMIUM", "+447012345678"),
    ("0300 123 4567", "GB", "DENIED", "+443001234567"),
    ("0800 001 066", "GB", "DENIED", "+44800001066"),
    ("07911 123456", "GB", "COUNTRY", "+447911123456"),
    ("01534 123456", "GB", "COUNTRY", "+441534123456"),
    # Germany
    ("+49 30 227 0", "US", "OK", "+49302270"),
    ("030 12345678", "DE", "OK", "+493012345678"),
    ("01511 2345678", "DE", "OK", "+4915112345678"),
    ("0900 1 234567", "DE", "PREMIUM", "+499001234567"),
    ("0180 1 234567", "DE", "SHARED_COST", "+491801234567"),
    ("0137 1 234567", "DE", "SHARED_COST", "+491371234567"),
    ("030 901 820", "DE", "DENIED", "+4930901820"),
    # Other countries and no country
    ("+33 1 42 68 53 00", "US", "COUNTRY", "+33142685300"),
    ("+33 1 42", "US", "COUNTRY", "+33142"),
    ("+371 67 123 456", "US", "COUNTRY", "+37167123456"),
    ("+881 6 1234 5678", "US", "SATELLITE", "+881612345678"),
    ("+882 13 123456", "US", "SATELLITE", "+88213123456"),
    ("+883 5100 12345", "US", "SATELLITE", "+883510012345"),
    ("011 870 773 111 632", "US", "SATELLITE", "+870773111632"),
    ("+979 1 2345 6789", "US", "PREMIUM", "+979123456789"),
    ("+800 1234 5678", "US", "SHARED_COST", "+80012345678"),
    ("+808 1234 5678", "US", "SHARED_COST", "+80812345678"),
    ("+878 10 1234567890", "US", "COUNTRY", "+878101234567890"),
    ("+888 123 4567 8901", "US", "COUNTRY", "+88812345678901"),
    ("+999 1234 5678", "US", "NOT_A_NUMBER", ""),
    ("+210 1234 5678", "US", "NOT_A_NUMBER", ""),
    ("00 999 1234 5678", "US", "TOO_LONG", "+10099912345678"),
    # Emergency lines, also in disguise
    ("911", "US", "EMERGENCY", ""),
    ("9-1-1", "US", "EMERGENCY", ""),
    ("+1 911", "JP", "EMERGENCY", ""),
    ("1911", "US", "EMERGENCY", ""),
    ("911 ext. 1", "US", "EMERGENCY", ""),
    ("911", "JP", "EMERGENCY", ""),
    ("110", "JP", "EMERGENCY", ""),
    ("１１９", "JP", "EMERGENCY", ""),
    ("118", "JP", "EMERGENCY", ""),
    ("+81 110", "US", "EMERGENCY", ""),
    ("+81 0 119", "US", "EMERGENCY", ""),
    ("0119", "JP", "EMERGENCY", ""),
    ("81110", "JP", "EMERGENCY", ""),
    ("184 110", "JP", "EMERGENCY", ""),
    ("+81 186 119", "US", "EMERGENCY", ""),
    ("011 81 110", "US", "EMERGENCY", ""),
    ("010 1 911", "JP", "EMERGENCY", ""),
    ("999", "GB", "EMERGENCY", ""),
    ("141 999", "GB", "EMERGENCY", ""),
    ("00 44 999", "DE", "EMERGENCY", ""),
    ("+999", "US", "EMERGENCY", ""),
    ("112", "DE", "EMERGENCY", ""),
    ("000", "US", "EMERGENCY", ""),
    ("+61 106", "US", "EMERGENCY", ""),
    # No numbers
    ("", "US", "NOT_A_NUMBER", ""),
    ("   ", "US", "NOT_A_NUMBER", ""),
    ("+", "US", "NOT_A_NUMBER", ""),
    ("()-", "US", "NOT_A_NUMBER", ""),
    ("hello", "US", "NOT_A_NUMBER", ""),
    ("1-800-FLOWERS", "US", "NOT_A_NUMBER", ""),
    ("202 456 111I", "US", "NOT_A_NUMBER", ""),
    ("tel:+12024561111", "US", "NOT_A_NUMBER", ""),
    ("sip:2024561111@example.com", "US", "NOT_A_NUMBER", ""),
    ("++12024561111", "US", "NOT_A_NUMBER", ""),
    ("*67 2024561111", "US", "NOT_A_NUMBER", ""),
    ("+12024561111;+19002345678", "US", "NOT_A_NUMBER", ""),
    ("+12024561111\n+19002345678", "US", "NOT_A_NUMBER", ""),
    ("+1202456\x001111", "US", "NOT_A_NUMBER", ""),
    ("٢٠٢٤٥٦١١١١", "US", "NOT_A_NUMBER", ""),
    ("²⁰²4561111", "US", "NOT_A_NUMBER", ""),
    ("𝟐𝟎𝟐4561111", "US", "NOT_A_NUMBER", ""),
    ("〇九〇一二三四五六七八", "JP", "NOT_A_NUMBER", ""),
    ("2024561111", "ZZ", "NOT_A_NUMBER", ""),
    ("7", "US", "TOO_SHORT", ""),
    ("123", "US", "TOO_SHORT", "+1123"),
    ("00", "GB", "TOO_SHORT", ""),
    ("123456789012345678901234567890", "US", "TOO_LONG", ""),
    ("2" * 300, "US", "TOO_LONG", ""),
    ("x" * 300, "US", "TOO_LONG", ""),
]


def test_the_table_is_as_long_as_promised() -> None:
    assert len(TABLE) >= 100
    assert {row[2] for row in TABLE} == {verdict.name for verdict in Verdict}


@pytest.mark.parametrize(("text", "region", "verdict", "e164"), TABLE)
def test_each_written_number_gets_its_verdict(text: str, region: str, verdict: str, e164: str) -> None:
    found = check(text, FOUR, default_region=region)
    assert (found.verdict.name, found.e164) == (verdict, e164)


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ("+1 202 456 1111 ext. 12", "12"),
        ("+1 202 456 1111, extension 12", "12"),
        ("+12024561111x12", "12"),
        ("+12024561111 X 0012", "0012"),
        ("+12024561111#12", "12"),
        ("+12024561111 内線１２", "12"),
        ("+12024561111 EXT:1234567", "1234567"),
        ("+12024561111", ""),
    ],
)
def test_an_extension_is_kept_beside_the_number(text: str, extension: str) -> None:
    found = check(text, FOUR, default_region="US")
    assert (found.verdict, found.e164, found.extension) == (Verdict.OK, "+12024561111", extension)


@pytest.mark.parametrize(
    "text", ["+12024561111 ext. 12345678", "+12024561111 ext.", "ext. 12", "+12024561111 ext. 1 2"]
)
def test_a_strange_extension_makes_it_no_number(text: str) -> None:
    assert check(text, FOUR, default_region="US").verdict is Verdict.NOT_A_NUMBER


@pytest.mark.parametrize(
    ("text", "kind", "is_textable"),
    [
        ("+819012345678", NumberType.MOBILE, True),
        ("+12024561111", NumberType.FIXED_OR_MOBILE, True),
        ("+12024561111 ext. 2", NumberType.FIXED_OR_MOBILE, False),
        ("+81312345678", NumberType.FIXED, False),
        ("+815012345678", NumberType.VOIP, False),
        ("+447911123456", NumberType.MOBILE, False),
    ],
)
def test_only_what_may_be_a_mobile_is_texted(text: str, kind: NumberType, is_textable: bool) -> None:
    found = check(text, FOUR, default_region="US")
    assert (found.type, found.is_textable) == (kind, is_textable)


def test_only_the_home_country_is_called_unless_others_are_named() -> None:
    home = DialRules("JP")
    assert check("090-1234-5678", home, default_region="JP").is_ok
    assert check("+12024561111", home, default_region="JP").verdict is Verdict.COUNTRY


def test_other_countries_that_are_named_replace_home() -> None:
    rules = DialRules("US", allowed_countries=("CA",))
    assert check("+14169671111", rules, default_region="US").is_ok
    assert check("+12024561111", rules, default_region="US").verdict is Verdict.COUNTRY


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("+12025550123", "US"),
        ("+12025550199", "US"),
        ("+15005550006", "US"),
        ("07700 900123", "GB"),
        ("020 7946 0000", "GB"),
    ],
)
def test_numbers_of_films_and_tests_are_dialled_only_where_the_carrier_is_simulated(text: str, region: str) -> None:
    simulated = DialRules("US", allowed_countries=("US", "GB"), allow_fictional=True)
    found = check(text, simulated, default_region="GB")
    assert (found.verdict, found.region, found.is_textable) == (Verdict.OK, region, True)
    assert not check(text, DialRules("US", allowed_countries=("US", "GB")), default_region="GB").is_ok


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("+12025550100", Verdict.OK),
        ("+12025550200", Verdict.OK),
        ("+12025550099", Verdict.OK),
        ("+14165550123", Verdict.COUNTRY),
        ("+19005550123", Verdict.PREMIUM),
        ("+12025551212", Verdict.PREMIUM),
        ("911", Verdict.EMERGENCY),
        ("+15005450006", Verdict.PREMIUM),
        ("+1202555012", Verdict.TOO_SHORT),
    ],
)
def test_a_simulated_carrier_opens_nothing_else(text: str, verdict: Verdict) -> None:
    found = check(text, DialRules("US", allow_fictional=True), default_region="US")
    assert found.verdict is verdict


@pytest.mark.parametrize(
    "text", ["911", "110", "+81 119", "+1 900 234 5678", "0570-012-345", "+881612345678", "+80812345678"]
)
def test_never_is_stronger_than_anything_the_rules_allow(text: str) -> None:
    generous = DialRules("JP", ("JP", "US"), allow_types=frozenset(NumberType), allow_fictional=True)
    assert not check(text, generous, default_region="JP").is_ok


def test_a_number_of_nobody_is_not_taken_for_foreign() -> None:
    assert check("+1 416 156 1111", DialRules("CA"), default_region="CA").verdict is Verdict.NOT_IN_USE


def test_types_that_the_rules_add_are_dialled() -> None:
    rules = DialRules("GB", allow_types=frozenset({NumberType.COMPANY, NumberType.TOLL_FREE}))
    assert check("0300 123 4567", rules, default_region="GB").is_ok
    assert check("020 7219 3000", rules, default_region="GB").verdict is Verdict.DENIED


@pytest.mark.parametrize(
    "rules",
    [
        {"home_region": "USA"},
        {"home_region": "us"},
        {"home_region": "001"},
        {"home_region": "US", "allowed_countries": ("Japan",)},
        {"home_region": "US", "denied_prefixes": ("1900",)},
        {"home_region": "US", "denied_prefixes": ("",)},
        {"home_region": "US", "own_numbers": ("(202) 456-1414",)},
    ],
)
def test_rules_that_would_match_nothing_are_refused(rules: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="region|own numbers"):
        DialRules(**rules)  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from("0123456789+ -()x#.内線ext１０"), st.characters()), max_size=80))
def test_no_text_breaks_the_check_and_what_is_ok_is_complete(text: str) -> None:
    found = check(text, FOUR, default_region="US")
    if found.is_ok:
        assert found.region in FOUR.countries
        assert found.e164.startswith("+")
        assert found.zones


@settings(deadline=None)
@given(
    st.sampled_from(["110", "118", "119", "112", "911", "999", "000"]),
    st.sampled_from(
        ["", "0", "1", "+81", "+1", "+44", "+49", "00 49", "011 81", "010 1", "+81 0", "+7", "+358", "184", "+81 184"]
    ),
    st.sampled_from(["US", "JP", "GB", "DE", "FR", "ZZ"]),
    st.sampled_from(["", " ", " ext. 5", "-"]),
)
def test_an_emergency_line_is_recognised_in_every_dress(line: str, before: str, region: str, after: str) -> None:
    assert check(f"{before} {line}{after}", FOUR, default_region=region).verdict is Verdict.EMERGENCY


@pytest.mark.parametrize("text", ["client:ana", "client:+12024561111", "CLIENT:2024561111", "sip:ana@example.com"])
def test_no_caller_can_name_an_agents_page_as_a_number(text: str) -> None:
    assert not check(text, FOUR, default_region="US").is_ok
