"""From the YAML of one node to its verb. One function per verb; the table at the end knows them all."""

from __future__ import annotations

import re
from collections.abc import Callable

from ivr.core.flow.model import (
    AskVerb,
    BranchCase,
    BranchVerb,
    CallbackVerb,
    Confirm,
    DoVerb,
    HangUpVerb,
    Ladder,
    ListenVerb,
    MessageVerb,
    NumberRule,
    SayVerb,
    TextVerb,
    TransferVerb,
    Verb,
)
from ivr.core.meaning import SlotType
from ivr.flows.reader import Reader
from ivr.strict_yaml import Mapping, Scalar, Sequence, Tree

SLOT_TYPES = (
    "digits", "number", "money", "date", "time", "callback_time", "phone", "yes_no", "choice", "letters", "name",
    "text",
)  # fmt: skip
NOT_BUILT = (
    "survey", "verify", "case", "answer", "appointment", "enter", "language",
)  # fmt: skip
"""Verbs of the agreed format that this version cannot run."""
OFFERS = ("as_soon_as_possible", "at_a_time")
ASKED = ("name", "extension", "reason")
_BRIEF = re.compile(r"[a-z][a-z0-9_]{0,63}(\.[a-z][a-z0-9_]{0,63})?\Z")
OUTCOME = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")


def _ladder(reader: Reader, tree: Tree | None, what: str) -> Ladder:
    if tree is None:
        return Ladder()
    fields = reader.fields(tree, what, {"tries": False, "prompt": False, "then": False})
    return Ladder(
        tries=reader.whole(fields.get("tries"), f"{what}: `tries`", 1, 9, 2),
        prompt=reader.prompt(fields["prompt"], f"{what}: `prompt`") if "prompt" in fields else None,
        then=_node(reader, fields.get("then"), f"{what}: `then`"),
    )


def _node(reader: Reader, tree: Tree | None, what: str) -> str | None:
    return reader.name(tree, what) or None if tree is not None else None


def _listen(reader: Reader, tree: Tree) -> Verb:
    known = ("on", "keys", "answers", "answered", "no_match", "no_input")
    fields = reader.fields(tree, "`listen`", {"prompt": True, **dict.fromkeys(known, False)})
    return ListenVerb(
        prompt=reader.prompt(fields.get("prompt")),
        on=reader.edges(fields.get("on"), "`on`"),
        keys=reader.keys(fields.get("keys")),
        answers=reader.truth(fields.get("answers"), "`answers`", False),
        answered=_node(reader, fields.get("answered"), "`answered`"),
        no_match=_ladder(reader, fields.get("no_match"), "`no_match`"),
        no_input=_ladder(reader, fields.get("no_input"), "`no_input`"),
    )


def _ask(reader: Reader, tree: Tree) -> Verb:
    known = ("confirm", "failure", "no_match", "no_input")
    required = {"slot": True, "type": True, "prompt": True, "then": True}
    fields = reader.fields(tree, "`ask`", {**required, **dict.fromkeys(known, False)})
    kind, choices = _slot_type(reader, fields.get("type"))
    then, by_value = _then(reader, fields.get("then"), kind, choices)
    confirm = reader.one_of(
        fields.get("confirm"), "`confirm`", tuple(one.value for one in Confirm), Confirm.WHEN_UNSURE.value
    )
    return AskVerb(
        slot=reader.name(fields.get("slot"), "`slot`"),
        type=kind,
        choices=choices,
        prompt=reader.prompt(fields.get("prompt")),
        then=then,
        by_value=by_value,
        confirm=Confirm(confirm),
        failure=_node(reader, fields.get("failure"), "`failure`"),
        no_match=_ladder(reader, fields.get("no_match"), "`no_match`"),
        no_input=_ladder(reader, fields.get("no_input"), "`no_input`"),
    )


Choices = dict[str, tuple[tuple[str, tuple[str, ...]], ...]]


