"""The commands that are understood at every node: agent, repeat, slower, louder, main_menu, language and others."""

from __future__ import annotations

from ivr.core.call import BUILT_IN, Call
from ivr.core.flow.ladder import leave
from ivr.core.flow.phrases import Phrase, phrase
from ivr.core.flow.verbs import rules_for
from ivr.core.state import Phase

SLOWEST, PATIENT, LOUDEST = 0.6, 2.0, 12.0


def run(call: Call, name: str, language: str | None = None) -> None:
    """Does what a command asks for; a node of the flow comes before the built-in meaning."""
    call.note("command", command=name)
    target = call.node.everywhere.get(name) or call.flow.everywhere.get(name)
    if target is not None and target in call.flow.nodes and name != "no_recording":
        call.begin_turn()
        call.goto(target)
        return
    match target if target in BUILT_IN else name:
        case "repeat":
            _again(call)
        case "slower":
            call.state.rate = max(SLOWEST, round(call.state.rate * 0.85, 3))
            call.state.patience = min(PATIENT, call.state.patience * 1.5)
            _again(call)
        case "louder":
            call.state.gain_db = min(LOUDEST, call.state.gain_db + 6)
            _again(call)
        case "main_menu":
            call.begin_turn()
            call.goto(call.flow.start)
        case "language":
            _switch(call, language)
        case "no_recording":
            call.refuse_recording()
            _afresh(call, phrase(Phrase.NOT_RECORDED, call.state.language))
        case _:
            call.begin_turn()
            leave(call, None)


def _again(call: Call) -> None:
    """Says the whole last turn once more."""
    texts = list(call.state.turn)
    call.begin_turn()
    for text in texts:
        call.say(text)
    _hear_again(call)


def _hear_again(call: Call) -> None:
    if call.state.phase is Phase.ASKING and not call.is_speaking:
        rules_for(call.node.verb).ask_again(call, call.node.verb)


def _afresh(call: Call, first: str) -> None:
    """A sentence, then the present question from its start (in what is now the language)."""
    call.begin_turn()
    call.say(first)
    if call.state.phase is Phase.ASKING:
        rules_for(call.node.verb).ask_again(call, call.node.verb)


def _switch(call: Call, wanted: str | None) -> None:
    others = [language for language in call.flow.languages if language != call.state.language]
    if wanted == call.state.language:
        _again(call)
    elif wanted in others or (wanted is None and others):
        call.state.language = wanted or others[0]
        call.note("language", language=call.state.language)
        _afresh(call, "")
    else:
        _afresh(call, phrase(Phrase.NO_OTHER_LANGUAGE, call.state.language))
