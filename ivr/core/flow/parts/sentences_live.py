"""The words of a caller who is being connected, English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping

TRANSFER: Mapping[str, Mapping[str, str]] = {
    "asked": {
        "en": "One moment, I am ringing a colleague.",
        "ja": "ただいま担当者をお呼びします。少々お待ちください。",
    },
    "connecting": {
        "en": "One moment, I am connecting you.",
        "ja": "おつなぎいたします。少々お待ちください。",
    },
    "waiting": {
        "en": "I am trying to reach a colleague. If you would rather not wait, press star.",
        "ja": "担当者を探しております。お待ちになれない場合は、アスタリスクを押してください。",
    },
    "ringing": {
        "en": "My colleague's telephone is ringing. If you would rather not wait, press star.",
        "ja": "担当者を呼び出しております。お待ちになれない場合は、アスタリスクを押してください。",
    },
    "picked_up": {
        "en": "A colleague has picked up, and is hearing what it is about.",
        "ja": "担当者が電話に出ました。ご用件を伝えております。",
    },
    "through": {
        "en": "Thank you for waiting. You are through to {{ transfer.agent | default('a colleague') }}.",
        "ja": "お待たせいたしました。{{ transfer.agent | default('担当者') }}におつなぎします。",
    },
    "nobody": {
        "en": "I'm sorry, I could not reach anybody.",
        "ja": "申し訳ございません、担当者につながりませんでした。",
    },
    "lost": {
        "en": "I'm sorry, the line to my colleague was lost.",
        "ja": "申し訳ございません、担当者との回線が切れました。",
    },
}
"""While a colleague is rung, and after."""
