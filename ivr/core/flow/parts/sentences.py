"""The words of built-in steps, English and Japanese: taking a promise, and callers who ring in about one."""

from __future__ import annotations

from collections.abc import Mapping

CALLBACK: Mapping[str, Mapping[str, str]] = {
    "offer": {
        "en": "All our colleagues are talking to other callers. I can have somebody call you back "
        "{{ callback_offer.window_text }}, and you keep your place. Shall I? You can also name another "
        "time.",
        "ja": "ただいま担当者は全員ほかのお客様とお話し中です。順番はそのままで、"
        "{{ callback_offer.window_text }}に折り返しお電話できます。お電話してもよろしいでしょうか。"
        "別のお時間もご指定いただけます。",
    },
    "own_offer": {
        "en": "I can have somebody call you back {{ callback_offer.window_text }}, and you keep your place. "
        "Shall I? You can also name another time.",
        "ja": "順番はそのままで、{{ callback_offer.window_text }}に折り返しお電話できます。"
        "お電話してもよろしいでしょうか。別のお時間もご指定いただけます。",
    },
    "offer_closed": {
        "en": "Our people are not here right now. I can have somebody call you back "
        "{{ callback_offer.window_text }}. Shall I? You can also name another time.",
        "ja": "ただいま担当者の受付時間外です。{{ callback_offer.window_text }}に折り返しお電話できます。"
        "お電話してもよろしいでしょうか。別のお時間もご指定いただけます。",
    },
    "offer_again": {
        "en": "Shall we call you back? Say yes, or press 1. For another time, press 2. If you don't want a "
        "call, press 3.",
        "ja": "こちらからお電話してもよろしければ「はい」とお話しいただくか、1を押してください。"
        "別のお時間は2、お電話が不要でしたら3を押してください。",
    },
    "when": {
        "en": "When shall we call you? You can say, for example, tomorrow after three, or press 2 to key it in.",
        "ja": "いつお電話いたしましょうか。例えば「明日の三時以降」のようにお話しいただくか、"
        "2を押してボタンで入力してください。",
    },
    "when_again": {
        "en": "Say a day and a time, for example, Tuesday morning. To key it in, press 2.",
        "ja": "「火曜の午前中」のように、日にちと時間をお話しください。ボタンで入力される場合は2を押してください。",
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
    "no_time": {
        "en": "{{ callback_time.problem_text }}",
        "ja": "{{ callback_time.problem_text }}",
    },
    "zone": {
        "en": "Is it {{ callback_offer.local_time_text }} where you are?",
        "ja": "そちらは今、{{ callback_offer.local_time_text }}頃でしょうか。",
    },
    "local_time": {
        "en": "What time is it where you are?",
        "ja": "そちらは今、何時でしょうか。",
    },
    "same_number": {
        "en": "May we call you on {{ caller.number | spoken_phone }}?",
        "ja": "お電話番号は、{{ caller.number | spoken_phone }}でよろしいでしょうか。",
    },
    "other_number": {
        "en": "Which number shall we call?",
        "ja": "折り返し先のお電話番号をお願いいたします。",
    },
    "number_problem": {
        "en": "{{ callback_number.problem_text }}",
        "ja": "{{ callback_number.problem_text }}",
    },
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
        "en": "Thank you. We will call you back {{ callback.when_text }}. Your code is "
        "{{ callback.code_text }}. With it you can change or cancel that when you call us. Once more, "
        "the code is {{ callback.code_text }}.",
        "ja": "ありがとうございます。{{ callback.when_text }}にお電話いたします。確認番号は"
        "{{ callback.code_text }}です。お電話の際にこの番号をお伝えいただければ、変更や取消ができます。"
        "もう一度申し上げます。確認番号は{{ callback.code_text }}です。",
    },
    "texted": {
        "en": "I have sent you that by text as well.",
        "ja": "同じ内容をメッセージでもお送りしました。",
    },
    "already": {
        "en": "There is a call back noted for this number already, and it keeps its place. We keep that promise.",
        "ja": "この番号への折り返しは、すでに承っております。順番はそのままで、お電話いたします。",
    },
    "goodbye": {
        "en": "Thank you for calling. Goodbye.",
        "ja": "お電話ありがとうございました。失礼いたします。",
    },
    "no": {
        "en": "All right. Goodbye.",
        "ja": "かしこまりました。失礼いたします。",
    },
    "problem": {
        "en": "{{ callback_offer.problem_text }}",
        "ja": "{{ callback_offer.problem_text }}",
    },
    "not_booked": {
        "en": "{{ callback.problem_text }}",
        "ja": "{{ callback.problem_text }}",
    },
    "bye": {
        "en": "Please call us again a little later. Goodbye.",
        "ja": "恐れ入りますが、しばらくしてからおかけ直しください。失礼いたします。",
    },
    "no_agent": {
        "en": "Nobody is free to talk right now, but somebody can call you back.",
        "ja": "恐れ入りますが、ただいま手の空いている者がおりません。こちらからお電話することができます。",
    },
    "offer_only": {
        "en": "All our colleagues are talking to other callers. I can have somebody call you back "
        "{{ callback_offer.window_text }}, and you keep your place. Shall I?",
        "ja": "ただいま担当者は全員ほかのお客様とお話し中です。順番はそのままで、"
        "{{ callback_offer.window_text }}に折り返しお電話できます。お電話してもよろしいでしょうか。",
    },
    "own_offer_only": {
        "en": "I can have somebody call you back {{ callback_offer.window_text }}, and you keep your place. Shall I?",
        "ja": "順番はそのままで、{{ callback_offer.window_text }}に折り返しお電話できます。"
        "お電話してもよろしいでしょうか。",
    },
    "offer_closed_only": {
        "en": "Our people are not here right now. I can have somebody call you back "
        "{{ callback_offer.window_text }}. Shall I?",
        "ja": "ただいま担当者の受付時間外です。{{ callback_offer.window_text }}に折り返しお電話できます。"
        "お電話してもよろしいでしょうか。",
    },
    "timed_only": {
        "en": "I can have somebody call you back at a time you choose.",
        "ja": "ご希望のお時間に、こちらからお電話いたします。",
    },
    "no_asap": {
        "en": "I can only note a time for that.",
        "ja": "恐れ入りますが、お時間をご指定ください。",
    },
    "right": {
        "en": "We can call you {{ callback_time.text }}. Is that right?",
        "ja": "{{ callback_time.text }}にお電話いたします。よろしいでしょうか。",
    },
    "other_sure": {
        "en": "I have {{ slots.callback_phone | spoken_phone }}. Is that right?",
        "ja": "{{ slots.callback_phone | spoken_phone }}、でよろしいでしょうか。",
    },
    "only_own": {
        "en": "I'm sorry, I can only note the number you are calling from, and that one cannot be called back.",
        "ja": "申し訳ございません。おかけになっている番号にしか折り返しできず、その番号にはお電話できません。",
    },
    "no_number": {
        "en": "I'm sorry, without a number that we may call, I can't promise a call.",
        "ja": "申し訳ございません。お電話できる番号がございませんと、折り返しを承ることができません。",
    },
    "not_pressed": {
        "en": "I'm sorry, without that key I can't note another number.",
        "ja": "申し訳ございません、ボタンで確認できない番号は承ることができません。",
    },
    "reason_again": {
        "en": "Tell me in a few words what it is about, or press the hash key to go on.",
        "ja": "ご用件を簡単にお話しいただくか、シャープを押してお進みください。",
    },
    "trouble": {
        "en": "I'm sorry, something went wrong on our side. I can't promise you a call just now.",
        "ja": "申し訳ございません、不具合が起きました。ただいま折り返しを承ることができません。",
    },
}
"""Taking a promise."""

