"""Taking a promise to call back: offer, time, zone, number, what to tell the agent; stored, and only then spoken.

begin ─▶ which ─▶ offer ─▶ said ─▶ (timing ─▶ zone) ─▶ number ─▶ name, extension, reason ─▶ book ─▶ promised ─▶ then
"""

from __future__ import annotations

from ivr.core.flow.model import CallbackVerb, Flow, FlowNode, NumberRule, SayVerb
from ivr.core.flow.parts import numbering, timing
from ivr.core.flow.parts.kit import Kit
from ivr.core.flow.parts.numbering import Numbering, numbering_parts
from ivr.core.flow.parts.sentences import CALLBACK as SAID
from ivr.core.flow.parts.timing import Timing, timing_parts
from ivr.core.meaning import SlotType

OUTCOME = "callback_promised"
OFFERS = ("offer", "own_offer", "offer_closed")
OFFERED = (*OFFERS, "when")
"""Steps at which an offer has been made."""
SETTLED = ("booked", "already", "declined")
"""Steps behind which it is known what came of it."""
MAX_INSISTING = 3
"""How often somebody who wants a person at once is told that nobody is free."""
AROUND = {"zone": "{{ callback_offer.zone }}", "told_zone": "{{ callback_zone.zone }}"}


def callback_parts(flow: Flow, node: FlowNode, verb: CallbackVerb) -> dict[str, FlowNode]:
    """The steps of one `callback` node."""
    kit = Kit(node.name, flow.languages)
    at = kit.name
    kit.everywhere = {"agent": at("no_agent"), "callback": at("which"), **node.everywhere}
    _ways_out(kit, verb)
    _offering(kit, verb)
    if "at_a_time" in verb.offer:
        asap = at("number" if "as_soon_as_possible" in verb.offer else "no_asap")
        timing_parts(kit, Timing(verb.queue, AROUND, asap, at("zone_sure"), at("declined"), at("trouble")))
        _placing(kit, verb)
    _numbering(kit, verb)
    _asking(kit, verb)
    _booking(kit, verb)
    return kit.nodes


def _ways_out(kit: Kit, verb: CallbackVerb) -> None:
    at = kit.name
    kit.leave("then", verb.then, SAID["goodbye"], OUTCOME)
    kit.leave("declined", verb.declined, SAID["no"], "declined")
    kit.leave("failed", verb.failed or verb.declined, SAID["bye"], "failed")
    kit.say("trouble", SAID["trouble"], at("failed"))
    kit.say("no_agent", SAID["no_agent"], at("insisting"))
    kit.branch("insisting", (f"visits.no_agent >= {MAX_INSISTING}", at("declined")), otherwise=at("which"))


def _offering(kit: Kit, verb: CallbackVerb) -> None:
    at = kit.name
    kit.do(
        "begin",
        "offer",
        "callback_offer",
        at("possible"),
        at("trouble"),
        queue=verb.queue,
        caller="{{ caller.number }}",
        dialled="{{ call.dialled }}",
        call_id="{{ call.id }}",
        priority=str(verb.priority),
        skills=",".join(verb.skills),
        arrived_at="{{ call.arrived_at }}" if verb.keep_place else "",
    )
    kit.branch("possible", ("callback_offer.ok == 'yes'", at("which")), otherwise=at("problem"))
    kit.say("problem", SAID["problem"], at("declined"))
    asap, timed = "as_soon_as_possible" in verb.offer, "at_a_time" in verb.offer
    offer = "offer" if verb.prompt is None else "own_offer"
    first = offer if asap else "when" if verb.prompt is not None else "timed_only"
    kit.branch(
        "which",
        ("callback_offer.is_waiting == 'yes' and promise.ok == 'yes'", at("unlock")),
        ("callback_offer.is_waiting == 'yes'", at("already")),
        ("callback_offer.is_open != 'yes'", at("offer_closed" if asap else "timed_only")),
        otherwise=at("opening" if verb.prompt is not None else first),
    )
    if verb.prompt is not None:
        kit.add("opening", SayVerb(verb.prompt, at(first)))
    if not asap:
        kit.say("timed_only", SAID["timed_only"], at("when"))
        kit.say("no_asap", SAID["no_asap"], at("time_again"))
    for part in (offer, "offer_closed") if asap else ():
        _offer(kit, part, is_timed=timed)


def _offer(kit: Kit, part: str, *, is_timed: bool) -> None:
    at = kit.name
    if is_timed:
        texts, again = SAID[part], SAID["offer_again"]
        kit.ask(part, timing.SLOT, "callback_time", texts, at("said"), again=again, failure=at("declined"))
        return
    by_value = {"yes": at("number"), "no": at("declined")}
    kit.ask(part, "callback_wanted", "yes_no", SAID[f"{part}_only"], by_value=by_value, failure=at("declined"))


def _placing(kit: Kit, verb: CallbackVerb) -> None:
    """A time means nothing without the zone it is told in."""
    at = kit.name
    kit.branch(
        "zone_sure",
        ("callback_offer.zone_is_sure == 'yes'", at("number")),
        ("callback_zone.zone", at("number")),
        otherwise=at("zone"),
    )
    kit.ask(
        "zone",
        "callback_zone_ok",
        "yes_no",
        SAID["zone"],
        by_value={"yes": at("number"), "no": at("local_time")},
        failure=at("number"),
    )
    kit.ask("local_time", "callback_local_time", "time", SAID["local_time"], at("guess_zone"), failure=at("number"))
    kit.do(
        "guess_zone",
        "guess_zone",
        "callback_zone",
        at("check_again"),
        at("number"),
        number="{{ caller.number }}",
        local_time="{{ slots.callback_local_time }}",
    )
    wish, then = f"{{{{ {timing.RECORD}.when }}}}", at("checked_again")
    kit.do("check_again", "check_time", timing.RECORD, then, at("trouble"), queue=verb.queue, when=wish, **AROUND)
    kit.branch("checked_again", (f"{timing.RECORD}.ok == 'yes'", at("number")), otherwise=at("time_problem"))


