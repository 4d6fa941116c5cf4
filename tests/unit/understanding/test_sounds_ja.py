from __future__ import annotations

import pytest

from ivr.understanding.readings import Reader
from ivr.understanding.sounds_ja import SENTENCES, CommandSounds, WishSounds

pytestmark = pytest.mark.unit

sounds = CommandSounds(Reader().reading)


@pytest.mark.parametrize(
    ("heard", "command"),
    [
        ("もう一度おめがいします", "repeat"),
        ("6をしないでください。", "no_recording"),
        ("参考者をお願いします", "agent"),
        ("オケレーターに繋いでください", "agent"),
        ("お理解し電話をください", "callback"),
        ("ネニューに戻ってください", "main_menu"),
        ("オケレーターとお話したいのですが", "agent"),
        ("すみませんもう一回行ってもらえますか", "repeat"),
        ("もう少しゆっくりおめがいします", "slower"),
    ],
)
def test_commands_are_known_by_their_sound(heard: str, command: str) -> None:
    assert sounds.find(heard, SENTENCES) == command


@pytest.mark.parametrize(
    "heard",
    [
        "注文をお願いします",
        "返金をお願いします",
        "電話をください",
        "もう一つお願いします",
        "ちょっと話したいです",
        "はい",
        "",
    ],
)
def test_other_wishes_are_no_commands(heard: str) -> None:
    assert sounds.find(heard, SENTENCES) is None


def test_only_commands_in_force_are_found() -> None:
    assert sounds.find("もう一度おめがいします", ("agent", "goodbye")) is None


def test_a_call_is_never_ended_by_the_mere_sound() -> None:
    assert "goodbye" not in SENTENCES


WISHES = WishSounds(
    [
        ("order_status", "注文はどこですか"),
        ("order_status", "配送状況を教えてください"),
        ("return_item", "商品を返したいのですが"),
        ("opening_hours", "時間を教えてください"),
        ("opening_hours", "何時ですか"),
        (None, "送料を教えてください"),
        (None, "今何時なのですか"),
        ("complaint", "今何時なのですか"),
    ],
    Reader().reading,
)


@pytest.mark.parametrize(
    ("heard", "intent"),
    [
        ("の改装状況を教えてください", "order_status"),
        ("数問はどこですか", "order_status"),
        ("商品の返したいのですか", "return_item"),
    ],
)
def test_wishes_are_known_by_their_sound(heard: str, intent: str) -> None:
    assert WISHES.find(heard) == intent


@pytest.mark.parametrize(
    "heard",
    [
        "送料を教えてください",
        "総量を教えてください",
        "株価を教えてください",
        "道を教えてください",
        "商品を見たいのですが",
        "何時ですか",
        "今何時なのですか",
        "",
    ],
)
def test_what_sounds_like_another_sentence_or_is_short_is_no_wish(heard: str) -> None:
    assert WISHES.find(heard) is None
