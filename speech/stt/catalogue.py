"""Which recogniser for which language, and why: the choice is cheap, loading is done once per process."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

import structlog

from speech.interfaces import Recogniser
from speech.stt.base import DeafRecogniser, RecognitionFailed
from speech.stt.whisper_models import BASE, TINY_EN, WhisperModel, is_installed

logger = structlog.get_logger(__name__)

_VOSK_PREFIX = "vosk-model-"
_VOSK_SPOKEN_AS = {"en": ("en",), "ja": ("ja",), "zh": ("cn", "zh"), "uk": ("uk", "ua"), "el": ("el", "el-gr")}
"""Where Vosk's folder names differ from the language codes."""


class Engine(Enum):
    """What can be asked for; the values are those of the setting."""

    AUTO = "auto"
    VOSK = "vosk"
    WHISPER = "whisper"
    WHISPER_TINY = "whisper-tiny"
    WHISPER_BASE = "whisper-base"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine for one language. `reason` is a sentence for `ivr doctor`."""

    language: str
    engine: Engine
    reason: str
    folder: Path | None = None
    whisper: WhisperModel | None = None


@dataclass(slots=True)
class Recognisers:
    """What a process has loaded; engines shared by several languages are there once."""

    by_language: dict[str, Recogniser] = field(default_factory=dict)
    choices: dict[str, Choice] = field(default_factory=dict)

    def recogniser_for(self, language: str) -> Recogniser:
        """The engine for a language or its primary part (`en` for `en-GB`); one that hears nothing if there is none."""
        found = self.by_language.get(language) or self.by_language.get(_primary(language))
        return found or _DEAF

    def second_for(self, language: str) -> Recogniser | None:
        """A better engine that is loaded anyway (for another language) and knows this one too, for doubtful turns."""
        first = self.recogniser_for(language)
        if first.capabilities.model != TINY_EN.name:
            return None
        return next((one for one in self.by_language.values() if one.capabilities.model == BASE.name), None)

    def reasons(self) -> dict[str, str]:
        """Sentences by language."""
        return {language: choice.reason for language, choice in self.choices.items()}

    def close(self) -> None:
        """Unloads every engine once."""
        for engine in {id(each): each for each in self.by_language.values()}.values():
            engine.close()
        self.by_language.clear()


_DEAF = DeafRecogniser()


def choose(language: str, models_dir: Path, engine: Engine | str = Engine.AUTO) -> Choice:
    """The engine for a language: an installed Vosk model first, then Whisper. Loads nothing.

    `ValueError` for an engine that does not exist.
    """
    wanted = Engine(engine)
    if wanted is Engine.NONE:
        return Choice(language, Engine.NONE, "speech recognition is switched off; callers use the keypad")
    vosk_folder = _vosk_folder(language, models_dir) if wanted in (Engine.AUTO, Engine.VOSK) else None
    if vosk_folder is not None:
        return Choice(language, Engine.VOSK, f"the Vosk model {vosk_folder.name} is installed", folder=vosk_folder)
    missing = f"no Vosk model for {language} is installed (`ivr models install` fetches one)"
    if wanted is Engine.VOSK:
        return Choice(language, Engine.NONE, f"{missing}, and the settings ask for Vosk")
    model = _whisper_model(language, wanted)
    if model is not None:
        why = f"{missing}; " if wanted is Engine.AUTO else "the settings ask for Whisper; "
        return Choice(language, Engine.WHISPER, f"{why}Whisper {model.name} comes in a package", whisper=model)
    return Choice(language, Engine.NONE, f"{missing}, and no Whisper model for {language} either")


def load_recognisers(languages: Iterable[str], engine: Engine | str, models_dir: Path, cache_dir: Path) -> Recognisers:
    """Loads what the languages need, each engine once. Never raises for a missing or damaged model.

    A Vosk model that does not load is replaced by Whisper, Whisper by nothing; the reason says so.
    """
    loaded = Recognisers()
    shared: dict[str, Recogniser] = {}
    for language in languages:
        choice = choose(language, models_dir, engine)
        recogniser = _load(choice, cache_dir, shared)
        if recogniser is None and choice.engine is Engine.VOSK:
            second = choose(language, models_dir, Engine.WHISPER)
            choice = replace(second, reason=f"{choice.reason} but does not load; {_instead(second)}")
            recogniser = _load(choice, cache_dir, shared)
        if recogniser is None and choice.engine is not Engine.NONE:
            choice = Choice(language, Engine.NONE, f"{choice.reason}, but it is damaged or does not load")
        loaded.choices[language] = choice
        loaded.by_language[language] = recogniser or _DEAF
        logger.info("recogniser chosen", language=language, engine=choice.engine.value, reason=choice.reason)
    return loaded


def _instead(second: Choice) -> str:
    return f"Whisper {second.whisper.name} stands in for it" if second.whisper else "no other engine has the language"


def _load(choice: Choice, cache_dir: Path, shared: dict[str, Recogniser]) -> Recogniser | None:
    name = choice.folder.name if choice.folder else choice.whisper.name if choice.whisper else ""
    if not name:
        return None
    if name not in shared:
        try:
            shared[name] = _open(choice, cache_dir)
        except (RecognitionFailed, OSError, ImportError) as cause:
            logger.error("a recogniser does not load", engine=choice.engine.value, model=name, cause=str(cause))
            return None
    return shared[name]


def _open(choice: Choice, cache_dir: Path) -> Recogniser:
    """Engines are imported here, so that a server without one of them still starts."""
    if choice.folder is not None:
        from speech.stt.vosk import VoskRecogniser

        return VoskRecogniser(choice.folder, choice.language)
    from speech.stt.whisper import SETTINGS_BY_MODEL, WhisperRecogniser

    model = choice.whisper or TINY_EN
    return WhisperRecogniser(model, cache_dir, SETTINGS_BY_MODEL.get(model.name))


def _vosk_folder(language: str, models_dir: Path) -> Path | None:
    """The installed model for a language; the largest name wins, so `en-us-0.22` before `small-en-us-0.15`."""
    if importlib.util.find_spec("vosk") is None or not models_dir.is_dir():
        return None
    primary = _primary(language)
    spoken_as = _VOSK_SPOKEN_AS.get(primary, (primary,))
    fitting = [
        folder
        for folder in models_dir.iterdir()
        if folder.is_dir() and folder.name.startswith(_VOSK_PREFIX) and _vosk_language(folder.name) in spoken_as
    ]
    return min(fitting, key=lambda folder: ("small" in folder.name, folder.name), default=None)


def _vosk_language(name: str) -> str:
    """`en` of `vosk-model-small-en-us-0.15`."""
    parts = name.removeprefix(_VOSK_PREFIX).split("-")
    return next((part for part in parts if part not in ("small", "spk", "tts")), "")


def _whisper_model(language: str, wanted: Engine) -> WhisperModel | None:
    if importlib.util.find_spec("ctranslate2") is None:
        return None
    by_engine: Mapping[Engine, tuple[WhisperModel, ...]] = {
        Engine.WHISPER_TINY: (TINY_EN,),
        Engine.WHISPER_BASE: (BASE,),
    }
    fitting = (model for model in by_engine.get(wanted, (TINY_EN, BASE)) if _primary(language) in model.languages)
    return next((model for model in fitting if is_installed(model)), None)


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()