def _slot_type(reader: Reader, tree: Tree | None) -> tuple[SlotType, Choices]:
    """`digits`, `{digits: 5}`, `{digits: {min: 4, max: 8, checksum: luhn}}`, `{choice: {red: {en: [red], …}}}`."""
    if isinstance(tree, Mapping) and len(tree.items) == 1:
        name, inner = next(iter(tree.items.items()))
    else:
        name, inner = (tree.text if isinstance(tree, Scalar) else ""), None
    if name not in SLOT_TYPES:
        line = tree.line if tree is not None else 1
        reader.note(line, f"`type` must be one of {', '.join(SLOT_TYPES)}, such as `{{digits: 5}}`")
        return SlotType("text"), {}
    if name == "choice":
        return SlotType("choice"), _choices(reader, inner, tree)
    if isinstance(inner, Mapping):
        return _limits(reader, name, inner), {}
    length = reader.whole(inner, f"the length of `{name}`", 1, 64, 0) if inner is not None else 0
    return SlotType(name, length=length or None), {}


def _limits(reader: Reader, name: str, tree: Tree) -> SlotType:
    fields = reader.fields(tree, f"`{name}`", {"length": False, "min": False, "max": False, "checksum": False})
    length = reader.whole(fields.get("length"), "`length`", 1, 64, 0)
    checksum = reader.one_of(fields.get("checksum"), "`checksum`", ("luhn", "none"), "none")
    low, high = reader.whole(fields.get("min"), "`min`", 1, 64, 1), reader.whole(fields.get("max"), "`max`", 1, 64, 32)
    if low > high:
        reader.note(tree.line, "`min` is more than `max`; swap them")
    return SlotType(name, length or None, low, high, checksum=None if checksum == "none" else checksum)


def _choices(reader: Reader, tree: Tree | None, whole: Tree | None) -> Choices:
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {language: [] for language in reader.languages}
    if not isinstance(tree, Mapping) or not tree.items:
        reader.note(
            whole.line if whole else 1, "`choice` needs its values, such as `{choice: {red: {en: [red, dark red]}}}`"
        )
        return {}
    if len(tree.items) > 9:
        reader.note(tree.line, "more than nine choices have no keys; split the question")
    for value, wordings in tree.items.items():
        for language in reader.languages:
            words = wordings.items.get(language) if isinstance(wordings, Mapping) else wordings
            if words is None:
                reader.note(wordings.line, f"choice `{value}` has no wordings in {language}; add them")
                continue
            items = words.items if isinstance(words, Sequence) else (words,)
            found[language].append((value, tuple(reader.text(item, f"choice `{value}`") for item in items)))
    return {language: tuple(pairs) for language, pairs in found.items()}


def _then(reader: Reader, tree: Tree | None, kind: SlotType, choices: Choices) -> tuple[str | None, dict[str, str]]:
    if not isinstance(tree, Mapping):
        return _node(reader, tree, "`then`"), {}
    edges = reader.edges(tree, "`then`")
    wanted = {"yes", "no"} if kind.name == "yes_no" else {value for pairs in choices.values() for value, _ in pairs}
    if not wanted:
        reader.note(tree.line, f"`then` by value works with yes_no and choice, not with {kind.name}; name one node")
    for value in sorted(wanted - set(edges)):
        reader.note(tree.line, f"`then` has no node for `{value}`; add it")
    for value in sorted(set(edges) - wanted) if wanted else ():
        reader.note(tree.key_lines[value], f"`then` has `{value}`, which the slot can never be; remove it")
    return None, edges


def _say(reader: Reader, tree: Tree) -> Verb:
    fields = reader.fields(tree, "`say`", {"prompt": True, "then": True, "outcome": False})
    return SayVerb(
        reader.prompt(fields.get("prompt")), reader.name(fields.get("then"), "`then`"), _outcome(reader, fields)
    )


def _outcome(reader: Reader, fields: dict[str, Tree]) -> str | None:
    return reader.name(fields["outcome"], "`outcome`") if "outcome" in fields else None


