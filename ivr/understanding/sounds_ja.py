"""Japanese commands and wishes that a recogniser misheard a little, found by how they are read.

It writes お願いします as おめがいします, 録音しない as 6をしない, 配送状況 as 改装状況: no pattern takes that,
though hardly a sound differs. Asked last, when an utterance meant nothing sure.
Nothing that ends a call is found this way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

SHORTEST = 8
"""Fewer kana than this are like too much else."""
MOST_WRONG = 0.17
"""Share of sounds that may differ: of 639 other sentences and transcripts none came so near (measured)."""
MOST_WRONG_WISH = 0.2
"""The same for examples of intents: of 170 sentences and examples, none came nearer than 0.25 to another intent's."""
SENTENCES = {
    "agent": (
        "担当者をお願いします",
        "オペレーターをお願いします",
        "オペレーターにつないでください",
        "オペレーターと話したいのですが",
        "オペレーターとお話ししたいのですが",
        "担当者と話したいのですが",
        "人と話したいです",
    ),
    "repeat": (
        "もう一度お願いします",
        "もう一度言ってください",
        "もう一回言ってもらえますか",
        "すみませんもう一度お願いします",
        "すみませんもう一回言ってもらえますか",
    ),
    "slower": (
        "ゆっくり話してください",
        "ゆっくりお願いします",
        "もう少しゆっくりお願いします",
        "もう少しゆっくり話してください",
    ),
    "louder": ("もっと大きな声で", "もっと大きな声でお願いします", "もう少し大きな声でお願いします"),
    "main_menu": ("最初に戻ってください", "メニューに戻ってください"),
    "callback": ("折り返し電話をください", "折り返しお願いします"),
    "no_recording": ("録音しないでください",),
}
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_SAME = str.maketrans({"ヲ": "オ", "ヅ": "ズ", "ヂ": "ジ", "ー": None})
_FIGURES = str.maketrans("0123456789", "〇一二三四五六七八九")
_NO_SOUND = re.compile(r"[^ァ-ヺ一-龯々〇]")

Reading = Callable[[str], str]


class CommandSounds:
    """The sounds of the commands' sentences; made once, thread-safe."""

    def __init__(self, reading: Reading) -> None:
        """`reading` gives the katakana of a text."""
        self._reading = reading
        self._known = {name: tuple(self._sound(text) for text in texts) for name, texts in SENTENCES.items()}

    def find(self, text: str, names: Iterable[str]) -> str | None:
        """The command among `names` that an utterance sounds like, if any."""
        heard = self._sound(text)
        if len(heard) < SHORTEST:
            return None
        shares = [
            (_edits(heard, known) / len(known), name)
            for name in names
            for known in self._known.get(name, ())
            if abs(len(known) - len(heard)) <= MOST_WRONG * len(known)
        ]
        least, name = min(shares, default=(1.0, ""))
        return name if least <= MOST_WRONG else None

    def _sound(self, text: str) -> str:
        return _sound(text, self._reading)


class WishSounds:
    """The sounds of examples of intents, and of what no intent should take; made once, thread-safe."""

    def __init__(self, examples: Sequence[tuple[str | None, str]], reading: Reading) -> None:
        """`examples`: (intent, sentence); None for a sentence that is no intent's."""
        self._reading = reading
        self._known = [(name, known) for name, text in examples if (known := _sound(text, reading))]

    def find(self, text: str) -> str | None:
        """The intent with an example that sounds like the utterance, unless another sentence does so as much."""
        heard = _sound(text, self._reading)
        if len(heard) < SHORTEST:
            return None
        best, least = None, MOST_WRONG_WISH
        for name, known in self._known:
            longest = max(len(known), len(heard))
            if abs(len(known) - len(heard)) > least * longest:
                continue
            share = _edits(heard, known) / longest
            if share < least or (share == least and name is None):
                best, least = name, share
        return best


def _sound(text: str, reading: Reading) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_FIGURES)
    return _NO_SOUND.sub("", reading(plain).translate(_TO_KATAKANA).translate(_SAME))


def _edits(first: str, second: str) -> int:
    """Fewest sounds to change, add or drop."""
    row = list(range(len(second) + 1))
    for number, mark in enumerate(first, 1):
        above, row = row, [number]
        for column, other in enumerate(second):
            row.append(min(above[column + 1] + 1, row[-1] + 1, above[column] + (mark != other)))
    return row[-1]
