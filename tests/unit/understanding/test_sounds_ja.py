from __future__ import annotations

import pytest

from ivr.understanding.readings import Reader
from ivr.understanding.sounds_ja import SENTENCES, CommandSounds

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
