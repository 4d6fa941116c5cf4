"""Slot by slot: what was said, and the value it stands for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ivr.core.meaning import SlotType
from ivr.understanding.slots import PARSERS, SlotContext, parse_slot

pytestmark = pytest.mark.unit

FRIDAY = datetime(2026, 11, 20, 10, 0)
SIZES = (("small", ("little one",)), ("medium", ("middle",)), ("large", ("big", "big one")))


def value(text: str, kind: str, language: str = "en", question: str = "", **limits: Any) -> str | None:
    guess = parse_slot(text, SlotType(kind, **limits), SlotContext(language, FRIDAY, question))
    return guess.value if guess else None


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("four oh seven double nine", "40799"),
        ("forty seven oh nine", "4709"),
        ("nine one one", "911"),
        ("seventy two", "72"),
        ("fifteen twenty", "1520"),
        ("yeah it's nine nine oh one two", "99012"),
        ("the number is sixty three eleven five", "63115"),
        ("I think it's three triple one two", "31112"),
        ("eight zero double zero four", "80004"),
        ("number 5 5 1 2 7 thanks", "55127"),
        ("ok so that would be one oh oh four seven", "10047"),
        ("twenty two thousand one hundred and nine", "22109"),
        ("six sixteen sixty", "61660"),
        ("to five ate nine won", "25891"),
        ("order 3-0-0-1-9", "30019"),
        ("it is seven um seven er six five two", "77652"),
        ("five oh five oh five", "50505"),
        ("three forty five sixty seven", "34567"),
        ("it starts with seven then four four nine one", "74491"),
        ("zero nine three three", "0933"),
        ("code is four four four four", "4444"),
        ("pin nineteen eighty four", "1984"),
        ("two thousand and five", "2005"),
        ("it's one, two, three, four", "1234"),
        ("eleven twelve", "1112"),
        ("my pin's double oh seven nine", "0079"),
    ],
)
def test_english_digits_of_known_length(text: str, digits: str) -> None:
    assert value(text, "digits", length=len(digits)) == digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("いちさんごななきゅう", "13579"),
        ("番号は三三〇一八になります", "33018"),
        ("えっと、さんさんゼロいちはちです", "33018"),
        ("1 2 3 4 5 です", "12345"),
        ("二万三千四百五十六番です", "23456"),
        ("ごーごーろくにーいち", "55621"),
        ("きゅうはちななろくごでお願いします", "98765"),
        ("注文番号は、０１２３４です", "01234"),
        ("一二 三四 五", "12345"),
        ("まるまるいちにさん", "00123"),
        ("よんよんよんななしち", "44477"),
        ("八〇〇二五だと思います", "80025"),
    ],
)
def test_japanese_digits_of_known_length(text: str, digits: str) -> None:
    assert value(text, "digits", "ja", length=len(digits)) == digits


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "2026-11-20"),
        ("tomorrow", "2026-11-21"),
        ("the day after tomorrow", "2026-11-22"),
        ("next tuesday", "2026-11-24"),
        ("monday", "2026-11-23"),
        ("the third of may", "2027-05-03"),
        ("may third", "2027-05-03"),
        ("december twenty fifth", "2026-12-25"),
        ("the twenty first", "2026-11-21"),
        ("in two weeks", "2026-12-04"),
        ("two weeks from tomorrow", "2026-12-05"),
        ("a week from monday", "2026-11-30"),
        ("12/24/2026", "2026-12-24"),
        ("2026-12-01", "2026-12-01"),
        ("march 3rd twenty twenty seven", "2027-03-03"),
        ("end of the month", "2026-11-30"),
        ("this friday", "2026-11-20"),
        ("three days ago", "2026-11-17"),
        ("last monday", "2026-11-16"),
        ("christmas eve", "2026-12-24"),
        ("i may need it on the 30th", "2026-11-30"),
        ("first of december", "2026-12-01"),
        ("tuesday next week", "2026-11-24"),
        ("monday week", "2026-11-30"),
        ("the fifteenth of next month", "2026-12-15"),
        ("in a month", "2026-12-20"),
        ("the second", "2026-12-02"),
        ("no idea", None),
        ("day after tomorrow please", "2026-11-22"),
        ("how about thursday", "2026-11-26"),
        ("next friday", "2026-11-27"),
        ("on the twenty eighth", "2026-11-28"),
        ("january the second", "2027-01-02"),
        ("february fourteenth twenty twenty seven", "2027-02-14"),
        ("the 5th of december", "2026-12-05"),
        ("ten days from now", "2026-11-30"),
        ("a week from today", "2026-11-27"),
        ("a week on wednesday", "2026-12-02"),
        ("in three months", "2027-02-20"),
        ("new year's eve", "2026-12-31"),
        ("dec 9", "2026-12-09"),
        ("thirty first of march", "2027-03-31"),
        ("wednesday the second of december", "2026-12-02"),
        ("this sunday", "2026-11-22"),
        ("end of next month", "2026-12-31"),
        ("two weeks ago", "2026-11-06"),
        ("yesterday", "2026-11-19"),
        ("it has to be by monday", "2026-11-23"),
        ("tuesday after next", "2026-12-01"),
    ],
)
def test_english_date_phrases(text: str, expected: str | None) -> None:
    assert value(text, "date", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("明日", "2026-11-21"),
        ("あさって", "2026-11-22"),
        ("来週の火曜日", "2026-11-24"),
        ("月曜日です", "2026-11-23"),
        ("五月三日", "2027-05-03"),
        ("12月25日", "2026-12-25"),
        ("三日後", "2026-11-23"),
        ("一週間後の月曜日", "2026-11-23"),
        ("月末", "2026-11-30"),
        ("来月の十日", "2026-12-10"),
        ("ごがつみっか", "2027-05-03"),
        ("再来週の金曜", "2026-12-04"),
        ("二十四日", "2026-11-24"),
        ("今日の午後", "2026-11-20"),
        ("令和九年一月五日", "2027-01-05"),
        ("らいしゅうのげつようび", "2026-11-23"),
        ("じゅうにがつついたち", "2026-12-01"),
        ("昨日", "2026-11-19"),
        ("来週の月曜", "2026-11-23"),
        ("来週水曜日でお願いします", "2026-11-25"),
        ("十二月の二十八日", "2026-12-28"),
        ("しあさって", "2026-11-23"),
        ("二週間後", "2026-12-04"),
        ("今週の土曜日", "2026-11-21"),
        ("来月末", "2026-12-31"),
        ("一月十五日", "2027-01-15"),
        ("ついたちです", "2026-12-01"),
        ("十日後", "2026-11-30"),
        ("次の木曜日", "2026-11-26"),
        ("にじゅうごにち", "2026-11-25"),
        ("明日の午後がいいです", "2026-11-21"),
        ("クリスマス", "2026-12-25"),
        ("今月の三十日", "2026-11-30"),
        ("さ来週の火曜日", "2026-12-01"),
        ("来年の三月十日", "2027-03-10"),
    ],
)
def test_japanese_date_phrases(text: str, expected: str | None) -> None:
    assert value(text, "date", "ja") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("half past two", "14:30"),
        ("quarter to three", "14:45"),
        ("ten to four", "15:50"),
        ("2:30 pm", "14:30"),
        ("nine thirty", "09:30"),
        ("ten am", "10:00"),
        ("noon", "12:00"),
        ("at two", "14:00"),
        ("eight oh five in the evening", "20:05"),
        ("three o'clock", "15:00"),
        ("in half an hour", "10:30"),
        ("in two hours", "12:00"),
        ("1430", "14:30"),
        ("10 a.m.", "10:00"),
        ("2pm", "14:00"),
        ("twelve thirty", "12:30"),
        ("around four", "16:00"),
        ("seven in the morning", "07:00"),
        ("quarter past nine", "09:15"),
        ("eleven forty five", "11:45"),
        ("five to five", "16:55"),
        ("half three", "15:30"),
        ("sixteen hundred", "16:00"),
        ("8 p.m.", "20:00"),
        ("twenty past ten in the morning", "10:20"),
        ("an hour from now", "11:00"),
    ],
)
def test_english_time_phrases(text: str, expected: str | None) -> None:
    assert value(text, "time", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("午後三時半", "15:30"),
        ("15時", "15:00"),
        ("三時十五分", "15:15"),
        ("正午", "12:00"),
        ("朝九時", "09:00"),
        ("さんじはん", "15:30"),
        ("一時間後", "11:00"),
        ("夕方の五時ごろ", "17:00"),
        ("10:30", "10:30"),
        ("午前十一時", "11:00"),
        ("夜の七時半", "19:30"),
        ("二時十分前", "13:50"),
        ("じゅうじはん", "10:30"),
        ("午後いちじ", "13:00"),
        ("三十分後", "10:30"),
    ],
)
def test_japanese_time_phrases(text: str, expected: str | None) -> None:
    assert value(text, "time", "ja") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("forty two dollars and fifty cents", "42.50"),
        ("$42.50", "42.50"),
        ("forty two fifty", "42.50"),
        ("fifty cents", "0.50"),
        ("a hundred bucks", "100"),
        ("twelve hundred dollars", "1200"),
        ("1,200", "1200"),
        ("nineteen ninety nine", "19.99"),
        ("five", "5"),
        ("two and a half dollars", "2.50"),
        ("twenty bucks", "20"),
        ("nine ninety nine", "9.99"),
        ("three hundred and forty dollars", "340"),
        ("a dollar fifty", "1.50"),
        ("thirty five euros and ten cents", "35.10"),
        ("eighty nine point nine five", "89.95"),
    ],
)
def test_english_money_phrases(text: str, expected: str | None) -> None:
    assert value(text, "money", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("千二百円", "1200"),
        ("1,200円です", "1200"),
        ("三万五千円", "35000"),
    ],
)
def test_japanese_money_phrases(text: str, expected: str | None) -> None:
    assert value(text, "money", "ja") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("twenty five", "25"),
        ("one hundred and five", "105"),
        ("a hundred and five", "105"),
        ("three point five", "3.5"),
        ("four two", "42"),
        ("just two please", "2"),
        ("to", "2"),
        ("two thousand and twenty six", "2026"),
        ("minus ten", "-10"),
        ("a couple", "2"),
        ("i'd like three of them", "3"),
        ("seventeen", "17"),
        ("about a dozen", "12"),
        ("two hundred fifty", "250"),
        ("I want six of those", "6"),
        ("one point two five", "1.25"),
        ("three and a half", "3.5"),
        ("fifty-one", "51"),
        ("one million two hundred thousand", "1200000"),
    ],
)
def test_english_number_phrases(text: str, expected: str | None) -> None:
    assert value(text, "number", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("四十二", "42"),
        ("よんじゅうに", "42"),
        ("三点五", "3.5"),
        ("二つ", "2"),
        ("百五", "105"),
        ("１２個", "12"),
        ("ふたつです", "2"),
        ("十七個です", "17"),
        ("三百二十", "320"),
        ("ごひゃくはちじゅう", "580"),
        ("四つください", "4"),
        ("にじゅうごです", "25"),
        ("一万二千", "12000"),
    ],
)
def test_japanese_number_phrases(text: str, expected: str | None) -> None:
    assert value(text, "number", "ja") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a as in apple b as in boy four two", "AB42"),
        ("alpha bravo one niner", "AB19"),
        ("B four seven Q nine", "B47Q9"),
        ("it's a b c dash one two three", "ABC123"),
        ("tee four nine", "T49"),
        ("double u x y", "WXY"),
        ("see dee one", "CD1"),
        ("my code is x y z", "XYZ"),
        ("q r s nine", "QRS9"),
        ("f as in frank g as in golf three three", "FG33"),
        ("it's capital m then t four", "MT4"),
        ("x ray yankee zulu", "XYZ"),
        ("b b two eight", "BB28"),
    ],
)
def test_english_letters_phrases(text: str, expected: str | None) -> None:
    assert value(text, "letters", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("エービー四七", "AB47"),
        ("シーディー十二", "CD12"),
        ("AB123", "AB123"),
    ],
)
def test_japanese_letters_phrases(text: str, expected: str | None) -> None:
    assert value(text, "letters", "ja") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("six five oh two five three zero zero zero zero", "+16502530000"),
        ("(650) 253-0000", "+16502530000"),
        ("plus eight one nine oh one two three four five six seven eight", "+819012345678"),
        ("it's six fifty two fifty three double oh double oh", "+16502530000"),
        ("four one five five five five two six seven one", "+14155552671"),
        ("area code two one two seven three six five thousand", "+12127365000"),
        ("1 800 275 2273", "+18002752273"),
        ("two oh two, four five six, one four one four", "+12024561414"),
        ("my number is 415-555-2671 call me there", "+14155552671"),
    ],
)
def test_english_phone_phrases(text: str, expected: str | None) -> None:
    assert value(text, "phone", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("〇九〇の一二三四の五六七八", "+819012345678"),
        ("ゼロキュウゼロ一二三四五六七八", "+819012345678"),
        ("０９０−１２３４−５６７８", "+819012345678"),
        ("零三の五二二二の三三三三です", "+81352223333"),
        ("ゼロハチゼロの九八七六の五四三二です", "+818098765432"),
        ("ぜろさんのさんごーななろくのいちにさんよん", "+81335761234"),
        ("090 1111 2222", "+819011112222"),
    ],
)
def test_japanese_phone_phrases(text: str, expected: str | None) -> None:
    assert value(text, "phone", "ja") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my name is john smith", "John Smith"),
        ("this is Mary", "Mary"),
        ("uh it's david jones speaking", "David Jones"),
        ("smith s m y t h", "Smyth"),
        ("hi my name's Anna Lee", "Anna Lee"),
        ("it's peter", "Peter"),
        ("yeah this is tom brown here", "Tom Brown"),
        ("maria garcia", "Maria Garcia"),
        ("O'Connor", "O'Connor"),
    ],
)
def test_english_name_phrases(text: str, expected: str | None) -> None:
    assert value(text, "name", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("田中です", "田中"),
        ("佐藤花子と申します", "佐藤花子"),
        ("名前は鈴木一郎です", "鈴木一郎"),
        ("山本太郎といいます", "山本太郎"),
        ("えっと、中村です。", "中村"),
        ("高橋でございます", "高橋"),
        ("私、小林と申します", "小林"),
    ],
)
def test_japanese_name_phrases(text: str, expected: str | None) -> None:
    assert value(text, "name", "ja") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the medium please", "medium"),
        ("big one", "large"),
        ("the second one", "medium"),
        ("last one", "large"),
        ("meedium", "medium"),
        ("purple", None),
    ],
)
def test_english_choice_phrases(text: str, expected: str | None) -> None:
    assert value(text, "choice", "en", choices=SIZES) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("november third", "2026-11-03"),
        ("on tuesday", "2026-11-17"),
        ("about three weeks ago", "2026-10-30"),
        ("the tenth", "2026-11-10"),
    ],
)
def test_english_date_phrases_looking_back(text: str, expected: str | None) -> None:
    assert value(text, "date", "en", question="When did you order it?") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes please", "yes"),
        ("yup that's it", "yes"),
        ("no that's not it", "no"),
        ("nah i'm good", "no"),
        ("that's correct", "yes"),
        ("not quite", "no"),
        ("i don't think so", "no"),
        ("mm-hmm", "yes"),
        ("sure thing", "yes"),
        ("uh no", "no"),
        ("yes it is", "yes"),
        ("absolutely not", "no"),
        ("that is not correct", "no"),
        ("of course", "yes"),
        ("yeah no it's wrong", "no"),
        ("banana", None),
        ("you got it", "yes"),
        ("perfect thanks", "yes"),
        ("i do not", "no"),
        ("no problem", "yes"),
    ],
)
def test_english_yes_no_phrases(text: str, expected: str | None) -> None:
    assert value(text, "yes_no", "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("はい、そうです", "yes"),
        ("いいえ、違います", "no"),
        ("うん", "yes"),
        ("ええ、合ってます", "yes"),
        ("ちょっと違います", "no"),
        ("はいお願いします", "yes"),
        ("それで大丈夫です", "yes"),
        ("間違いないです", "yes"),
        ("そうじゃないです", "no"),
        ("違うよ", "no"),
        ("オッケーです", "yes"),
        ("大丈夫です", "yes"),
        ("バナナ", None),
        ("全然違う", "no"),
    ],
)
def test_japanese_yes_no_phrases_to_a_check(text: str, expected: str | None) -> None:
    assert value(text, "yes_no", "ja", question="四二七一九でよろしいですか") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("大丈夫です", "no"),
        ("ありません", "no"),
        ("はい、大丈夫です", "no"),
        ("あります", "yes"),
        ("結構です", "no"),
        ("いいです", "no"),
        ("はい、もう一つあります", "yes"),
        ("ないです", "no"),
        ("特にありません", "no"),
        ("以上です", "no"),
    ],
)
def test_japanese_yes_no_phrases_to_an_offer(text: str, expected: str | None) -> None:
    assert value(text, "yes_no", "ja", question="他にございますか") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no that's all", "no"),
        ("that's everything thanks", "no"),
        ("i'm all set", "no"),
        ("yes one more thing", "yes"),
        ("nothing else", "no"),
        ("actually yes", "yes"),
        ("no thank you", "no"),
    ],
)
def test_english_yes_no_phrases_to_an_offer(text: str, expected: str | None) -> None:
    assert value(text, "yes_no", "en", question="Is there anything else?") == expected


def test_every_slot_type_of_the_contract_has_a_grammar() -> None:
    expected = "choice date digits letters money name number phone text time yes_no"
    assert " ".join(sorted(PARSERS)) == expected


@pytest.mark.parametrize("kind", sorted(PARSERS))
@pytest.mark.parametrize("language", ["en", "ja", "de"])
@pytest.mark.parametrize("text", ["", "   ", "…", "\x00\x07", "🙂", "9" * 600, "one " * 400, "一" * 500, "((((", "١٢٣"])
def test_no_grammar_chokes_on_odd_text(kind: str, language: str, text: str) -> None:
    guess = parse_slot(text, SlotType(kind, choices=SIZES), SlotContext(language, FRIDAY))
    assert guess is None or len(guess.value) <= 500


def test_digits_of_the_wrong_length_are_heard_but_not_valid() -> None:
    guess = parse_slot("four two seven", SlotType("digits", length=5), SlotContext("en", FRIDAY))
    assert guess is not None
    assert (guess.value, guess.is_valid) == ("427", False)


def test_a_card_number_with_a_wrong_check_digit_is_not_valid() -> None:
    slot = SlotType("digits", length=16, checksum="luhn")
    right = parse_slot("4111 1111 1111 1111", slot, SlotContext("en", FRIDAY))
    wrong = parse_slot("4111 1111 1111 1112", slot, SlotContext("en", FRIDAY))
    assert right is not None and right.is_valid
    assert wrong is not None and not wrong.is_valid


def test_daijobu_without_a_telling_question_is_neither_yes_nor_no() -> None:
    assert value("大丈夫です", "yes_no", "ja", question="ご注文についてお伺いします") is None


def test_a_vague_date_comes_with_a_low_score() -> None:
    guess = parse_slot("next week", SlotType("date"), SlotContext("en", FRIDAY))
    assert guess is not None
    assert (guess.value, guess.score) == ("2026-11-23", 0.5)


def test_day_comes_first_where_the_region_writes_it_so() -> None:
    guess = parse_slot("3/5/2027", SlotType("date"), SlotContext("en", FRIDAY, region="GB"))
    assert guess is not None
    assert guess.value == "2027-05-03"


def test_an_hour_without_am_or_pm_is_less_sure() -> None:
    guess = parse_slot("at three", SlotType("time"), SlotContext("en", FRIDAY))
    assert guess is not None
    assert (guess.value, guess.score) == ("15:00", 0.7)


def test_a_name_keeps_the_capitals_the_recogniser_wrote() -> None:
    assert value("This is Ronald McDonald", "name") == "Ronald McDonald"


def test_free_text_loses_only_its_hesitation() -> None:
    assert value("uh, um, my lamp flickers at night", "text") == "my lamp flickers at night"
