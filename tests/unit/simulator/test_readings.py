from __future__ import annotations

import pytest

from ivr.simulator.readings import reads_alike
from ivr.understanding.readings import Reader

pytestmark = pytest.mark.unit

read = Reader().reading


@pytest.mark.parametrize(
    ("heard", "wanted"),
    [
        ("ごけたの注文番号をお願いいたします", "五桁の注文番号"),
        ("変金を受けたまわります", "返品を承ります"),
        ("発想済みです", "発送済みです"),
        ("月曜から目標は9時から18時", "月曜から木曜は九時から十八時"),
        ("ご注文番号42719は発想積みですお届けびは", "発送済み"),
        ("でんごの受けたままることもできます", "伝言を承る"),
        ("変金用な送り状をお送りしてもよろしいでしょうか", "返品用の送り状"),
        ("例えば明日の3時以降のようにお話しいただくか見を押して", "2を押して"),
        ("変金を受けた曲がります。ごけたの注文番号をお願いいたします", "返品を承ります。五桁の注文番号"),
        ("ありがとうございます 急急急急急急でよろしいですか", "九九九九九"),
    ],
)
def test_other_spellings_of_the_same_sounds_are_the_same_words(heard: str, wanted: str) -> None:
    assert reads_alike(heard, wanted, read)


@pytest.mark.parametrize(
    ("heard", "wanted"),
    [
        ("担当者からお電話いたします", "返品を承ります"),
        ("お名前をお聞かせください", "ご用件をお話しください"),
        ("さんけたの注文番号をお願いいたします", "五桁の注文番号"),
        ("この通話は録音されることがあります", "この通話は録音しません"),
        ("43015でよろしいですか", "四二七一九でよろしいですか"),
        ("", "返品"),
        ("配送中です", "発送済みです"),
        ("梱包中です", "キャンセル済みです"),
        ("1を押して", "2を押して"),
        ("1を押してください。電話におうかがいします", "2を押してください"),
        ("変金を受けたまわります。よけたの注文番号をお願いいたします", "返品を承ります。五桁の注文番号"),
        ("3を押して", "2を押して"),
        ("5を押して", "9を押して"),
        ("ありがとうございます42720でよろしいですか", "四二七一九"),
        ("ありがとうございます 0801111ミミミミでよろしいですか", "〇八〇、一一一一、三三三三"),
        ("4で終わる番号ですね", "九九九九九"),
        ("伝言を取り消しました", "伝言を承りました"),
        ("交換を承ります", "返品を承ります"),
        ("お調べすることができません", "お調べいたします"),
        ("明日の午後三時にお電話いたします", "明日の午前九時にお電話いたします"),
    ],
)
def test_other_words_and_other_numbers_are_not(heard: str, wanted: str) -> None:
    assert not reads_alike(heard, wanted, read)


def test_numbers_are_read_out_before_they_are_compared() -> None:
    seen: list[str] = []

    def note(text: str) -> str:
        seen.append(text)
        return text

    reads_alike("18時 10時 25日 105番", "18時 10時 25日 105番", note)
    assert seen == ["十八時十時二十五日一〇五番"] * 2
