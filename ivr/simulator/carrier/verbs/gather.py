"""`<Gather>`: prompts that a key interrupts, then keys until count, finish key or silence (twiml.md rule 5)."""

from __future__ import annotations

import asyncio

from ivr.simulator.carrier.outcomes import NextVerb, Outcome
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.key_entry import KeyEntry
from ivr.simulator.carrier.verbs.step import Step, Verb, names
from ivr.simulator.carrier.waiting import end_tasks, wait_until

_ATTRIBUTES = names(
    "action method input timeout speechTimeout numDigits finishOnKey actionOnEmptyResult language hints "
    "profanityFilter speechModel enhanced partialResultCallback partialResultCallbackMethod bargeIn "
    "maxSpeechTime debug"
)
_PROMPTS = frozenset({"Say", "Play", "Pause"})
_BAD_CHILD = 13320
_INPUTS = ("dtmf", "speech", "dtmf speech", "speech dtmf")


async def run(node: Node, step: Step) -> Outcome:
    """Collect; ask `action` when something was entered, else fall through to the next verb."""
    await step.call.answer()
    entry = KeyEntry(_digit_count(node, step), _finish_key(node, step))
    inputs = _inputs(node, step)
    on_words = entry.hear if "speech" in inputs else None
    with step.call.taking_keys("gather", entry.press if "dtmf" in inputs else _deaf, on_words):
        await _play_prompts(node, step, entry)
        await _collect(entry, step, _timeout_secs(node, step))
    if not entry.digits and not entry.words and not step.flag(node, "actionOnEmptyResult", False):
        return NextVerb()
    return step.go_to_action(node, _result(node, entry))


def _deaf(digit: str) -> None:
    """Keys are not wanted."""


async def _play_prompts(node: Node, step: Step, entry: KeyEntry) -> None:
    prompts = asyncio.create_task(_prompts(node, step))
    began = asyncio.create_task(entry.changed.wait())
    try:
        await asyncio.wait({prompts, began}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end_tasks(began, *([] if prompts.done() else [prompts]))
    if not prompts.cancelled():
        prompts.result()


async def _prompts(node: Node, step: Step) -> None:
    for child in node.children:
        if child.name in _PROMPTS:
            await step.run_nested(child, step)
        else:
            step.call.warn(_BAD_CHILD, "Gather: child cannot be nested")


async def _collect(entry: KeyEntry, step: Step, timeout_secs: int) -> None:
    clock = step.services.clock
    while not entry.is_done:
        entry.changed.clear()
        if not await wait_until(clock, clock.now_ms() + timeout_secs * 1000, entry.changed.wait()):
            return


def _result(node: Node, entry: KeyEntry) -> dict[str, str]:
    if entry.words:
        language = node.attributes.get("language", "en-US")
        return {"SpeechResult": entry.words, "Confidence": f"{entry.confidence:.4f}", "Language": language}
    return {"Digits": entry.digits, "FinishedOnKey": entry.finished_on, "msg": "Gather End"}


def _digit_count(node: Node, step: Step) -> int | None:
    return step.whole(node, "numDigits", 0, low=1) or None


def _finish_key(node: Node, step: Step) -> str:
    key = node.attributes.get("finishOnKey", "#")
    if len(key) > 1 or key not in "0123456789*#":
        step.warn_value(node, "finishOnKey")
        return "#"
    return key


def _inputs(node: Node, step: Step) -> str:
    inputs = " ".join(node.attributes.get("input", "dtmf").split())
    if inputs not in _INPUTS:
        step.warn_value(node, "input")
        return "dtmf"
    return inputs


def _timeout_secs(node: Node, step: Step) -> int:
    return 5 if node.attributes.get("timeout") == "auto" else step.whole(node, "timeout", 5)


VERB = Verb(run, _ATTRIBUTES, children=None)