def _do(reader: Reader, tree: Tree) -> Verb:
    known = ("with", "save", "filler", "not_found", "failed")
    fields = reader.fields(tree, "`do`", {"call": True, "then": True, **dict.fromkeys(known, False)})
    call = reader.text(fields.get("call"), "`call`")
    if call and not re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", call):
        reader.note(fields["call"].line, f"`call` must be `connector.operation`, as `orders.find`, not `{call[:40]}`")
    arguments = {}
    for name, value, _ in reader.pairs(fields.get("with"), "`with`"):
        template = reader.template(value, f"`with: {name}`")
        if template is not None:
            arguments[name] = template
    return DoVerb(
        call=call,
        arguments=arguments,
        then=reader.name(fields.get("then"), "`then`"),
        save=_node(reader, fields.get("save"), "`save`"),
        filler=reader.prompt(fields["filler"], "`filler`") if "filler" in fields else None,
        not_found=_node(reader, fields.get("not_found"), "`not_found`"),
        failed=_node(reader, fields.get("failed"), "`failed`"),
    )


def _branch(reader: Reader, tree: Tree) -> Verb:
    if not isinstance(tree, Sequence) or not tree.items:
        reader.note(tree.line, "`branch` must be a list of `- if: …` lines with a last `- else: node`")
        return BranchVerb(())
    cases = []
    for index, item in enumerate(tree.items):
        is_else = isinstance(item, Mapping) and "else" in item.items
        if is_else:
            fields = reader.fields(item, "`else`", {"else": True})
            cases.append(BranchCase(None, reader.name(fields.get("else"), "`else`")))
            if index + 1 < len(tree.items):
                reader.note(item.line, "nothing after `else` is ever reached; make it the last line")
            continue
        fields = reader.fields(item, "`branch`", {"if": True, "then": True})
        condition = reader.condition(fields["if"], "`if`") if "if" in fields else None
        if condition is not None:
            cases.append(BranchCase(condition, reader.name(fields.get("then"), "`then`")))
    if cases and cases[-1].condition is not None:
        reader.note(tree.line, "`branch` has no `else`; add `- else: node` as its last line")
    return BranchVerb(tuple(cases))


def _hang_up(reader: Reader, tree: Tree) -> Verb:
    if isinstance(tree, Scalar) and not tree.text:
        return HangUpVerb(None)
    fields = reader.fields(tree, "`hang_up`", {"prompt": False, "outcome": False})
    prompt = reader.prompt(fields["prompt"]) if "prompt" in fields else None
    return HangUpVerb(prompt, _outcome(reader, fields) or "resolved")


