"""Models in pieces, damaged, or verified before."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from speech.stt import whisper_models
from speech.stt.whisper_models import BASE, TINY_EN, ModelDamaged, WhisperModel, is_installed, ready_folder

pytestmark = pytest.mark.unit

CONTENTS = {"config.json": b"{}", "tokenizer.json": b"[]", "model.bin": b"first half, second half"}


def _package(root: Path, name: str, files: dict[str, bytes]) -> None:
    folder = root / name / "data"
    folder.mkdir(parents=True)
    (root / name / "__init__.py").touch()
    for file, content in files.items():
        (folder / file).write_bytes(content)


@pytest.fixture
def split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WhisperModel:
    small = {name: content for name, content in CONTENTS.items() if name != "model.bin"}
    _package(tmp_path, "wm_one", {**small, "model.bin.part1": CONTENTS["model.bin"][:10]})
    _package(tmp_path, "wm_two", {"model.bin.part2": CONTENTS["model.bin"][10:]})
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()}
    return WhisperModel("small", (("wm_one", "data"), ("wm_two", "data")), ("en",), digests)


def test_a_split_model_is_put_together_in_the_cache(split: WhisperModel, tmp_path: Path) -> None:
    folder = ready_folder(split, tmp_path / "cache")
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == CONTENTS
    assert sorted(each.name for each in (tmp_path / "cache").iterdir()) == ["verified.json", "whisper-small"]


def test_a_damaged_part_is_refused_and_leaves_nothing(split: WhisperModel, tmp_path: Path) -> None:
    (tmp_path / "wm_two" / "data" / "model.bin.part2").write_bytes(b"other")
    with pytest.raises(ModelDamaged, match="digest-differs"):
        ready_folder(split, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_missing_part_is_refused(split: WhisperModel, tmp_path: Path) -> None:
    (tmp_path / "wm_two" / "data" / "model.bin.part2").unlink()
    with pytest.raises(ModelDamaged, match="file-missing"):
        ready_folder(split, tmp_path / "cache")


def test_a_file_is_digested_once_and_again_only_when_it_changed(
    split: WhisperModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ready_folder(split, tmp_path / "cache")
    digested: list[str] = []
    real = whisper_models.hashlib.file_digest

    def counting(file: object, name: str) -> object:
        digested.append(name)
        return real(file, name)  # type: ignore[arg-type]

    monkeypatch.setattr(whisper_models.hashlib, "file_digest", counting)
    ready_folder(split, tmp_path / "cache")
    assert digested == []
    os.utime(folder / "model.bin", (1, 1))
    ready_folder(split, tmp_path / "cache")
    assert len(digested) == 3


def test_a_model_changed_in_the_cache_is_refused(split: WhisperModel, tmp_path: Path) -> None:
    folder = ready_folder(split, tmp_path / "cache")
    (folder / "model.bin").write_bytes(b"something else")
    with pytest.raises(ModelDamaged, match="digest-differs"):
        ready_folder(split, tmp_path / "cache")


@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b"\xff\xfe", b'{"a": 1}'])
def test_a_garbled_record_only_costs_another_digest(split: WhisperModel, tmp_path: Path, garbage: bytes) -> None:
    ready_folder(split, tmp_path / "cache")
    (tmp_path / "cache" / "verified.json").write_bytes(garbage)
    assert ready_folder(split, tmp_path / "cache").is_dir()


def test_a_package_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    absent = WhisperModel("absent", (("no_such_package_at_all", "data"),), ("en",), {})
    assert not is_installed(absent)
    with pytest.raises(ModelDamaged, match="package-missing"):
        ready_folder(absent, tmp_path)


def test_the_pinned_digests_are_those_of_the_published_models() -> None:
    assert TINY_EN.digests["model.bin"] == "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"
    assert BASE.digests["model.bin"] == "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
