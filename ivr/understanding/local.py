"""`LocalUnderstanding`: what an utterance means, decided on this machine.

The order is: a command, the slot or the yes-or-no that is expected, an intent, an answer from the knowledge files.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog

from ivr.core.meaning import Decision, Expecting, IntentGuess, Kind, Meaning, SlotGuess, SlotType
from ivr.ports import Completeness
from ivr.understanding import commands, replies
from ivr.understanding.completeness import completeness
from ivr.understanding.files import FileProblem
from ivr.understanding.library import Engines, Library
from ivr.understanding.slots import SlotContext, callback_time, correction, parse_slot, phone, yes_no
from ivr.understanding.sounds_ja import CommandSounds
from ivr.understanding.spans import readings_of, without_digits
from ivr.understanding.text import MAX_CHARS, is_hesitation, plain, without_fillers

_BUILT_IN = frozenset(
    {"agent", "repeat", "slower", "louder", "main_menu", "language", "goodbye", "callback", "no_recording"}
)
MOST_READINGS = 4
_SURE_READING = 0.85
"""An intent in one of the recogniser's lesser readings must be this sure."""
_SURE_ANSWER = 0.9
"""An answer this sure is given whatever intent without a way on was heard as well."""
_log = structlog.get_logger(__name__)


class LocalUnderstanding:
    """Understands English and Japanese without any account. Thread-safe."""

    def __init__(
        self,
        call_flows_dir: Path,
        cache_dir: Path,
        default_region: str = "US",
        reference: Callable[[], datetime] = datetime.now,
    ) -> None:
        """Loads the engines (about half a second); files are read when first needed, or by `warm`.

        Args:
            call_flows_dir: the folder with `intents/` and `knowledge/`.
            cache_dir: where embeddings are kept between starts.
            default_region: region of telephone numbers without a country code.
            reference: the present moment in the company's time zone.
        """
        self._folder = call_flows_dir
        self._region = default_region
        self._reference = reference
        self._engines = Engines(cache_dir)
        self._library = Library(call_flows_dir, self._engines)
        self._sounds = CommandSounds(self._engines.reader.reading)
        self._warmed: tuple[str, ...] = ()

    def engine_notes(self) -> list[str]:
        """What is missing or wrong, one sentence each; empty when all is well."""
        return [*self._engines.notes, *(str(problem) for problem in self._library.problems())]

    def problems(self) -> list[FileProblem]:
        """Mistakes in the intent and knowledge files that were read so far."""
        return self._library.problems()

    def warm(self, languages: Sequence[str], sets: Sequence[tuple[str, ...]] = ()) -> None:
        """Builds what the first call would wait for.

        Args:
            languages: languages of the flows.
            sets: combinations of intent sets that flows use; without any, each set alone.
        """
        self._warmed = tuple(languages)
        started = time.perf_counter()
        self._fill(self._library, languages, sets)
        _log.info(
            "understanding ready", seconds=round(time.perf_counter() - started, 2), notes=len(self.engine_notes())
        )

    def _fill(self, library: Library, languages: Sequence[str], sets: Sequence[tuple[str, ...]]) -> None:
        for language in languages:
            for names in sets or [(name,) for name in library.sets(language)]:
                library.classifier(names, language)
                for name in library.knowledge(language):
                    library.finder((name,), language, names)

    def reload(self) -> None:
        """Reads the files anew; utterances in the meantime are answered from the old ones."""
        library = Library(self._folder, self._engines)
        self._fill(library, self._warmed, ())
        self._library = library

    def interpret(self, text: str, expecting: Expecting, alternatives: Sequence[str] = ()) -> Meaning:
        """See `Understanding.interpret`. Takes 20-50 ms when an intent is looked for, else well under one."""
        heard = text[:MAX_CHARS]
        bare = plain(heard, expecting.language)
        if not bare:
            return Meaning()
        command = commands.find(heard, expecting)
        if command is not None:
            return Meaning(Decision.ACCEPT, command=command.name, language=command.language)
        if is_hesitation(bare, expecting.language):
            return Meaning()
        if expecting.kind in (Kind.SLOT, Kind.CONFIRM):
            meaning = self._closed(heard, expecting, alternatives)
            if meaning != Meaning():
                return self._with_wish(heard, expecting, meaning)
        if not without_fillers(bare, expecting.language):
            return Meaning()
        meaning = self._open(heard, expecting)
        is_taken = meaning.decision is Decision.ACCEPT or meaning.answer is not None
        return meaning if is_taken else self._otherwise(heard, meaning, expecting, alternatives)

    def _otherwise(self, text: str, best: Meaning, expecting: Expecting, alternatives: Sequence[str]) -> Meaning:
        """What the recogniser's other readings say, or the mere sound, where its best reading says nothing sure."""
        others = [other[:MAX_CHARS] for other in alternatives[:MOST_READINGS]]
        for other in others:
            command = commands.find(other, expecting)
            if command is not None and command.name != "goodbye":
                return Meaning(Decision.ACCEPT, command=command.name, language=command.language)
        if expecting.language == "ja" and (name := self._sounds.find(text, expecting.commands)) is not None:
            return Meaning(Decision.ACCEPT, command=name)
        for other in others:
            meaning = self._open(other, expecting)
            if meaning.decision is Decision.ACCEPT and (
                meaning.intents[0].score >= _SURE_READING
                or (best.decision is Decision.CONFIRM and meaning.intent == best.intent)
            ):
                return meaning
        return best

    def completeness(self, text: str, expecting: Expecting) -> Completeness:
        """See `Understanding.completeness`."""
        classifier = self._library.ready_classifier(expecting.intent_sets, expecting.language)
        is_example = classifier.is_example if classifier else (lambda _text: False)
        return completeness(text[:MAX_CHARS], expecting, is_example, self._region)

    def _closed(self, text: str, expecting: Expecting, alternatives: Sequence[str]) -> Meaning:
        agreed = None
        if expecting.kind is Kind.CONFIRM or (expecting.slot and expecting.slot.name == "yes_no"):
            agreed = _agreed((text, *alternatives), expecting)
        slot = self._slot(text, expecting, alternatives)
        if slot is not None and slot.is_correction and agreed is None:
            agreed = False
        if slot is None and agreed is None:
            return Meaning()
        return Meaning(Decision.ACCEPT, slot=slot, yes_no=agreed)

    def _with_wish(self, text: str, expecting: Expecting, answer: Meaning) -> Meaning:
        """At a yes or no that allows intents: "yes, I want to return something" is both, a bare wish is no answer."""
        if answer.yes_no is None or not expecting.intents:
            return answer
        said, rest = replies.split(text, expecting.language)
        if not without_fillers(rest, expecting.language) or replies.is_denial(rest, expecting.language):
            return answer
        wish = self._open(rest, expecting)
        if wish.decision is not Decision.ACCEPT or wish.intent not in expecting.intents:
            return answer
        if said is None:
            return wish
        slot = replace(answer.slot, value="yes" if said else "no") if answer.slot else None
        return replace(answer, intents=wish.intents, slot=slot, yes_no=said, extra=wish.extra)

    def _slot(self, text: str, expecting: Expecting, alternatives: Sequence[str]) -> SlotGuess | None:
        """The slot in the first of the recogniser's readings where it is valid, else in the best reading."""
        if expecting.slot is None:
            return None
        first = self._read_slot(text, expecting, expecting.slot)
        is_open = first is None or not first.is_valid
        may_be_fuller = first is not None and expecting.slot.name == "callback_time"
        if not is_open and not may_be_fuller:
            return first
        for other in alternatives[:5]:
            guess = self._read_slot(other[:MAX_CHARS], expecting, expecting.slot)
            if guess is None or not guess.is_valid:
                continue
            if is_open or (first is not None and callback_time.is_fuller(guess.value, first.value)):
                return replace(guess, score=min(guess.score, 0.6))
        return first

    def _read_slot(self, text: str, expecting: Expecting, slot: SlotType) -> SlotGuess | None:
        context = SlotContext(expecting.language, expecting.now or self._reference(), expecting.question, self._region)
        if expecting.correcting is not None and slot.name == "digits":
            return correction.mend(text, expecting.correcting, slot, expecting.language)
        if expecting.correcting is not None and slot.name == "phone":
            return phone.mend(text, expecting.correcting, slot, context)
        if expecting.correcting is not None and slot.name == "callback_time":
            return callback_time.mend(text, expecting.correcting, context)
        guess = parse_slot(text, slot, context)
        if guess is not None and expecting.correcting is not None:
            return replace(guess, is_correction=True) if guess.value not in ("", expecting.correcting) else None
        return guess

    def _open(self, text: str, expecting: Expecting) -> Meaning:
        digits = readings_of(text, expecting.language) if expecting.kind is Kind.OPEN or expecting.intents else ""
        extra = {"digits": digits} if digits else {}
        bare = without_digits(text, expecting.language) if digits else text
        decision, guesses = self._intent(bare, expecting)
        command = None
        if guesses and decision is Decision.ACCEPT and guesses[0].name in set(expecting.commands) - _BUILT_IN:
            command = guesses[0].name
        answer = None
        least = _least_answer(decision, guesses, expecting)
        if expecting.knowledge and command is None and least is not None:
            finder = self._library.finder(expecting.knowledge, expecting.language, expecting.intent_sets)
            found = finder.ranked(text) if finder else []
            answer = found[0] if found and found[0].score >= least else None
        return Meaning(decision, guesses, command=command, answer=answer, extra=extra)

    def _intent(self, text: str, expecting: Expecting) -> tuple[Decision, tuple[IntentGuess, ...]]:
        classifier = self._library.classifier(expecting.intent_sets, expecting.language)
        return classifier.guess(text) if classifier else (Decision.REJECT, ())


def _least_answer(decision: Decision, guesses: tuple[IntentGuess, ...], expecting: Expecting) -> float | None:
    """The score an answer needs; None when an intent is taken instead.

    Beside a likely intent it must be surer than one that stands alone, and surer than the intent; an intent that
    leads nowhere from here stands in nobody's way for long.
    """
    if decision is Decision.REJECT:
        return 0.5
    if guesses[0].name not in expecting.intents:
        return max(0.6, min(guesses[0].score, _SURE_ANSWER))
    return max(0.6, guesses[0].score) if decision is Decision.CONFIRM else None


def _agreed(readings: Sequence[str], expecting: Expecting) -> bool | None:
    """Yes or no by the best reading; by the others where it says neither and they do not contradict each other."""
    best, *others = (yes_no.answer(one[:MAX_CHARS], expecting.language, expecting.question) for one in readings)
    said = {answer for answer in others if answer is not None}
    return best if best is not None or len(said) != 1 else said.pop()
