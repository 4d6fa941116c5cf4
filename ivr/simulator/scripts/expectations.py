"""Compares a finished call with the script's `expect`. Pure; the same for both levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from ivr.simulator.comparison import SHORT, tokens
from ivr.simulator.scripts.model import CallScript, Expect
from ivr.simulator.scripts.results import CallFacts, Failure

SILENCE_LIMIT_MS = 2500
"""No caller waits longer than this without a sound, unless the script allows more."""

SOUNDS_THE_SAME = 0.85
"""Likeness of letters (0..1) from which two spellings of a whole slot count as the same words."""


def unmet(script: CallScript, facts: CallFacts, *, by_ear: bool = False) -> list[Failure]:
    """Everything that is not as expected.

    `by_ear`: words in slots were written down by a recogniser; they must sound as expected, however they are spelled
    ("Anna Silva" for "Ana Silva"). Digits must be the same.
    """
    lines = script.expect.lines
    return [Failure(lines.get(name, script.line), message) for name, message in _unmet(script.expect, facts, by_ear)]


def _unmet(expect: Expect, facts: CallFacts, by_ear: bool) -> Iterator[tuple[str, str]]:
    for name, wanted, found in (
        ("outcome", expect.outcome, facts.outcome),
        ("language", expect.language, facts.language),
        ("recorded", _word(expect.recorded), _word(facts.recorded)),
        ("hold_secs", _word(expect.hold_secs), _word(facts.hold_secs)),
        ("node", expect.node, facts.visited[-1] if facts.visited else None),
        ("slots", "known" if expect.slots else None, None if facts.slots is None else "known"),
    ):
        if wanted is not None and wanted != found:
            yield name, f"`{name}` should be {wanted}, it is {found or 'unknown'}"
    if expect.intent is not None and expect.intent not in facts.intents:
        yield "intent", f"`intent` should be {expect.intent}, understood was {', '.join(facts.intents) or 'none'}"
    slots, visited = facts.slots or {}, facts.visited or ()
    for slot, value in expect.slots.items():
        if facts.slots is not None and not _is_same(slots.get(slot), value, by_ear):
            yield "slots", f"the slot `{slot}` should be {value}, it is {slots.get(slot, 'empty')}"
    if expect.visited is not None and not is_subsequence(expect.visited, visited):
        wanted_nodes, found_nodes = " > ".join(expect.visited), " > ".join(visited)
        yield "visited", f"`visited` should have {wanted_nodes} in this order, it is {found_nodes or 'empty'}"
    if expect.dials and facts.dials is not None and dict(expect.dials) != dict(facts.dials):
        yield "dials", f"`dials` should be {_counts(expect.dials)}, dialled were {_counts(facts.dials)}"
    if expect.texts is not None and facts.texts is not None and expect.texts != facts.texts:
        yield "texts", f"`texts` should be {expect.texts}, sent were {facts.texts}"
    limit = expect.longest_silence_ms or SILENCE_LIMIT_MS
    if facts.longest_silence_ms > limit:
        yield "longest_silence_ms", f"the caller heard nothing for {facts.longest_silence_ms} ms; the limit is {limit}"


def _is_same(found: str | None, wanted: str, by_ear: bool) -> bool:
    if found == wanted or found is None or not by_ear:
        return found == wanted
    written, expected = "".join(tokens(found)), "".join(tokens(wanted))
    if [mark for mark in written if mark.isdigit()] != [mark for mark in expected if mark.isdigit()]:
        return False
    return written == expected or (
        len(expected) >= SHORT and SequenceMatcher(None, written, expected, autojunk=False).ratio() >= SOUNDS_THE_SAME
    )


def is_subsequence(wanted: Sequence[str], found: Sequence[str]) -> bool:
    """Whether `wanted` is in `found`, in this order, with anything between."""
    rest = iter(found)
    return all(name in rest for name in wanted)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number}: {count}" for number, count in sorted(counts.items())) or "none"


def _word(value: bool | int | None) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