def _numbering(kit: Kit, verb: CallbackVerb) -> None:
    at, takes_others = kit.name, verb.number is NumberRule.ASK_IF_UNKNOWN
    kit.branch(
        "number",
        ("callback_offer.number_ok == 'yes'", at("own_number")),
        otherwise=at("other_number") if takes_others else at("only_own"),
    )
    if not takes_others:
        kit.say("only_own", SAID["only_own"], at("declined"))
    numbering_parts(kit, Numbering(verb.queue, AROUND, at("name_known"), at("declined"), at("trouble")))
    kit.do(
        "take_own",
        "check_number",
        numbering.RECORD,
        at("number_checked"),
        at("trouble"),
        queue=verb.queue,
        number="{{ caller.number }}",
        caller="{{ caller.number }}",
        **AROUND,
    )
    if verb.number is NumberRule.CALLER_ONLY:
        kit.branch("own_number", otherwise=at("take_own"))
        return
    kit.ask(
        "own_number",
        numbering.SLOT,
        "phone",
        SAID["other_number"],
        at("check_number"),
        failure=at("other_number") if takes_others else at("declined"),
        silent=at("take_own"),
        known=kit.known(
            "{{ caller.number }}",
            SAID["same_number"],
            corrected=at("other_sure") if takes_others else at("only_own"),
            denied=at("other_number") if takes_others else at("declined"),
        ),
    )
    if takes_others:
        kit.ask(
            "other_sure",
            numbering.SLOT,
            "phone",
            SAID["other_number"],
            at("check_number"),
            failure=at("other_number"),
            known=kit.known(
                f"{{{{ slots.{numbering.SLOT} }}}}",
                SAID["other_sure"],
                corrected=at("other_sure"),
                denied=at("other_number"),
            ),
        )


def _asking(kit: Kit, verb: CallbackVerb) -> None:
    """What the agent should know besides; whatever is known is not asked."""
    at = kit.name
    extension = at("ask_extension") if "extension" in verb.ask else at("reason_known")
    kit.branch("name_known", ("slots.name", extension), otherwise=at("ask_name") if "name" in verb.ask else extension)
    reason = at("ask_reason") if "reason" in verb.ask else at("book")
    kit.branch("reason_known", ("call.topic or slots.reason", at("book")), otherwise=reason)
    if "name" in verb.ask:
        kit.ask("ask_name", "name", "name", SAID["name"], extension, tries=2, failure=extension)
    if "extension" in verb.ask:
        digits, known = SlotType("digits", min_length=1, max_length=8), at("reason_known")
        kit.ask("ask_extension", "extension", digits, SAID["extension"], known, tries=2, failure=known, skip=known)
    if "reason" in verb.ask:
        again = SAID["reason_again"]
        kit.ask("ask_reason", "reason", "text", SAID["reason"], at("book"), again=again, failure=at("book"))


def _booking(kit: Kit, verb: CallbackVerb) -> None:
    at = kit.name
    kit.do(
        "book",
        "book",
        "callback",
        at("booked"),
        at("trouble"),
        queue=verb.queue,
        number=f"{{{{ {numbering.RECORD}.number }}}}",
        caller="{{ caller.number }}",
        attested="{{ caller.attested }}",
        when=f"{{{{ slots.{timing.SLOT} }}}}",
        chosen=f"{{{{ {timing.RECORD}.when }}}}",
        **AROUND,
        number_zone=f"{{{{ {numbering.RECORD}.zone }}}}",
        name="{{ slots.name }}",
        extension="{{ slots.extension }}",
        priority=str(verb.priority),
        skills=",".join(verb.skills),
        reason="{{ slots.reason }}",
        topic="{{ call.topic }}",
        call_id="{{ call.id }}",
        flow="{{ call.flow }}",
        flow_version="{{ call.version }}",
        dialled="{{ call.dialled }}",
        arrived_at="{{ call.arrived_at }}" if verb.keep_place else "",
        confirm_by_text="yes" if verb.confirm_by_text else "no",
        said=f"{{{{ said.{timing.SLOT} }}}}",
        said_number=f"{{{{ said.{numbering.SLOT} }}}}",
        **{f"brief.{item}": f"{{{{ {item if '.' in item else f'slots.{item}'} }}}}" for item in verb.brief},
    )
    kit.branch(
        "booked",
        ("callback.ok != 'yes'", at("not_booked")),
        ("callback.is_new == 'yes'", at("promised")),
        otherwise=at("already_told"),
    )
    kit.say("not_booked", SAID["not_booked"], at("declined"))
    kit.say("promised", SAID["promised"], at("was_texted"), outcome=OUTCOME, interruptible=False)
    kit.branch("was_texted", ("callback.texted == 'yes'", at("texted")), otherwise=at("then"))
    kit.say("texted", SAID["texted"], at("then"))
    kit.say("already_told", SAID["already"], at("then"), outcome=OUTCOME)
