"""Taking a promise to call back: offer, time, zone, number, what to tell the agent; stored, and only then spoken."""

from __future__ import annotations

from ivr.core.flow.model import CallbackVerb, Confirm, Flow, FlowNode, NumberRule, SayVerb
from ivr.core.flow.parts.kit import Kit
from ivr.core.flow.parts.sentences import CALLBACK as SAID
from ivr.core.meaning import SlotType

OUTCOME = "callback_promised"
ONE_KEY_ONLY = (("key_one", ()), ("key_two", ()))
"""A choice that no words can make (T8)."""
AROUND = {
    "zone": "{{ callback_offer.zone }}",
    "told_zone": "{{ callback_zone.zone }}",
}


def callback_parts(flow: Flow, node: FlowNode, verb: CallbackVerb) -> dict[str, FlowNode]:
    """The steps of one `callback` node."""
    kit = Kit(node.name, flow.languages)
    steps = _Taking(kit, verb)
    kit.everywhere = {"agent": kit.name("no_agent"), "callback": kit.name("which"), **node.everywhere}
    steps.ways_out()
    steps.offering()
    steps.timing()
    steps.numbering()
    steps.asking()
    steps.booking()
    return kit.nodes


class _Taking:
    def __init__(self, kit: Kit, verb: CallbackVerb) -> None:
        self.kit, self.verb, self.at = kit, verb, kit.name
        self.declined = verb.declined or kit.name("no")
        self.done = verb.then or kit.name("goodbye")
        self.failed = verb.failed or verb.declined or kit.name("bye")

    def ways_out(self) -> None:
        kit = self.kit
        kit.hang_up("goodbye", SAID["goodbye"], OUTCOME)
        kit.hang_up("no", SAID["no"], "declined")
        kit.hang_up("bye", SAID["bye"], "failed")
        kit.say("trouble", SAID["trouble"], self.failed)
        kit.say("no_agent", SAID["no_agent"], self.at("which"))

    def offering(self) -> None:
        kit, at, verb = self.kit, self.at, self.verb
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
        kit.say("problem", SAID["problem"], self.declined)
        asap, timed = "as_soon_as_possible" in verb.offer, "at_a_time" in verb.offer
        first = ("offer" if verb.prompt is None else "own_offer") if asap else "when"
        kit.branch(
            "which",
            ("callback_offer.is_waiting == 'yes'", at("already")),
            ("callback_offer.is_open != 'yes'", at("offer_closed") if asap else at("when")),
            otherwise=at("opening") if verb.prompt is not None else at(first),
        )
        if verb.prompt is not None:
            kit.add("opening", SayVerb(verb.prompt, at(first)))
        kit.say("already", SAID["already"], self.done, outcome=OUTCOME)
        for part in ("offer", "own_offer", "offer_closed") if asap else ():
            kit.ask(
                part,
                "callback_when",
                "callback_time",
                SAID[part],
                at("check") if timed else at("number"),
                by_value={"asap": at("number"), "later": at("when") if timed else at("number"), "no": self.declined},
                again=SAID["offer_again"],
                failure=self.declined,
            )

    def timing(self) -> None:
        kit, at = self.kit, self.at
        kit.ask(
            "when",
            "callback_when",
            "callback_time",
            SAID["when"],
            at("check"),
            by_value={"asap": at("number"), "later": at("date"), "no": self.declined},
            again=SAID["when_again"],
            failure=at("date"),
            silent=self.declined,
        )
        kit.ask("date", "callback_date", "date", SAID["date"], at("clock"), failure=self.declined)
        kit.ask("clock", "callback_clock", "time", SAID["clock"], at("check_keyed"), failure=self.declined)
        self._check("check", "{{ slots.callback_when }}")
        self._check("check_keyed", "{{ slots.callback_date }} {{ slots.callback_clock }}")
        self._check("take_suggestion", "{{ callback_time.suggestion }}")
        kit.branch("checked", ("callback_time.ok == 'yes'", at("zone_sure")), otherwise=at("time_problem"))
        kit.branch("time_problem", ("callback_time.suggestion", at("suggest")), otherwise=at("no_time"))
        kit.say("no_time", SAID["no_time"], at("when"))
        kit.ask(
            "suggest",
            "callback_suggested",
            "yes_no",
            SAID["suggest"],
            by_value={"yes": at("take_suggestion"), "no": at("when")},
            failure=self.declined,
        )
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
        self._check("check_again", "{{ callback_time.when }}")

    def _check(self, part: str, when: str) -> None:
        self.kit.do(
            part,
            "check_time",
            "callback_time",
            self.at("checked"),
            self.at("trouble"),
            queue=self.verb.queue,
            when=when,
            **AROUND,
        )

    def numbering(self) -> None:
        kit, at, verb = self.kit, self.at, self.verb
        asks = verb.number is NumberRule.ASK_IF_UNKNOWN
        kit.branch(
            "number",
            ("callback_offer.number_ok == 'yes'", at("same_number") if asks else at("name_known")),
            otherwise=at("other_number") if asks else self.declined,
        )
        if not asks:
            return
        kit.ask(
            "same_number",
            "callback_same_number",
            "yes_no",
            SAID["same_number"],
            by_value={"yes": at("name_known"), "no": at("other_number")},
            failure=at("name_known"),
        )
        kit.ask(
            "other_number",
            "callback_phone",
            "phone",
            SAID["other_number"],
            at("check_number"),
            failure=self.declined,
            confirm=Confirm.READ_BACK,
        )
        kit.do(
            "check_number",
            "check_number",
            "callback_number",
            at("number_checked"),
            at("trouble"),
            queue=verb.queue,
            number="{{ slots.callback_phone }}",
            caller="{{ caller.number }}",
            **AROUND,
        )
        kit.branch(
            "number_checked",
            ("callback_number.ok != 'yes'", at("number_problem")),
            ("callback_number.needs_key == 'yes'", at("press")),
            otherwise=at("name_known"),
        )
        kit.say("number_problem", SAID["number_problem"], at("other_number"))
        kit.ask(
            "press",
            "callback_confirmed",
            SlotType("choice"),
            SAID["press"],
            by_value={"key_one": at("name_known"), "key_two": at("other_number")},
            again=SAID["press_again"],
            failure=self.declined,
            choices=dict.fromkeys(kit.languages, ONE_KEY_ONLY),
        )

    def asking(self) -> None:
        """What the agent should know besides; whatever is known is not asked."""
        kit, at, verb = self.kit, self.at, self.verb
        extension = at("ask_extension") if "extension" in verb.ask else at("reason_known")
        named = at("ask_name") if "name" in verb.ask else extension
        kit.branch("name_known", ("slots.name", extension), otherwise=named)
        reason = at("ask_reason") if "reason" in verb.ask else at("book")
        kit.branch("reason_known", ("call.intent", at("book")), otherwise=reason)
        if "name" in verb.ask:
            kit.ask("ask_name", "name", "name", SAID["name"], extension, tries=2, failure=extension)
        if "extension" in verb.ask:
            digits = SlotType("digits", min_length=1, max_length=8)
            known, said = at("reason_known"), SAID["extension"]
            kit.ask("ask_extension", "callback_extension", digits, said, known, tries=2, failure=known, skip=known)
        if "reason" in verb.ask:
            kit.ask("ask_reason", "callback_reason", "text", SAID["reason"], at("book"), tries=1, failure=at("book"))

    def booking(self) -> None:
        kit, at, verb = self.kit, self.at, self.verb
        kit.do(
            "book",
            "book",
            "callback",
            at("booked"),
            at("trouble"),
            queue=verb.queue,
            number="{{ callback_number.number }}",
            caller="{{ caller.number }}",
            when="{{ slots.callback_when }}",
            chosen="{{ callback_time.when }}",
            **AROUND,
            number_zone="{{ callback_number.zone }}",
            name="{{ slots.name }}",
            extension="{{ slots.callback_extension }}",
            priority=str(verb.priority),
            skills=",".join(verb.skills),
            reason="{{ slots.callback_reason }}",
            topic="{{ call.topic }}",
            call_id="{{ call.id }}",
            flow="{{ call.flow }}",
            flow_version="{{ call.version }}",
            dialled="{{ call.dialled }}",
            arrived_at="{{ call.arrived_at }}" if verb.keep_place else "",
            confirm_by_text="yes" if verb.confirm_by_text else "no",
            **{f"brief.{item}": f"{{{{ {item if '.' in item else f'slots.{item}'} }}}}" for item in verb.brief},
        )
        kit.branch(
            "booked",
            ("callback.ok != 'yes'", at("not_booked")),
            ("callback.is_new == 'yes'", at("promised")),
            otherwise=at("already"),
        )
        kit.say("not_booked", SAID["not_booked"], self.declined)
        kit.say("promised", SAID["promised"], at("was_texted"), outcome=OUTCOME)
        kit.branch("was_texted", ("callback.texted == 'yes'", at("texted")), otherwise=self.done)
        kit.say("texted", SAID["texted"], self.done)
