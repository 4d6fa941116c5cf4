"""A caller rings in about a promise: nothing is told or changed before the code was given (T10)."""

from __future__ import annotations

from ivr.core.flow.model import Confirm, Flow, FlowNode
from ivr.core.flow.parts.callback import ONE_KEY_ONLY
from ivr.core.flow.parts.kit import Kit
from ivr.core.flow.parts.sentences import CALLBACK
from ivr.core.flow.parts.sentences import RING_IN as SAID
from ivr.core.meaning import SlotType

WISHES = {
    "en": (
        ("fine", ("fine", "that's fine", "all right", "yes", "okay", "good", "keep it")),
        ("time", ("another time", "change the time", "later", "move it", "different time")),
        ("number", ("another number", "change the number", "different number")),
        ("word", ("add a word", "add something", "leave a word", "note", "message")),
        ("cancel", ("cancel", "cancel it", "don't call", "no call")),
    ),
    "ja": (
        ("fine", ("はい", "結構です", "大丈夫です", "そのままで", "それでいいです", "お願いします")),
        ("time", ("時間", "時間の変更", "別の時間", "変更", "遅らせて")),
        ("number", ("番号", "番号の変更", "別の番号")),
        ("word", ("伝言", "メッセージ", "付け加え")),
        ("cancel", ("取消", "取り消し", "キャンセル", "やめます", "要りません")),
    ),
}
PROVEN = {"id": "{{ promise.id }}", "code": "{{ promise.code }}"}


def ring_in_parts(flow: Flow, node: FlowNode) -> dict[str, FlowNode]:
    """The steps a call begins with when something was promised to its number."""
    kit = Kit(node.name, flow.languages)
    _unlocking(kit, flow.start)
    _managing(kit, flow.start)
    _moving(kit)
    _renumbering(kit)
    _others(kit, flow.start)
    return kit.nodes


def _unlocking(kit: Kit, start: str) -> None:
    at = kit.name
    kit.ask(
        "ring_in",
        "callback_code",
        SlotType("digits", length=4),
        SAID["code"],
        at("unlock"),
        again=SAID["code_again"],
        failure=start,
        skip=start,
    )
    kit.do(
        "unlock",
        "unlock",
        "promise",
        at("unlocked"),
        start,
        caller="{{ caller.number }}",
        code="{{ slots.callback_code }}",
    )
    kit.branch(
        "unlocked",
        ("promise.ok == 'yes'", at("standing")),
        ("promise.is_locked == 'yes'", at("locked")),
        otherwise=at("wrong"),
    )
    kit.say("wrong", SAID["wrong"], at("ring_in"))
    kit.say("locked", SAID["locked"], start)
    kit.branch("standing", ("promise.place_text", at("manage")), otherwise=at("manage_chosen"))


def _managing(kit: Kit, start: str) -> None:
    at = kit.name
    choices = {language: WISHES.get(language, WISHES["en"]) for language in kit.languages}
    wishes = {
        "fine": at("fine"),
        "time": at("r_when"),
        "number": at("r_number"),
        "word": at("r_word"),
        "cancel": at("r_sure"),
    }
    for part in ("manage", "manage_chosen"):
        kit.ask(
            part,
            "callback_wish",
            SlotType("choice"),
            SAID[part],
            by_value=wishes,
            again=SAID["manage_again"],
            failure=start,
            silent=at("fine"),
            choices=choices,
        )
    kit.say("fine", SAID["fine"], at("r_else"), outcome="callback_promised")


def _moving(kit: Kit) -> None:
    at = kit.name
    kit.ask(
        "r_when",
        "callback_new_time",
        "callback_time",
        SAID["when"],
        at("r_move"),
        by_value={"asap": at("r_move"), "later": at("r_date"), "no": at("fine")},
        again=CALLBACK["when_again"],
        failure=at("r_date"),
        silent=at("fine"),
    )
    kit.ask("r_date", "callback_date", "date", CALLBACK["date"], at("r_clock"), failure=at("fine"))
    kit.ask("r_clock", "callback_clock", "time", CALLBACK["clock"], at("r_move_keyed"), failure=at("fine"))
    _move(kit, "r_move", "{{ slots.callback_new_time }}")
    _move(kit, "r_move_keyed", "{{ slots.callback_date }} {{ slots.callback_clock }}")
    _move(kit, "r_take", "{{ moved.suggestion }}")
    kit.branch(
        "r_moved",
        ("moved.ok == 'yes'", at("r_done")),
        ("moved.suggestion", at("r_suggest")),
        otherwise=at("r_problem"),
    )
    kit.ask(
        "r_suggest",
        "callback_suggested",
        "yes_no",
        SAID["suggest"],
        by_value={"yes": at("r_take"), "no": at("r_when")},
        failure=at("fine"),
    )
    kit.say("r_problem", SAID["problem"], at("r_when"))
    kit.say("r_done", SAID["moved"], at("r_else"), outcome="callback_promised")


