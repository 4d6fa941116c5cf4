"""The words of built-in steps: taking a promise, ringing in, messages, dialled legs. English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping

CALLBACK: Mapping[str, Mapping[str, str]] = {
    "offer": {
        "en": "All our colleagues are talking to other callers. I can have somebody call you back "
        "{{ callback_offer.window_text }}, and you keep your place. Shall I? You can also name another time.",
        "ja": "ただいま担当者は全員ほかのお客様とお話し中です。順番はそのままで、{{ callback_offer.window_text }}に"
        "こちらからお電話できます。お電話してもよろしいでしょうか。別のお時間もご指定いただけます。",
    },
    "own_offer": {
        "en": "I can have somebody call you back {{ callback_offer.window_text }}, and you keep your place. Shall I? "
        "You can also name another time.",
        "ja": "順番はそのままで、{{ callback_offer.window_text }}にこちらからお電話できます。"
        "お電話してもよろしいでしょうか。別のお時間もご指定いただけます。",
    },
    "offer_closed": {
        "en": "Our people are not here right now. I can have somebody call you back {{ callback_offer.window_text }}. "
        "Shall I? You can also name another time.",
        "ja": "ただいま担当者の受付時間外です。{{ callback_offer.window_text }}にこちらからお電話できます。"
        "お電話してもよろしいでしょうか。別のお時間もご指定いただけます。",
    },
    "offer_again": {
        "en": "Sorry, I didn't get that. Shall we call you back? Say yes, or press 1. For another time, press 2. "
        "If you don't want a call, press 3.",
        "ja": "申し訳ございません、聞き取れませんでした。こちらからお電話してもよろしければ「はい」とお話しいただくか、"
        "1を押してください。別のお時間は2、お電話が不要でしたら3を押してください。",
    },
    "when": {
        "en": "When shall we call you? You can say, for example, tomorrow after three.",
        "ja": "いつお電話いたしましょうか。例えば「明日の三時以降」のようにお話しください。",
    },
    "when_again": {
        "en": "Sorry, I didn't get that. Say a day and a time, for example, Tuesday morning. To be called as soon as "
        "possible, press 1. To key in day and time, press 2.",
        "ja": "申し訳ございません、聞き取れませんでした。「火曜の午前中」のように、日にちと時間をお話しください。"
        "なるべく早くは1、ボタンで入力される場合は2を押してください。",
    },
    "date": {
        "en": "Please key in month and day with two digits each. For the third of December, press 1 2 0 3.",
        "ja": "月と日を二桁ずつ入力してください。十二月三日なら、1、2、0、3です。",
    },
    "clock": {
        "en": "And the time: hour and minute with two digits each. For half past three p m, press 1 5 3 0.",
        "ja": "お時間を、時と分を二桁ずつ入力してください。午後三時半なら、1、5、3、0です。",
    },
    "suggest": {
        "en": "{{ callback_time.problem_text }} The nearest time is {{ callback_time.suggestion_text }}. "
        "Shall I take that?",
        "ja": "{{ callback_time.problem_text }}一番近いお時間は、{{ callback_time.suggestion_text }}です。"
        "そちらでよろしいでしょうか。",
    },
    "no_time": {"en": "{{ callback_time.problem_text }}", "ja": "{{ callback_time.problem_text }}"},
    "zone": {
        "en": "Is it {{ callback_offer.local_time_text }} where you are?",
        "ja": "そちらは今、{{ callback_offer.local_time_text }}頃でしょうか。",
    },
    "local_time": {"en": "What time is it where you are?", "ja": "そちらは今、何時でしょうか。"},
    "same_number": {
        "en": "May we call you on {{ caller.number | spoken_phone }}?",
        "ja": "お電話番号は、{{ caller.number | spoken_phone }}でよろしいでしょうか。",
    },
    "other_number": {
        "en": "Which number shall we call?",
        "ja": "折り返し先のお電話番号をお願いいたします。",
    },
    "number_problem": {"en": "{{ callback_number.problem_text }}", "ja": "{{ callback_number.problem_text }}"},
    "press": {
        "en": "To confirm that number, please press 1 on your keypad.",
        "ja": "その番号でよろしければ、電話機の1を押してください。",
    },
    "press_again": {
        "en": "I need a key for that. Please press 1 on your keypad, or 2 for another number.",
        "ja": "恐れ入りますが、電話機の1を押してください。別の番号にされる場合は2を押してください。",
    },
    "name": {
        "en": "What is your name? Or press the hash key to go on without.",
        "ja": "お名前をお聞かせください。シャープを押すと、そのまま次へ進みます。",
    },
    "extension": {
        "en": "If you have an extension, key it in. Otherwise press the hash key.",
        "ja": "内線番号がございましたら入力してください。なければシャープを押してください。",
    },
    "reason": {
        "en": "What is it about? Tell me in a few words, or press the hash key.",
        "ja": "ご用件を簡単にお聞かせください。シャープを押すと、そのまま次へ進みます。",
    },
    "promised": {
        "en": "Thank you. We will call you back {{ callback.when_text }}. If you call us before, give the code "
        "{{ callback.code_text }}.",
        "ja": "ありがとうございます。{{ callback.when_text }}にお電話いたします。"
        "その前にお電話いただく場合は、確認番号{{ callback.code_text }}をお伝えください。",
    },
    "texted": {
        "en": "I have sent you that by text as well.",
        "ja": "同じ内容をメッセージでもお送りしました。",
    },
    "already": {
        "en": "There is a call back noted for this number already, and it keeps its place. We keep that promise.",
        "ja": "この番号への折り返しは、すでに承っております。順番はそのままで、お電話いたします。",
    },
    "goodbye": {"en": "Goodbye.", "ja": "失礼いたします。"},
    "no": {"en": "All right. Goodbye.", "ja": "かしこまりました。失礼いたします。"},
    "problem": {"en": "{{ callback_offer.problem_text }}", "ja": "{{ callback_offer.problem_text }}"},
    "not_booked": {"en": "{{ callback.problem_text }}", "ja": "{{ callback.problem_text }}"},
    "trouble": {
        "en": "I'm sorry, I could not note that down.",
        "ja": "申し訳ございません、承ることができませんでした。",
    },
    "bye": {
        "en": "Please call us again a little later. Goodbye.",
        "ja": "恐れ入りますが、しばらくしてからおかけ直しください。失礼いたします。",
    },
    "no_agent": {
        "en": "I can't put you through right now, but somebody can call you back.",
        "ja": "恐れ入りますが、ただいまおつなぎできません。こちらからお電話することができます。",
    },
}
RING_IN: Mapping[str, Mapping[str, str]] = {
    "code": {
        "en": "Hello again. It seems that we have promised you a call. To hear about it, please say or key in your "
        "four digit code. For anything else, press the hash key.",
        "ja": "お電話ありがとうございます。折り返しのお約束があるようです。内容をお聞きになる場合は、"
        "四桁の確認番号をお話しいただくか、入力してください。その他のご用件は、シャープを押してください。",
    },
    "code_again": {
        "en": "Please key in the four digit code, or press the hash key for anything else.",
        "ja": "四桁の確認番号を入力してください。その他のご用件は、シャープを押してください。",
    },
    "wrong": {"en": "That code is not the right one.", "ja": "その確認番号は正しくないようです。"},
    "locked": {
        "en": "I can't look that up by code any more today. Our people can help you.",
        "ja": "本日は確認番号でのご案内ができなくなりました。担当者が承ります。",
    },
    "manage": {
        "en": "Thank you. {{ promise.place_text }}. We will call you {{ promise.window_text }}. Is that all right? "
        "You can also choose another time or number, add a word, or cancel.",
        "ja": "ありがとうございます。{{ promise.place_text }}。{{ promise.window_text }}にお電話いたします。"
        "よろしいでしょうか。お時間や番号の変更、伝言、取消も承ります。",
    },
    "manage_chosen": {
        "en": "Thank you. We will call you {{ promise.window_text }}. Is that all right? "
        "You can also choose another time or number, add a word, or cancel.",
        "ja": "ありがとうございます。{{ promise.window_text }}にお電話いたします。よろしいでしょうか。"
        "お時間や番号の変更、伝言、取消も承ります。",
    },
    "manage_again": {
        "en": "If that is all right, press 1. For another time, press 2. For another number, press 3. To add a word, "
        "press 4. To cancel, press 5.",
        "ja": "このままでよろしければ1、お時間の変更は2、番号の変更は3、伝言は4、取消は5を押してください。",
    },
    "fine": {
        "en": "Good. We will call you {{ promise.window_text }}.",
        "ja": "かしこまりました。{{ promise.window_text }}にお電話いたします。",
    },
    "when": {"en": "When shall we call you instead?", "ja": "いつお電話いたしましょうか。"},
    "suggest": {
        "en": "{{ moved.problem_text }} The nearest time is {{ moved.suggestion_text }}. Shall I take that?",
        "ja": "{{ moved.problem_text }}一番近いお時間は、{{ moved.suggestion_text }}です。そちらでよろしいでしょうか。",
    },
    "problem": {"en": "{{ moved.problem_text }}", "ja": "{{ moved.problem_text }}"},
    "moved": {"en": "We will call you {{ moved.text }}.", "ja": "{{ moved.text }}にお電話いたします。"},
    "renumbered": {"en": "We will call you on that number.", "ja": "その番号にお電話いたします。"},
    "not_renumbered": {"en": "{{ renumbered.problem_text }}", "ja": "{{ renumbered.problem_text }}"},
    "word": {"en": "What shall I tell my colleague?", "ja": "担当者への伝言をお話しください。"},
    "noted": {"en": "I will pass that on.", "ja": "担当者に申し伝えます。"},
    "sure": {
        "en": "Shall I cancel the call back?",
        "ja": "折り返しのお電話を取り消してもよろしいでしょうか。",
    },
    "cancelled": {
        "en": "The call back is cancelled. Call us any time.",
        "ja": "折り返しのお電話を取り消しました。いつでもお電話ください。",
    },
    "trouble": {
        "en": "I'm sorry, I could not change that just now.",
        "ja": "申し訳ございません、ただいま変更することができませんでした。",
    },
    "else": {"en": "Is there anything else I can do for you?", "ja": "他にご用件はございますか。"},
    "goodbye": {"en": "Thank you for calling. Goodbye.", "ja": "お電話ありがとうございました。失礼いたします。"},
}
MESSAGE: Mapping[str, Mapping[str, str]] = {
    "check": {
        "en": "I have noted: {{ slots.message_words }}. Shall I pass that on?",
        "ja": "「{{ slots.message_words }}」と承りました。お伝えしてよろしいでしょうか。",
    },
    "again": {"en": "All right, once more, please.", "ja": "かしこまりました。もう一度お願いいたします。"},
    "kept": {
        "en": "Thank you. Your message is passed on.",
        "ja": "ありがとうございます。確かにお伝えいたします。",
    },
    "trouble": {
        "en": "I'm sorry, I could not keep your message. Please call again a little later.",
        "ja": "申し訳ございません、伝言を承ることができませんでした。しばらくしてからおかけ直しください。",
    },
    "goodbye": {"en": "Goodbye.", "ja": "失礼いたします。"},
}
CUSTOMER: Mapping[str, Mapping[str, str]] = {
    "hello": {
        "en": "Hello. This is the automated assistant of {{ callback.company }}, calling you back as you asked. "
        "To talk to a colleague now, press 1 or say yes. If this is a bad moment, press 2.",
        "ja": "{{ callback.company }}の自動応答です。ご依頼の折り返しのお電話です。担当者とお話しになる場合は、"
        "1を押すか「はい」とお話しください。ご都合が悪い場合は2を押してください。",
    },
    "hello_again": {
        "en": "Please press 1 or say yes to talk to a colleague of {{ callback.company }}. For another time, press 2. "
        "To never be called again, press 9.",
        "ja": "{{ callback.company }}の担当者とお話しになる場合は、1を押すか「はい」とお話しください。"
        "別のお時間は2、今後お電話が不要でしたら9を押してください。",
    },
    "void": {
        "en": "I'm sorry, something came up on our side. We will call you again. Goodbye.",
        "ja": "申し訳ございません、こちらの都合でおつなぎできなくなりました。改めてお電話いたします。失礼いたします。",
    },
    "when": {"en": "When shall we call you?", "ja": "いつお電話いたしましょうか。"},
    "moved": {
        "en": "Thank you. We will call you {{ moved.text }}. Goodbye.",
        "ja": "ありがとうございます。{{ moved.text }}にお電話いたします。失礼いたします。",
    },
    "problem": {"en": "{{ moved.problem_text }}", "ja": "{{ moved.problem_text }}"},
    "later": {
        "en": "All right, we will try again later. Goodbye.",
        "ja": "かしこまりました。後ほど改めてお電話いたします。失礼いたします。",
    },
    "stopped": {
        "en": "All right. You will not be called again. Goodbye.",
        "ja": "かしこまりました。今後こちらからお電話いたしません。失礼いたします。",
    },
    "voicemail": {
        "en": "Hello. This is {{ callback.company }}, calling you back as you asked. We will try again. To be called "
        "sooner, call us on {{ callback.our_number | spoken_phone }} and give the code {{ callback.code_text }}. "
        "You keep your place. Goodbye.",
        "ja": "{{ callback.company }}です。折り返しのお電話をいたしました。改めてお電話いたします。お急ぎの場合は、"
        "{{ callback.our_number | spoken_phone }}におかけいただき、確認番号{{ callback.code_text }}をお伝えください。"
        "順番はそのままです。失礼いたします。",
    },
}
AGENT: Mapping[str, Mapping[str, str]] = {
    "brief": {
        "en": "Call back for {{ callback.brief_text }}. Press 1 or say yes to take it, or press 2 to pass.",
        "ja": "折り返しです。{{ callback.brief_text }}。お受けになる場合は1か「はい」、見送る場合は2を押してください。",
    },
    "brief_again": {
        "en": "Press 1 or say yes to take the call, or press 2 to pass.",
        "ja": "お受けになる場合は1、見送る場合は2を押してください。",
    },
    "void": {
        "en": "This call back was taken off. Goodbye.",
        "ja": "この折り返しは取り下げられました。",
    },
    "passed": {"en": "All right. Goodbye.", "ja": "承知しました。失礼いたします。"},
}
