"""A caller rings in about a promise: nothing is told or changed before the code was given (T10).

ring_in ─▶ unlock ─▶ manage ─▶ fine | another time | another number | a word | cancel ─▶ anything else?
"""

from __future__ import annotations

from ivr.core.flow.model import CallbackVerb, Flow, FlowNode
from ivr.core.flow.parts.kit import Kit
from ivr.core.flow.parts.numbering import RECORD as NUMBER
from ivr.core.flow.parts.numbering import Numbering, numbering_parts
from ivr.core.flow.parts.sentences import RING_IN as SAID
from ivr.core.flow.parts.timing import RECORD as TIME
from ivr.core.flow.parts.timing import Timing, timing_parts
from ivr.core.flow.parts.wordings import WISHES
from ivr.core.meaning import SlotType

PREFIX = "new_"
"""Of the steps of time and number: the same node takes promises too."""
MAX_CODES = 3
PROMISED, CANCELLED = "callback_promised", "callback_cancelled"
PROVEN = {"id": "{{ promise.id }}", "code": "{{ promise.code }}"}
AROUND = {"zone": "{{ promise.zone }}"}


def ring_in_parts(flow: Flow, node: FlowNode, verb: CallbackVerb) -> dict[str, FlowNode]:
    """The steps a call begins with when something was promised to its number."""
    kit = Kit(node.name, flow.languages, node.everywhere)
    _ways_out(kit, flow)
    _unlocking(kit)
    _managing(kit)
    changing = Kit(node.name, flow.languages, node.everywhere, PREFIX)
    _changing(kit, changing)
    _others(kit)
    return kit.nodes | changing.nodes


def _ways_out(kit: Kit, flow: Flow) -> None:
    at, closed = kit.name, flow.closed or flow.start
    kit.branch("main", ("hours.is_open", flow.start), otherwise=closed)
    kit.ask(
        "else",
        "callback_more",
        "yes_no",
        SAID["else"],
        by_value={"yes": at("main"), "no": at("ring_out")},
        failure=at("ring_out"),
    )
    kit.hang_up("ring_out", SAID["goodbye"], PROMISED)
    kit.say("not_now", SAID["trouble"], at("else"))


def _unlocking(kit: Kit) -> None:
    at, code = kit.name, SlotType("digits", length=4)
    for part, texts, skip in (
        ("ring_in", SAID["code"], at("main")),
        ("already", SAID["already"], at("else")),
        ("code_again", SAID["wrong"], at("main")),
    ):
        kit.ask(
            part, "callback_code", code, texts, at("unlock"), again=SAID["code_again"], failure=at("main"), skip=skip
        )
    given = {"caller": "{{ caller.number }}", "code": "{{ slots.callback_code }}"}
    kit.do("unlock", "unlock", "promise", at("unlocked"), at("main"), **given)
    kit.branch(
        "unlocked",
        ("promise.ok == 'yes'", at("standing")),
        ("promise.is_locked == 'yes'", at("locked")),
        (f"{kit.visits('unlock')} >= {MAX_CODES}", at("no_code")),
        otherwise=at("code_again"),
    )
    kit.say("locked", SAID["locked"], at("main"))
    kit.say("no_code", SAID["no_code"], at("main"))
    kit.branch("standing", ("promise.place_text", at("manage")), otherwise=at("manage_chosen"))


def _managing(kit: Kit) -> None:
    at = kit.name
    wishes = {
        "fine": at("fine"),
        "time": at(f"{PREFIX}when"),
        "number": at(f"{PREFIX}other_number"),
        "word": at("word"),
        "cancel": at("sure"),
    }
    choices = {language: WISHES.get(language, WISHES["en"]) for language in kit.languages}
    for part in ("manage", "manage_chosen"):
        kit.ask(
            part,
            "callback_wish",
            SlotType("choice"),
            SAID[part],
            by_value=wishes,
            again=SAID["manage_again"],
            failure=at("fine"),
            choices=choices,
        )
    kit.say("fine", SAID["fine"], at("else"), outcome=PROMISED)


def _changing(kit: Kit, changing: Kit) -> None:
    """Another time, another number."""
    at, queue = kit.name, "{{ promise.queue }}"
    timing_parts(changing, Timing(queue, AROUND, at("move_up"), at("move"), at("fine"), at("not_now")))
    for part, when in (("move", f"{{{{ {TIME}.when }}}}"), ("move_up", "asap")):
        kit.do(part, "move", "moved", at("was_moved"), at("not_now"), when=when, **AROUND, **PROVEN)
    kit.branch("was_moved", ("moved.ok == 'yes'", at("moved")), otherwise=at("not_moved"))
    kit.say("moved", SAID["moved"], at("else"), outcome=PROMISED)
    kit.say("not_moved", SAID["not_moved"], at("else"), outcome=PROMISED)
    numbering_parts(changing, Numbering(queue, AROUND, at("renumber"), at("fine"), at("not_now")))
    number = f"{{{{ {NUMBER}.number }}}}"
    kit.do("renumber", "renumber", "renumbered", at("was_renumbered"), at("not_now"), number=number, **PROVEN)
    kit.branch("was_renumbered", ("renumbered.ok == 'yes'", at("renumbered")), otherwise=at("not_renumbered"))
    kit.say("renumbered", SAID["renumbered"], at("else"), outcome=PROMISED)
    kit.say("not_renumbered", SAID["not_renumbered"], at("else"), outcome=PROMISED)


def _others(kit: Kit) -> None:
    """A word for the agent, the cancellation."""
    at = kit.name
    kit.ask(
        "word", "callback_words", "text", SAID["word"], at("word_said"), again=SAID["word_again"], failure=at("fine")
    )
    kit.branch("word_said", ("slots.callback_words", at("note")), otherwise=at("fine"))
    words = "{{ slots.callback_words }}"
    kit.do("note", "note", "noted", at("was_noted"), at("not_now"), words=words, **PROVEN)
    kit.branch("was_noted", ("noted.ok == 'yes'", at("noted")), otherwise=at("not_now"))
    kit.say("noted", SAID["noted"], at("else"), outcome=PROMISED)
    kit.ask(
        "sure",
        "callback_sure",
        "yes_no",
        SAID["sure"],
        by_value={"yes": at("cancel"), "no": at("fine")},
        failure=at("fine"),
    )
    kit.do("cancel", "cancel", "cancelled", at("was_cancelled"), at("not_now"), **PROVEN)
    kit.branch("was_cancelled", ("cancelled.ok == 'yes'", at("cancelled")), otherwise=at("not_now"))
    kit.say("cancelled", SAID["cancelled"], at("else_now"), outcome=CANCELLED)
    kit.ask(
        "else_now",
        "callback_more",
        "yes_no",
        SAID["else"],
        by_value={"yes": at("main"), "no": at("ring_out_cancelled")},
        failure=at("ring_out_cancelled"),
    )
    kit.hang_up("ring_out_cancelled", SAID["goodbye"], CANCELLED)