def _move(kit: Kit, part: str, when: str) -> None:
    then, failed = kit.name("r_moved"), kit.name("r_trouble")
    kit.do(part, "move", "moved", then, failed, when=when, zone="{{ promise.zone }}", **PROVEN)


def _renumbering(kit: Kit) -> None:
    at = kit.name
    kit.ask(
        "r_number",
        "callback_phone",
        "phone",
        CALLBACK["other_number"],
        at("r_check"),
        failure=at("fine"),
        confirm=Confirm.READ_BACK,
    )
    kit.do(
        "r_check",
        "check_number",
        "callback_number",
        at("r_checked"),
        at("r_trouble"),
        queue="{{ promise.queue }}",
        number="{{ slots.callback_phone }}",
        caller="{{ caller.number }}",
        zone="{{ promise.zone }}",
    )
    kit.branch(
        "r_checked",
        ("callback_number.ok != 'yes'", at("r_number_problem")),
        ("callback_number.needs_key == 'yes'", at("r_press")),
        otherwise=at("r_renumber"),
    )
    kit.say("r_number_problem", CALLBACK["number_problem"], at("r_number"))
    kit.ask(
        "r_press",
        "callback_confirmed",
        SlotType("choice"),
        CALLBACK["press"],
        by_value={"key_one": at("r_renumber"), "key_two": at("r_number")},
        again=CALLBACK["press_again"],
        failure=at("fine"),
        choices=dict.fromkeys(kit.languages, ONE_KEY_ONLY),
    )
    kit.do(
        "r_renumber",
        "renumber",
        "renumbered",
        at("r_renumbered"),
        at("r_trouble"),
        number="{{ callback_number.number }}",
        **PROVEN,
    )
    kit.branch("r_renumbered", ("renumbered.ok == 'yes'", at("r_number_done")), otherwise=at("r_not_renumbered"))
    kit.say("r_number_done", SAID["renumbered"], at("r_else"), outcome="callback_promised")
    kit.say("r_not_renumbered", SAID["not_renumbered"], at("r_else"), outcome="callback_promised")


def _others(kit: Kit, start: str) -> None:
    """A word for the agent, the cancellation, and the end."""
    at = kit.name
    kit.ask("r_word", "callback_words", "text", SAID["word"], at("r_note"), tries=2, failure=at("fine"))
    kit.do("r_note", "note", "noted", at("r_noted"), at("r_trouble"), words="{{ slots.callback_words }}", **PROVEN)
    kit.branch("r_noted", ("noted.ok == 'yes'", at("r_word_done")), otherwise=at("r_trouble"))
    kit.say("r_word_done", SAID["noted"], at("r_else"), outcome="callback_promised")
    kit.ask(
        "r_sure",
        "callback_sure",
        "yes_no",
        SAID["sure"],
        by_value={"yes": at("r_cancel"), "no": at("fine")},
        failure=at("fine"),
    )
    kit.do("r_cancel", "cancel", "cancelled", at("r_cancelled"), at("r_trouble"), **PROVEN)
    kit.branch("r_cancelled", ("cancelled.ok == 'yes'", at("r_cancel_done")), otherwise=at("r_trouble"))
    kit.say("r_cancel_done", SAID["cancelled"], at("r_else"), outcome="callback_cancelled")
    kit.say("r_trouble", SAID["trouble"], at("r_else"))
    kit.ask(
        "r_else",
        "callback_more",
        "yes_no",
        SAID["else"],
        by_value={"yes": start, "no": at("r_goodbye")},
        failure=at("r_goodbye"),
    )
    kit.hang_up("r_goodbye", SAID["goodbye"], "callback_promised")
