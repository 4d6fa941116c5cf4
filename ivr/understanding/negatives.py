"""Sentences no company's intents should take; they help to set the cuts where a supervisor wrote few of their own."""

from __future__ import annotations

GENERAL: dict[str, tuple[str, ...]] = {
    "en": (
        "what is the weather like tomorrow",
        "play some music for me",
        "how tall is the highest mountain",
        "tell me a joke",
        "i had a lovely lunch with my sister",
        "who won the football match last night",
        "turn the lights off in the kitchen",
        "my dog is barking at the neighbour",
        "how do you spell necessary",
        "what is seven times eight",
        "the train is running late again",
        "book me a table for two at the italian place",
    ),
    "ja": (
        "明日の天気はどうですか",
        "音楽をかけてください",
        "富士山の高さを教えて",
        "冗談を言ってください",
        "昨日のサッカーはどこが勝ちましたか",
        "台所の電気を消して",
        "犬が吠えています",
        "この漢字はどう書きますか",
        "七かける八はいくつ",
        "電車がまた遅れています",
        "夕飯は何にしようかな",
        "イタリア料理の店を予約して",
    ),
}
