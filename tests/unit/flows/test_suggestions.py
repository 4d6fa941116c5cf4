"""Answers that may help an agent, found by shared words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ivr.flows.suggestions import Entry, Shelf, nearest, words

pytestmark = pytest.mark.unit

SHIPPING = Entry(
    "How much does shipping cost?", ("is delivery free", "what do you charge for shipping"), "Five dollars."
)
RETURNS = Entry("How long can I return something?", ("how many days do I have for a return",), "Thirty days.")
LAMP = Entry("Which bulb does the desk lamp need?", (), "An E27.")
SHELF = (SHIPPING, RETURNS, LAMP)
KNOWN = "entries:\n  late:\n    question: {q}\n    wordings: [my parcel is late]\n    answer: It is sent again.\n"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Order status what do you charge for the shipping", [SHIPPING]),
        ("how many days for returns", [RETURNS]),
        ("the bulb of my desk lamp", [LAMP]),
        ("I want to talk to somebody", []),
        ("", []),
    ],
)
def test_an_entry_is_near_when_enough_of_a_wording_was_said(said: str, found: list[Entry]) -> None:
    assert nearest(SHELF, said) == found


def test_no_more_than_three_are_suggested_the_nearest_first() -> None:
    shelf = [Entry(f"parcel late number {place}", (), "") for place in range(5)]
    found = nearest(shelf, "my parcel is late, number 4")
    assert [entry.question[-1] for entry in found] == ["4", "0", "1"]


def test_japanese_is_compared_by_pairs_of_characters() -> None:
    late = Entry("荷物が遅れています", (), "もう一度お送りします。")
    assert nearest([late, Entry("支払い方法は何ですか", (), "")], "荷物がまだ届かない、遅れています") == [late]
    assert words("注文の") == ["注文", "文の"]


def test_changed_files_are_read_again_and_broken_ones_suggest_nothing(tmp_path: Path) -> None:
    file = tmp_path / "knowledge" / "retail.en.yaml"
    file.parent.mkdir()
    shelf = Shelf(tmp_path)
    assert shelf.suggested(["retail"], "en", "my parcel is late") == []
    file.write_text(KNOWN.format(q="Parcel late"))
    assert [entry.question for entry in shelf.suggested(["retail"], "en", "my parcel is late")] == ["Parcel late"]
    file.write_text(KNOWN.format(q="Late parcel"))
    os.utime(file, ns=(1, 1))
    assert [entry.question for entry in shelf.suggested(["retail"], "en", "my parcel is late")] == ["Late parcel"]
    assert shelf.suggested(["retail"], "ja", "my parcel is late") == []
    file.write_text("entries: [")
    os.utime(file, ns=(2, 2))
    assert shelf.suggested(["retail"], "en", "my parcel is late") == []
    file.write_text("entries: {late: nothing}")
    os.utime(file, ns=(3, 3))
    assert shelf.suggested(["retail"], "en", "my parcel is late") == []