RING_IN: Mapping[str, Mapping[str, str]] = {
    "code": {
        "en": "Hello again. It seems that we have promised you a call. To hear about it, please say or key "
        "in your four digit code. For anything else, press the hash key, or say main menu.",
        "ja": "お電話ありがとうございます。折り返しのお約束があるようです。内容をお聞きになる場合は、"
        "四桁の確認番号をお話しいただくか、入力してください。その他のご用件は、"
        "シャープを押すか「メニュー」とお話しください。",
    },
    "code_again": {
        "en": "Please key in the four digit code, or press the hash key for anything else.",
        "ja": "四桁の確認番号を入力してください。その他のご用件は、シャープを押してください。",
    },
    "wrong": {
        "en": "That code is not the right one. Please say or key in the four digits once more, or press the "
        "hash key for anything else.",
        "ja": "その確認番号は正しくないようです。もう一度四桁の番号をお話しいただくか、入力してください。"
        "その他のご用件は、シャープを押してください。",
    },
    "locked": {
        "en": "I can't look that up by code any more today. Your place is kept all the same.",
        "ja": "本日は確認番号でのご案内ができなくなりました。順番はそのままお取りしております。",
    },
    "manage": {
        "en": "Thank you. At the moment {{ promise.place_text }}. We will call you {{ promise.window_text }}. Press 1, "
        "or say fine, if that is all right. For another time, press 2. For another number, press 3. To "
        "add a word, press 4. To cancel, press 5.",
        "ja": "ありがとうございます。{{ promise.place_text }}。{{ promise.window_text }}にお電話いたします。"
        "このままでよろしければ1を押すか「はい」とお話しください。お時間の変更は2、番号の変更は3、"
        "伝言は4、取消は5です。",
    },
    "manage_chosen": {
        "en": "Thank you. We will call you {{ promise.window_text }}. Press 1, or say fine, if that is all "
        "right. For another time, press 2. For another number, press 3. To add a word, press 4. To "
        "cancel, press 5.",
        "ja": "ありがとうございます。{{ promise.window_text }}にお電話いたします。"
        "このままでよろしければ1を押すか「はい」とお話しください。お時間の変更は2、番号の変更は3、"
        "伝言は4、取消は5です。",
    },
    "manage_again": {
        "en": "If that is all right, press 1. For another time, press 2. For another number, press 3. To add "
        "a word, press 4. To cancel, press 5.",
        "ja": "このままでよろしければ1、お時間の変更は2、番号の変更は3、伝言は4、取消は5を押してください。",
    },
    "fine": {
        "en": "Good. We will call you {{ promise.window_text }}.",
        "ja": "かしこまりました。{{ promise.window_text }}にお電話いたします。",
    },
    "moved": {
        "en": "All right. We will call you {{ moved.text }}.",
        "ja": "かしこまりました。{{ moved.text }}にお電話いたします。",
    },
    "renumbered": {
        "en": "All right. We will call you on {{ callback_number.number | spoken_phone }}.",
        "ja": "かしこまりました。{{ callback_number.number | spoken_phone }}にお電話いたします。",
    },
    "not_renumbered": {
        "en": "{{ renumbered.problem_text }}",
        "ja": "{{ renumbered.problem_text }}",
    },
    "word": {
        "en": "What shall I tell my colleague? One sentence is enough.",
        "ja": "担当者への伝言を、一言お話しください。",
    },
    "noted": {
        "en": "I will pass that on.",
        "ja": "担当者に申し伝えます。",
    },
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
    "else": {
        "en": "Is there anything else I can do for you?",
        "ja": "他にご用件はございますか。",
    },
    "goodbye": {
        "en": "Thank you for calling. Goodbye.",
        "ja": "お電話ありがとうございました。失礼いたします。",
    },
    "already": {
        "en": "There is a call back noted for this number already, and it keeps its place. To hear about it "
        "or to change it, say or key in your four digit code. Otherwise press the hash key.",
        "ja": "この番号への折り返しは、すでに承っております。順番はそのままです。内容の確認や変更は、"
        "四桁の確認番号をお話しいただくか、入力してください。その他はシャープを押してください。",
    },
    "no_code": {
        "en": "Never mind, your place is kept all the same.",
        "ja": "かしこまりました。順番はそのままお取りしております。",
    },
    "not_moved": {
        "en": "{{ moved.problem_text }}",
        "ja": "{{ moved.problem_text }}",
    },
    "word_again": {
        "en": "Say what I shall tell my colleague, or press the hash key to go on.",
        "ja": "担当者への伝言をお話しいただくか、シャープを押してお進みください。",
    },
}
"""About a promise there is."""
