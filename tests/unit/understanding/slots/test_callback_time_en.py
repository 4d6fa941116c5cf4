"""What English callers say when they are asked when to be called, on a Wednesday at 10:15."""

from __future__ import annotations

import pytest

from tests.unit.understanding.slots.callback_reading import heard

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("as soon as possible", "asap"),
        ("now", "asap"),
        ("right away", "asap"),
        ("yes please", "asap"),
        ("yes", "asap"),
        ("okay", "asap"),
        ("that's fine", "asap"),
        ("call me back", "asap"),
        ("sure go ahead", "asap"),
        ("that would be great", "asap"),
        ("whenever you can", "asap"),
        ("anytime", "asap"),
        ("asap today", "asap"),
        ("I don't care", "asap"),
        ("the first option", "asap"),
        ("just call me", "asap"),
        ("a sap", "asap"),
        ("sue as possible", "asap"),
        ("as soon is possible", "asap"),
        ("this second", "asap"),
        ("another time", "later"),
        ("at a different time", "later"),
        ("not now", "later"),
        ("later", "later"),
        ("maybe later", "later"),
        ("not today", "later"),
        ("not tomorrow", "later"),
        ("yes but not now", "later"),
        ("the second one", "later"),
        ("I want to choose a time", "later"),
        ("what times do you have", "later"),
        ("I'm driving", "later"),
        ("in a bit", "later"),
        ("not this week", "later"),
        ("no", "no"),
        ("no thanks", "no"),
        ("don't call", "no"),
        ("never mind", "no"),
        ("I'll hold", "no"),
        ("I'd rather wait", "no"),
        ("can I stay on the line", "no"),
        ("I'll call back tomorrow", "no"),
        ("I'll try again later", "no"),
        ("no need", "no"),
        ("I don't know", None),
        ("hmm", None),
        ("maybe", None),
        ("where is my order", None),
        ("call me at 202 555 0123", "asap"),
    ],
)
def test_answers_without_a_time(text: str, expected: str | None) -> None:
    assert heard(text, "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow", "2026-11-26T08:00/2026-11-26T20:00"),
        ("any time tomorrow", "2026-11-26T08:00/2026-11-26T20:00"),
        ("no, tomorrow would be better", "2026-11-26T08:00/2026-11-26T20:00"),
        ("later today", "2026-11-25T10:15/2026-11-25T20:00"),
        ("today", "2026-11-25T10:15/2026-11-25T20:00"),
        ("next Monday", "2026-11-30T08:00/2026-11-30T20:00"),
        ("Friday week", "2026-12-04T08:00/2026-12-04T20:00"),
        ("next week Tuesday", "2026-12-01T08:00/2026-12-01T20:00"),
        ("friday next week", "2026-12-04T08:00/2026-12-04T20:00"),
        ("the day after tomorrow in the morning", "2026-11-27T08:00/2026-11-27T12:00"),
        ("in three days", "2026-11-28T08:00/2026-11-28T20:00"),
        ("a week from today", "2026-12-02T08:00/2026-12-02T20:00"),
        ("this weekend", "2026-11-28T08:00/2026-11-28T20:00"),
        ("saturday", "2026-11-28T08:00/2026-11-28T20:00"),
        ("this wednesday", "2026-11-25T10:15/2026-11-25T20:00"),
        ("next wednesday", "2026-12-02T08:00/2026-12-02T20:00"),
        ("the fourth", "2026-12-04T08:00/2026-12-04T20:00"),
        ("friday the eleventh", "2026-12-11T08:00/2026-12-11T20:00"),
        ("monday the thirtieth", "2026-11-30T08:00/2026-11-30T20:00"),
        ("christmas eve", "2026-12-24T08:00/2026-12-24T20:00"),
        ("yesterday", "2026-11-24T08:00/2026-11-24T20:00"),
        ("sometime next week", "2026-11-30T08:00/2026-11-30T20:00"),
        ("end of next week", "2026-12-04T08:00/2026-12-04T20:00"),
        ("later this week", "2026-11-26T08:00/2026-11-26T20:00"),
        ("the day after", "2026-11-26T08:00/2026-11-26T20:00"),
        ("tomorrow or thursday", "2026-11-26T08:00/2026-11-26T20:00"),
        ("November 20th", "2026-11-20T08:00/2026-11-20T20:00"),
        ("November 20th 2027", "2027-11-20T08:00/2027-11-20T20:00"),
        ("january fifth", "2027-01-05T08:00/2027-01-05T20:00"),
    ],
)
def test_days(text: str, expected: str | None) -> None:
    assert heard(text, "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tuesday morning", "2026-12-01T08:00/2026-12-01T12:00"),
        ("this afternoon", "2026-11-25T12:00/2026-11-25T18:00"),
        ("this evening", "2026-11-25T18:00/2026-11-25T21:00"),
        ("tonight", "2026-11-25T18:00/2026-11-25T21:00"),
        ("late tonight", "2026-11-25T20:00/2026-11-25T22:00"),
        ("this morning", "2026-11-25T08:00/2026-11-25T12:00"),
        ("in the afternoon", "2026-11-25T12:00/2026-11-25T18:00"),
        ("tomorrow morning", "2026-11-26T08:00/2026-11-26T12:00"),
        ("first thing tomorrow", "2026-11-26T08:00/2026-11-26T10:00"),
        ("late afternoon", "2026-11-25T16:00/2026-11-25T18:00"),
        ("early afternoon on thursday", "2026-11-26T12:00/2026-11-26T14:00"),
        ("mid morning tomorrow", "2026-11-26T09:00/2026-11-26T11:00"),
        ("monday or tuesday afternoon", "2026-11-30T12:00/2026-11-30T18:00"),
        ("not in the morning", "2026-11-25T12:00/2026-11-25T20:00"),
        ("the end of the day", "2026-11-25T16:00/2026-11-25T18:00"),
        ("lunchtime", "2026-11-25T12:00/2026-11-25T14:00"),
        ("my lunch hour", "2026-11-25T12:00/2026-11-25T14:00"),
        ("after the morning tomorrow", "2026-11-26T12:00/2026-11-26T20:00"),
        ("tomorrow from the afternoon", "2026-11-26T12:00/2026-11-26T20:00"),
        ("tomorrow until the evening", "2026-11-26T08:00/2026-11-26T18:00"),
    ],
)
def test_parts_of_the_day(text: str, expected: str | None) -> None:
    assert heard(text, "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at half past four", "2026-11-25T16:30/2026-11-25T17:00"),
        ("at noon", "2026-11-25T12:00/2026-11-25T12:30"),
        ("the day after tomorrow at ten", "2026-11-27T10:00/2026-11-27T10:30"),
        ("on the third of December at nine", "2026-12-03T09:00/2026-12-03T09:30"),
        ("tomorrow at 3:30 p.m.", "2026-11-26T15:30/2026-11-26T16:00"),
        ("eight", "2026-11-26T08:00/2026-11-26T08:30"),
        ("nine thirty", "2026-11-26T09:30/2026-11-26T10:00"),
        ("half three", "2026-11-25T15:30/2026-11-25T16:00"),
        ("quarter to nine tomorrow morning", "2026-11-26T08:45/2026-11-26T09:15"),
        ("a quarter past five", "2026-11-25T17:15/2026-11-25T17:45"),
        ("ten to four", "2026-11-25T15:50/2026-11-25T16:20"),
        ("at ten to four", "2026-11-25T15:50/2026-11-25T16:20"),
        ("five to three", "2026-11-25T14:55/2026-11-25T15:25"),
        ("at twenty past three", "2026-11-25T15:20/2026-11-25T15:50"),
        ("at seven in the morning", "2026-11-26T07:00/2026-11-26T07:30"),
        ("at eight pm", "2026-11-25T20:00/2026-11-25T20:30"),
        ("at nine", "2026-11-26T09:00/2026-11-26T09:30"),
        ("1430", "2026-11-25T14:30/2026-11-25T15:00"),
        ("sixteen hundred hours", "2026-11-25T16:00/2026-11-25T16:30"),
        ("tomorrow at 1500 hours", "2026-11-26T15:00/2026-11-26T15:30"),
        ("two p m", "2026-11-25T14:00/2026-11-25T14:30"),
        ("around fourish", "2026-11-25T16:00/2026-11-25T16:30"),
        ("twelve thirty", "2026-11-25T12:30/2026-11-25T13:00"),
        ("at midnight", "2026-11-26T00:00/2026-11-26T00:30"),
        ("monday at 12", "2026-11-30T12:00/2026-11-30T12:30"),
        ("12/3 at 9", "2026-12-03T09:00/2026-12-03T09:30"),
        ("2026-12-04 at 10", "2026-12-04T10:00/2026-12-04T10:30"),
        ("december 3 at 9 30 in the morning", "2026-12-03T09:30/2026-12-03T10:00"),
        ("tomorrow night at eight", "2026-11-26T20:00/2026-11-26T20:30"),
        ("the same time tomorrow", "2026-11-26T10:15/2026-11-26T10:45"),
        ("today at nine", "2026-11-25T09:00/2026-11-25T09:30"),
        ("three thirty works for me", "2026-11-25T15:30/2026-11-25T16:00"),
        ("twelve in the morning tomorrow", "2026-11-26T12:00/2026-11-26T12:30"),
        ("twelve at night", "2026-11-26T00:00/2026-11-26T00:30"),
    ],
)
def test_points(text: str, expected: str | None) -> None:
    assert heard(text, "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow after three", "2026-11-26T15:00/2026-11-26T20:00"),
        ("yes, tomorrow after three", "2026-11-26T15:00/2026-11-26T20:00"),
        ("after five", "2026-11-25T17:00/2026-11-25T20:00"),
        ("after five pm", "2026-11-25T17:00/2026-11-25T20:00"),
        ("not before eleven", "2026-11-25T11:00/2026-11-25T20:00"),
        ("December 3rd after lunch", "2026-12-03T13:00/2026-12-03T20:00"),
        ("after work", "2026-11-25T17:00/2026-11-25T20:00"),
        ("I finish work at five", "2026-11-25T17:00/2026-11-25T20:00"),
        ("I'm home after six", "2026-11-25T18:00/2026-11-25T20:00"),
        ("I'm in a meeting until three", "2026-11-25T15:00/2026-11-25T20:00"),
        ("don't call before eleven", "2026-11-25T11:00/2026-11-25T20:00"),
        ("5pm or later", "2026-11-25T17:00/2026-11-25T20:00"),
        ("tomorrow from three onwards", "2026-11-26T15:00/2026-11-26T20:00"),
        ("tomorrow no earlier than two", "2026-11-26T14:00/2026-11-26T20:00"),
        ("tomorrow afternoon after three", "2026-11-26T15:00/2026-11-26T18:00"),
        ("after three in the afternoon tomorrow", "2026-11-26T15:00/2026-11-26T20:00"),
        ("today after eight", "2026-11-25T20:00/2026-11-25T21:00"),
        ("after nine pm", "2026-11-25T21:00/2026-11-25T22:00"),
        ("before noon", "2026-11-25T10:15/2026-11-25T12:00"),
        ("by five", "2026-11-25T10:15/2026-11-25T17:00"),
        ("no later than five", "2026-11-25T10:15/2026-11-25T17:00"),
        ("not after five", "2026-11-25T10:15/2026-11-25T17:00"),
        ("until four", "2026-11-25T10:15/2026-11-25T16:00"),
        ("tomorrow before ten", "2026-11-26T08:00/2026-11-26T10:00"),
        ("before eight", "2026-11-25T10:15/2026-11-25T20:00"),
        ("today before nine", "2026-11-25T08:00/2026-11-25T09:00"),
        ("before lunch tomorrow", "2026-11-26T08:00/2026-11-26T12:00"),
        ("by the end of the day", "2026-11-25T10:15/2026-11-25T18:00"),
        ("i've got a dentist until three so any time after that", "2026-11-25T15:00/2026-11-25T20:00"),
    ],
)
def test_bounds(text: str, expected: str | None) -> None:
    assert heard(text, "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("between two and four", "2026-11-25T14:00/2026-11-25T16:00"),
        ("from 2 to 4 pm on Friday", "2026-11-27T14:00/2026-11-27T16:00"),
        ("3-4pm tomorrow", "2026-11-26T15:00/2026-11-26T16:00"),
        ("from 9am-11am friday", "2026-11-27T09:00/2026-11-27T11:00"),
        ("ten to twelve tomorrow", "2026-11-26T10:00/2026-11-26T12:00"),
        ("two to four", "2026-11-25T14:00/2026-11-25T16:00"),
        ("tomorrow between ten and two", "2026-11-26T10:00/2026-11-26T14:00"),
        ("between nine and eleven in the morning", "2026-11-25T09:00/2026-11-25T11:00"),
        ("tomorrow evening between six and eight", "2026-11-26T18:00/2026-11-26T20:00"),
        ("from nine until noon", "2026-11-25T09:00/2026-11-25T12:00"),
        ("before four but after two", "2026-11-25T14:00/2026-11-25T16:00"),
        ("three or four", "2026-11-25T15:00/2026-11-25T16:30"),
        ("three or three thirty", "2026-11-25T15:00/2026-11-25T16:00"),
        ("from eleven pm to one am", "2026-11-25T23:00/2026-11-26T01:00"),
        ("between 10:30 and 11:30 on monday", "2026-11-30T10:30/2026-11-30T11:30"),
        ("between seven and nine tomorrow", "2026-11-26T19:00/2026-11-26T21:00"),
        ("4 pm to 2 pm", "2026-11-25T14:00/2026-11-25T16:00"),
        ("from 8 to 10 pm", "2026-11-25T20:00/2026-11-25T22:00"),
    ],
)
def test_windows(text: str, expected: str | None) -> None:
    assert heard(text, "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in an hour", "2026-11-25T11:15/2026-11-25T11:45"),
        ("in twenty minutes", "2026-11-25T10:35/2026-11-25T11:05"),
        ("half an hour", "2026-11-25T10:45/2026-11-25T11:15"),
        ("in half an hour please", "2026-11-25T10:45/2026-11-25T11:15"),
        ("in an hour and a half", "2026-11-25T11:45/2026-11-25T12:15"),
        ("in an hour and ten minutes", "2026-11-25T11:25/2026-11-25T11:55"),
        ("in two and a half hours", "2026-11-25T12:45/2026-11-25T13:15"),
        ("in a couple of hours", "2026-11-25T12:15/2026-11-25T12:45"),
        ("in a few hours", "2026-11-25T12:15/2026-11-25T14:45"),
        ("in a few minutes", "2026-11-25T10:20/2026-11-25T11:00"),
        ("in two or three hours", "2026-11-25T12:15/2026-11-25T13:45"),
        ("in an hour or two", "2026-11-25T11:15/2026-11-25T12:45"),
        ("two hours from now", "2026-11-25T12:15/2026-11-25T12:45"),
        ("in three quarters of an hour", "2026-11-25T11:00/2026-11-25T11:30"),
        ("within the next hour", "2026-11-25T10:15/2026-11-25T11:15"),
        ("within two hours", "2026-11-25T10:15/2026-11-25T12:15"),
        ("not for another hour", "2026-11-25T11:15/2026-11-25T20:00"),
        ("in fifteen", "2026-11-25T10:30/2026-11-25T11:00"),
        ("give me at least an hour", "2026-11-25T11:15/2026-11-25T20:00"),
    ],
)
def test_delays(text: str, expected: str | None) -> None:
    assert heard(text, "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("after tree", "2026-11-25T15:00/2026-11-25T20:00"),
        ("choose day", "2026-12-01T08:00/2026-12-01T20:00"),
        ("to morrow after for", "2026-11-26T16:00/2026-11-26T20:00"),
        ("tomorrow at ate", "2026-11-26T08:00/2026-11-26T08:30"),
        ("wends day at won", "2026-12-02T13:00/2026-12-02T13:30"),
        ("thirst day after noon", "2026-11-26T12:00/2026-11-26T18:00"),
        ("fry day mourning", "2026-11-27T08:00/2026-11-27T12:00"),
        ("in our", "2026-11-25T11:15/2026-11-25T11:45"),
        ("two ours", "2026-11-25T12:15/2026-11-25T12:45"),
        ("half passed for", "2026-11-25T16:30/2026-11-25T17:00"),
        ("have past three", "2026-11-25T15:30/2026-11-25T16:00"),
        ("wendesday at ten", "2026-12-02T10:00/2026-12-02T10:30"),
        ("to morrow at tree o'clock", "2026-11-26T15:00/2026-11-26T15:30"),
        ("uh tomorrow at uh three", "2026-11-26T15:00/2026-11-26T15:30"),
        ("it has past four", "2026-11-25T16:30/2026-11-25T17:00"),
        ("tomorrow at $1,500", "2026-11-26T15:00/2026-11-26T15:30"),
        ("call me at 200-25050123", "asap"),
        ("half past you", "2026-11-25T14:30/2026-11-25T15:00"),
        ("in 15th", "2026-11-25T10:30/2026-11-25T11:00"),
        ("next week to stay", "2026-12-01T08:00/2026-12-01T20:00"),
        ("after treat", "2026-11-25T15:00/2026-11-25T20:00"),
        ("right the second", "asap"),
    ],
)
def test_mishearings(text: str, expected: str | None) -> None:
    assert heard(text, "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow at three no four", "2026-11-26T16:00/2026-11-26T16:30"),
        ("tomorrow no wait friday at ten", "2026-11-27T10:00/2026-11-27T10:30"),
        ("at three sorry i mean four", "2026-11-25T16:00/2026-11-25T16:30"),
        ("tomorrow afternoon make it friday", "2026-11-27T12:00/2026-11-27T18:00"),
        ("tomorrow doesn't work, friday at ten", "2026-11-27T10:00/2026-11-27T10:30"),
        ("mondays are bad tuesday at two", "2026-12-01T14:00/2026-12-01T14:30"),
        ("I can't do tomorrow, how about friday", "2026-11-27T08:00/2026-11-27T20:00"),
        ("anything but tomorrow", "later"),
        ("in an hour no tomorrow", "2026-11-26T08:00/2026-11-26T20:00"),
    ],
)
def test_corrections(text: str, expected: str | None) -> None:
    assert heard(text, "en") == expected
