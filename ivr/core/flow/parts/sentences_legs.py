"""The words of messages and of legs that we dialled, English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGE: Mapping[str, Mapping[str, str]] = {
    "hint": {
        "en": "Press the hash key when you have finished.",
        "ja": "お話しが終わりましたら、シャープを押してください。",
    },
    "check": {
        "en": "I have your message. Shall I pass it on? Press 1 for yes, or 2 to say it again.",
        "ja": "伝言を承りました。お伝えしてよろしければ1、もう一度お話しになる場合は2を押してください。",
    },
    "again": {
        "en": "All right, once more, please.",
        "ja": "かしこまりました。もう一度お願いいたします。",
    },
    "kept": {
        "en": "Thank you. Your message is passed on. Its number is {{ message.code_text }}.",
        "ja": "ありがとうございます。確かにお伝えいたします。受付番号は{{ message.code_text }}です。",
    },
    "trouble": {
        "en": "I'm sorry, I could not keep your message. Please call again a little later.",
        "ja": "申し訳ございません、伝言を承ることができませんでした。しばらくしてからおかけ直しください。",
    },
    "goodbye": {
        "en": "Goodbye.",
        "ja": "失礼いたします。",
    },
}
"""Messages for people."""

CUSTOMER: Mapping[str, Mapping[str, str]] = {
    "hello": {
        "en": "This is the automated assistant of {{ callback.company }}, calling you back as you asked.",
        "ja": "{{ callback.company }}の自動応答です。ご依頼の折り返しのお電話です。",
    },
    "void": {
        "en": "I'm sorry, something came up on our side. We will call you again. Goodbye.",
        "ja": "申し訳ございません、こちらの都合でおつなぎできなくなりました。改めてお電話いたします。失礼いたします。",
    },
    "moved": {
        "en": "Thank you. We will call you {{ moved.text }}. Goodbye.",
        "ja": "ありがとうございます。{{ moved.text }}にお電話いたします。失礼いたします。",
    },
    "later": {
        "en": "All right, we will try again later. Goodbye.",
        "ja": "かしこまりました。後ほど改めてお電話いたします。失礼いたします。",
    },
    "stopped": {
        "en": "All right. You will not be called again. Goodbye.",
        "ja": "かしこまりました。今後こちらからお電話いたしません。失礼いたします。",
    },
    "voicemail": {
        "en": "Hello. This is {{ callback.company }}, calling you back as you asked. We will try again. To "
        "be called sooner, call us on {{ callback.our_number | spoken_phone }} and give the code "
        "{{ callback.code_text }}. You keep your place. Goodbye.",
        "ja": "{{ callback.company }}です。折り返しのお電話をいたしました。改めてお電話いたします。"
        "お急ぎの場合は、{{ callback.our_number | spoken_phone }}におかけいただき、確認番号"
        "{{ callback.code_text }}をお伝えください。順番はそのままです。失礼いたします。",
    },
    "named": {
        "en": "Hello, this is for {{ callback.name }}.",
        "ja": "{{ callback.name }}様へのお電話です。",
    },
    "about": {
        "en": "It is about: {{ callback.reason | shortened(80) }}.",
        "ja": "ご用件は、{{ callback.reason | shortened(40) }}、と伺っております。",
    },
    "ready": {
        "en": "To talk to a colleague now, press 1 or say yes. If this is a bad moment, press 2. To stop "
        "these calls, press 9.",
        "ja": "担当者とお話しになる場合は、1を押すか「はい」とお話しください。ご都合が悪い場合は2、"
        "今後お電話が不要でしたら9を押してください。",
    },
    "ready_again": {
        "en": "Please press 1 or say yes to talk to a colleague of {{ callback.company }}. For another time, "
        "press 2. To never be called again, press 9.",
        "ja": "{{ callback.company }}の担当者とお話しになる場合は、1を押すか「はい」とお話しください。"
        "別のお時間は2、今後お電話が不要でしたら9を押してください。",
    },
    "present": {
        "en": "Thank you. One moment, please.",
        "ja": "ありがとうございます。少々お待ちください。",
    },
    "trouble": {
        "en": "I'm sorry, something went wrong on our side. Goodbye.",
        "ja": "申し訳ございません、不具合が起きました。失礼いたします。",
    },
    "not_moved": {
        "en": "{{ moved.problem_text }} We will try again later. Goodbye.",
        "ja": "{{ moved.problem_text }}後ほど改めてお電話いたします。失礼いたします。",
    },
}
"""A customer who is called back."""

AGENT: Mapping[str, Mapping[str, str]] = {
    "brief": {
        "en": "Call back for {{ callback.brief_text | default('a caller') | shortened(130) }}.",
        "ja": "折り返しです。{{ callback.brief_text | default('お客様') | shortened(60) }}。",
    },
    "brief_live": {
        "en": "A caller is on the line. {{ callback.brief_text | default('No reason was given') | shortened(110) }}.",
        "ja": "お客様がお待ちです。{{ callback.brief_text | default('ご用件は伺っておりません') | shortened(50) }}。",
    },
    "void_live": {
        "en": "The caller is no longer waiting. Thank you. Goodbye.",
        "ja": "お客様はもうお待ちではありません。ありがとうございました。失礼いたします。",
    },
    "void": {
        "en": "This call back was taken off. Goodbye.",
        "ja": "この折り返しは取り下げられました。",
    },
    "passed": {
        "en": "All right. Goodbye.",
        "ja": "承知しました。失礼いたします。",
    },
    "ready": {
        "en": "Press 1 or say yes to take it, or press 2 to pass.",
        "ja": "お受けになる場合は1か「はい」、見送る場合は2を押してください。",
    },
    "joined": {
        "en": "Thank you.",
        "ja": "ありがとうございます。",
    },
}
"""An agent who is offered a call."""
