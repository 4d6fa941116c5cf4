"""The words of `why` in Japanese. Pure texts; what each says is in `why_words.Say`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ivr.core.queueing.model import Cause
from ivr.core.queueing.why_words import Say


class _Japanese:
    _VAIN = {
        Cause.BUSY: "お話し中だった",
        Cause.NO_ANSWER: "応答がなかった",
        Cause.FAILED: "番号につながらなかった",
        Cause.VOICEMAIL: "留守番電話だった",
        Cause.NOT_PRESENT: "ご本人の応答がなかった",
        Cause.CUSTOMER_LEFT: "担当者が出る前に電話が切れた",
        Cause.AGENT_LEFT: "担当者が先に電話を切った",
        Cause.AGENT_MISSED: "担当者が応答しなかった",
        Cause.AGENT_DECLINED: "担当者が辞退した",
        Cause.NEVER_PLACED: "通信会社が発信しなかった",
    }
    _ENDED = {
        Cause.BY_CALLER: "お客様が取り消し",
        Cause.BY_TEXT: "お客様がメッセージで取り消し",
        Cause.BY_SUPERVISOR: "管理者が取り消し",
        Cause.STOPPED: "今後の電話をお断り",
        Cause.MOVED: "時間を変更",
    }
    _FAILED = {
        Cause.TOO_MANY: "かけ直しの回数を使い切りました",
        Cause.EXPIRED: "約束の期限が過ぎました",
        Cause.REFUSED: "この番号にはかけられません",
        Cause.UNKNOWN: "前回の電話がどうなったか分かりません",
    }

    def moment(self, local: datetime, days_ahead: int) -> str:
        clock = f"{local.hour}時" + (f"{local.minute:02d}分" if local.minute else "")
        if days_ahead in (-1, 0, 1):
            return ("", "明日", "昨日")[days_ahead] + clock
        return f"{local.year}年{local.month}月{local.day}日{clock}"

    def done(self, cause: Cause, at: str) -> str:
        return f"完了:{at}に伝言を確認しました。" if cause is Cause.TAKEN else f"完了:{at}に通話が終わりました。"

    def cancelled(self, cause: Cause, at: str) -> str:
        return f"電話はしません:{at}、{self._ENDED.get(cause, '取り消し')}。"

    def failed(self, cause: Cause, tries: int) -> str:
        tried = f"({tries}回発信)" if tries else ""
        return f"人の判断が必要です:{self._FAILED.get(cause, '約束を守れませんでした')}{tried}。"

    def ending(self, cause: Cause) -> str:
        return f"発信を中止しています:{self._ENDED.get(cause, '取り消し')}。"

    def claimed(self, name: str) -> str:
        return f"{name}さんが担当に決まりました。"

    def dialling(self, name: str) -> str:
        return f"{name}さんのために発信中です。" if name else "発信中です。別の担当者を探しています。"

    def talking(self, name: str) -> str:
        return f"{name}さんと通話中です。"

    def message(self) -> str:
        return "録音された伝言です。確認を待っています。"

    def retry(self, at: str, cause: Cause, tried_at: str, number: int, of: int) -> str:
        when = f"{tried_at}に" if tried_at else ""
        return f"{when}{self._VAIN.get(cause, 'つながらなかった')}ため、{at}まで待ちます({of}回中{number}回目)。"

    def retimed(self, at: str) -> str:
        return f"{at}まで待ちます。それまではかけられません(時間帯または回数の制限)。"

    def chosen(self, at: str) -> str:
        return f"お客様が選んだ{at}まで待ちます。"

    def later(self, at: str, cause: Cause) -> str:
        return f"{self._VAIN[cause]}ため、{at}まで待ちます。" if cause in self._VAIN else f"{at}まで待ちます。"

    def closed(self, at: str) -> str:
        return f"窓口は{at}まで閉まっています。"

    def quiet(self, at: str) -> str:
        return f"お客様の地域では、{at}まで電話をかけられる時間帯ではありません。"

    def nobody(self) -> str:
        return "この窓口の担当者が一人もいません。"

    def no_language(self, language: str) -> str:
        name = {"ja": "日本語", "en": "英語"}.get(language, language)
        return f"{name}を話す担当者がいません。"

    def no_skill(self, skills: Sequence[str]) -> str:
        return f"スキル「{'」と「'.join(skills)}」を持つ担当者がいません。"

    def owned(self, name: str, until: str) -> str:
        if not until:
            return f"{name}さんだけが担当できます。"
        return f"{name}さんの担当ですが、今は手が空いていません。{until}からは誰でも担当できます。"

    def on_break(self) -> str:
        return "担当できる人は全員休憩中です。"

    def next(self, is_somebody_free: bool) -> str:
        return (
            "次の順番です。担当者が空いています。"
            if is_somebody_free
            else "次の順番です。担当者が空くのを待っています。"
        )

    def counted(self, ahead: int) -> str:
        return f"{ahead + 1:,}番目:前に{ahead:,}名います。"

    def placed(self, earlier: int, higher: Sequence[int], overtakers: Sequence[int]) -> str:
        parts = []
        if earlier:
            among = f"(うち{len(higher)}名は優先度{_marks(higher)})" if higher else ""
            parts.append(f"先に来た方が{earlier}名{among}")
        if overtakers:
            known = [each for each in overtakers if each]
            reason = f"優先度{_marks(known)}で" if known else "繰り上げで"
            parts.append(f"後から来て{reason}先になった方が{len(overtakers)}名")
        return f"{earlier + len(overtakers) + 1:,}番目:{'、'.join(parts)}います。"


def _marks(priorities: Sequence[int]) -> str:
    return "と".join(str(each) for each in dict.fromkeys(priorities))


JAPANESE: Say = _Japanese()
