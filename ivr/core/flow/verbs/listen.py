"""`listen`: an open question, answered by an intent, a key, or from the knowledge base."""

from __future__ import annotations

from dataclasses import replace

from ivr.core.call import Call
from ivr.core.events import UtteranceHeard
from ivr.core.flow.ladder import NO_INPUT_MS, climb
from ivr.core.flow.model import ListenVerb
from ivr.core.flow.phrases import Phrase, phrase
from ivr.core.flow.verbs.base import ignore_look_up as looked_up
from ivr.core.meaning import Decision, Expecting, Kind, Meaning
from ivr.core.state import Phase, Step

__all__ = ["ask_again", "enter", "heard", "key", "looked_up", "timed_out"]


def enter(call: Call, verb: ListenVerb) -> None:
    """Asks, from the beginning."""
    call.state.step = Step.MAIN
    ask_again(call, verb)


def ask_again(call: Call, verb: ListenVerb, *, is_said: bool = False) -> None:
    """Says the present question and hears the answer."""
    if not is_said:
        call.ask(_question(call, verb))
    _hear(call, verb)


def _question(call: Call, verb: ListenVerb) -> str:
    if call.at_step(Step.DID_YOU_WANT):
        return phrase(Phrase.DID_YOU_WANT, call.state.language, topic=_topic(call, call.state.intent))
    return call.text(verb.prompt)


def _topic(call: Call, intent: str) -> str:
    titles = call.flow.intent_titles.get(intent, {})
    return titles.get(call.state.language) or intent.replace("_", " ")


def _hear(call: Call, verb: ListenVerb) -> None:
    call.state.phase = Phase.ASKING
    call.listen(
        Expecting(
            kind=Kind.CONFIRM if call.at_step(Step.DID_YOU_WANT) else Kind.OPEN,
            language=call.state.language,
            intents=tuple(verb.on),
            knowledge=call.flow.knowledge if verb.answers else (),
        )
    )
    if not call.is_speaking:
        call.set_timer("no_input", NO_INPUT_MS)


def heard(call: Call, verb: ListenVerb, event: UtteranceHeard) -> None:
    """An intent, an answer, or nothing we know."""
    meaning = event.meaning
    if call.at_step(Step.DID_YOU_WANT) and _answered_did_you_want(call, verb, meaning):
        return
    intent = meaning.intent if meaning.intent in verb.on else None
    if intent is not None and meaning.decision is Decision.ACCEPT:
        _go(call, verb, intent, meaning)
    elif meaning.answer is not None:
        _answer(call, verb, meaning)
    elif intent is not None and meaning.decision is Decision.CONFIRM and not call.at_step(Step.DID_YOU_WANT):
        call.state.intent = intent
        call.state.heard.update(meaning.extra)
        _step(call, verb, Step.DID_YOU_WANT)
    else:
        call.note("not_understood", node=call.state.node, text=event.text)
        _climb(call, verb, "no_match")


def _go(call: Call, verb: ListenVerb, intent: str, meaning: Meaning) -> None:
    call.begin_turn()
    call.note("intent", intent=intent, score=f"{meaning.intents[0].score:.2f}" if meaning.intents else "")
    call.state.intents.append(intent)
    call.state.heard.update(meaning.extra)
    call.goto(verb.on[intent])


def _answered_did_you_want(call: Call, verb: ListenVerb, meaning: Meaning) -> bool:
    """Yes, no, or another intent straight away; False when it was none of these."""
    other = meaning.intent if meaning.decision is Decision.ACCEPT else None
    if meaning.yes_no is True:
        _go(call, verb, call.state.intent, meaning)
    elif other is not None and other in verb.on and other != call.state.intent:
        _go(call, verb, other, meaning)
    elif meaning.yes_no is False:
        call.state.step = Step.MAIN
        _climb(call, verb, "no_match")
    else:
        return False
    return True


def _answer(call: Call, verb: ListenVerb, meaning: Meaning) -> None:
    assert meaning.answer is not None
    call.begin_turn()
    call.note("answer", entry=meaning.answer.entry, score=f"{meaning.answer.score:.2f}")
    call.state.outcome = "resolved"
    call.state.misses.clear()
    call.say(meaning.answer.text)
    if verb.answered is not None:
        call.goto(verb.answered)
    else:
        _step(call, verb, Step.MAIN, keep_turn=True)


def _step(call: Call, verb: ListenVerb, step: Step, *, keep_turn: bool = False) -> None:
    if not keep_turn:
        call.begin_turn()
    call.state.step = step
    ask_again(call, verb)


def _climb(call: Call, verb: ListenVerb, kind: str) -> None:
    ladder = verb.no_match if kind == "no_match" else verb.no_input
    hint = ""
    if call.at_step(Step.DID_YOU_WANT):
        ladder, hint = replace(ladder, prompt=None), phrase(Phrase.SAY_YES_OR_NO, call.state.language)
    if climb(call, kind, ladder, _question(call, verb), failure=None, hint=hint):
        _hear(call, verb)


def key(call: Call, verb: ListenVerb, digit: str) -> None:
    """A menu key goes straight on; `*` says everything again."""
    if call.at_step(Step.DID_YOU_WANT) and digit in ("1", "2"):
        _answered_did_you_want(call, verb, Meaning(yes_no=digit == "1"))
    elif digit in verb.keys:
        call.begin_turn()
        call.note("key_choice", node=call.state.node, key=digit)
        call.goto(verb.keys[digit])
    elif digit == "#":
        _hear(call, verb)
    else:
        _climb(call, verb, "no_match")


def timed_out(call: Call, verb: ListenVerb, why: str) -> None:
    """Nothing was said."""
    if why == "no_input":
        _climb(call, verb, "no_input")