def _some_of(reader: Reader, tree: Tree | None, what: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """A list of some known words."""
    names = reader.names(tree, what)
    for name in names:
        if name not in known and tree is not None:
            reader.note(tree.line, f"{what} does not know `{name}`; it can have {', '.join(known)}")
    return tuple(name for name in names if name in known)


def _brief(reader: Reader, tree: Tree | None) -> tuple[str, ...]:
    items = tree.items if isinstance(tree, Sequence) else () if tree is None else (tree,)
    found = []
    for item in items:
        text = reader.text(item, "`brief`")
        if text and not _BRIEF.match(text):
            reader.note(item.line, f"`{text[:40]}` is neither a slot nor a field such as `order.status`")
        elif text:
            found.append(text)
    return tuple(found)


def _callback(reader: Reader, tree: Tree) -> Verb:
    known = ("keep_place", "offer", "number", "confirm_by_text", "ask", "priority", "skills", "brief", "prompt")
    ways = ("then", "declined", "failed")
    fields = reader.fields(tree, "`callback`", {"queue": True, **dict.fromkeys((*known, *ways), False)})
    rules = tuple(rule.value for rule in NumberRule)
    return CallbackVerb(
        queue=reader.name(fields.get("queue"), "`queue`"),
        keep_place=reader.truth(fields.get("keep_place"), "`keep_place`", True),
        offer=_some_of(reader, fields.get("offer"), "`offer`", OFFERS) or OFFERS,
        number=NumberRule(reader.one_of(fields.get("number"), "`number`", rules, NumberRule.ASK_IF_UNKNOWN.value)),
        confirm_by_text=reader.truth(fields.get("confirm_by_text"), "`confirm_by_text`", False),
        ask=_some_of(reader, fields.get("ask"), "`ask`", ASKED),
        priority=reader.whole(fields.get("priority"), "`priority`", 0, 9, 5),
        skills=reader.names(fields.get("skills"), "`skills`"),
        brief=_brief(reader, fields.get("brief")),
        prompt=reader.prompt(fields["prompt"]) if "prompt" in fields else None,
        then=_node(reader, fields.get("then"), "`then`"),
        declined=_node(reader, fields.get("declined"), "`declined`"),
        failed=_node(reader, fields.get("failed"), "`failed`"),
    )


def _message(reader: Reader, tree: Tree) -> Verb:
    optional = dict.fromkeys(("max_secs", "priority", "skills", "then", "failed"), False)
    fields = reader.fields(tree, "`message`", {"queue": True, "prompt": True, **optional})
    return MessageVerb(
        queue=reader.name(fields.get("queue"), "`queue`"),
        prompt=reader.prompt(fields.get("prompt")),
        max_secs=reader.whole(fields.get("max_secs"), "`max_secs`", 10, 600, 120),
        priority=reader.whole(fields.get("priority"), "`priority`", 0, 9, 5),
        skills=reader.names(fields.get("skills"), "`skills`"),
        then=_node(reader, fields.get("then"), "`then`"),
        failed=_node(reader, fields.get("failed"), "`failed`"),
    )


def _text(reader: Reader, tree: Tree) -> Verb:
    fields = reader.fields(tree, "`text`", {"body": True, "then": True, "to": False, "failed": False})
    to = fields.get("to")
    is_caller = to is None or (isinstance(to, Scalar) and to.text == "caller")
    return TextVerb(
        body=reader.prompt(fields.get("body"), "`body`"),
        to=None if is_caller or to is None else reader.template(to, "`to`"),
        then=reader.name(fields.get("then"), "`then`"),
        failed=_node(reader, fields.get("failed"), "`failed`"),
    )


def _transfer(reader: Reader, tree: Tree) -> Verb:
    optional = dict.fromkeys(("queue", "to", "skills", "priority", "brief", "max_wait_secs", "prompt"), False)
    fields = reader.fields(tree, "`transfer`", {"otherwise": True, **optional})
    if len({"queue", "to"} & set(fields)) != 1:
        reader.note(tree.line, "`transfer` needs either `queue: name` or `to: number`; give one of them")
    for name in ("skills", "priority", "brief", "max_wait_secs") if "to" in fields else ():
        if name in fields:
            reader.note(fields[name].line, f"`{name}` belongs to `queue`, not to `to`; remove it")
    return TransferVerb(
        otherwise=reader.name(fields.get("otherwise"), "`otherwise`"),
        queue=reader.name(fields["queue"], "`queue`") if "queue" in fields else "",
        to=reader.template(fields["to"], "`to`") if "to" in fields else None,
        skills=reader.names(fields.get("skills"), "`skills`"),
        priority=reader.whole(fields.get("priority"), "`priority`", 0, 9, 5),
        brief=_brief(reader, fields.get("brief")),
        max_wait_secs=reader.whole(fields.get("max_wait_secs"), "`max_wait_secs`", 5, 300, 20),
        prompt=reader.prompt(fields["prompt"]) if "prompt" in fields else None,
    )


VERBS: dict[str, Callable[[Reader, Tree], Verb]] = {
    "listen": _listen,
    "ask": _ask,
    "say": _say,
    "do": _do,
    "branch": _branch,
    "hang_up": _hang_up,
    "callback": _callback,
    "message": _message,
    "text": _text,
    "transfer": _transfer,
}
