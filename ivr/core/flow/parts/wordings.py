"""What people say in answer to built-in choices: value and wordings, per language; key 1 is the first."""

from __future__ import annotations

from collections.abc import Mapping

Choices = tuple[tuple[str, tuple[str, ...]], ...]

WISHES: Mapping[str, Choices] = {
    "en": (
        ("fine", ("fine", "that's fine", "all right", "yes", "okay", "good", "keep it", "no change", "leave it")),
        ("time", ("another time", "change the time", "different time", "later", "move it", "earlier", "reschedule")),
        ("number", ("another number", "change the number", "different number", "other number")),
        ("word", ("add a word", "add something", "leave a word", "note", "message", "tell them")),
        ("cancel", ("cancel", "cancel it", "don't call", "no call", "not needed any more", "forget it")),
    ),
    "ja": (
        ("fine", ("はい", "結構です", "大丈夫です", "そのままで", "それでいいです", "お願いします")),
        ("time", ("時間", "時間の変更", "別の時間", "変更", "遅らせて", "日時")),
        ("number", ("番号", "番号の変更", "別の番号")),
        ("word", ("伝言", "メッセージ", "付け加え")),
        ("cancel", ("取消", "取り消し", "キャンセル", "やめます", "要りません", "不要")),
    ),
}
"""What a caller wants of a promise."""

ANSWERS: Mapping[str, Choices] = {
    "en": (
        ("present", ("yes", "yeah", "yep", "yes please", "speaking", "this is he", "this is she", "go ahead", "okay",
                     "sure", "connect me", "put me through", "i'm here", "ready")),
        ("later", ("no", "not now", "bad time", "bad moment", "wrong moment", "wrong time", "not a good time",
                   "another time", "i'm busy", "i am busy", "call me later", "can't talk", "driving")),
        ("stop", ("stop calling", "stop calling me", "never call", "don't call me again", "do not call me again",
                  "don't call again", "do not call again", "never call me again", "don't call me", "do not call me",
                  "take me off", "remove me", "remove my number", "leave me alone")),
        ("who", ("hello", "hi", "who is this", "who's this", "who is calling", "who's calling", "what company",
                 "what is this about", "what's this about", "are you a robot", "is this a robot")),
    ),
    "ja": (
        ("present", ("はい", "ええ", "います", "お願いします", "つないで", "大丈夫です", "どうぞ")),
        ("later", ("いいえ", "今はちょっと", "今は無理", "都合が悪い", "忙しい", "後で", "あとで", "後ほど", "別の時間",
                   "運転中", "手が離せない")),
        ("stop", ("もうかけないで", "かけてこないで", "二度とかけ", "電話しないで", "もう電話は", "番号を消して",
                  "迷惑です", "やめてください", "今後電話は")),
        ("who", ("もしもし", "どちら様", "どなた", "誰ですか", "何の電話", "何のご用", "どこの会社", "ロボットですか")),
    ),
}  # fmt: skip
"""What somebody says whom we called."""
