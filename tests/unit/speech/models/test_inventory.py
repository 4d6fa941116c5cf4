"""What is here, what is not, and what was changed since."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from speech.models import DOWNLOADABLE, PACKAGED, ModelKind, PackagedModel, Presence, installed, list_models
from speech.models.catalogue import PinnedFile
from speech.models.installation import file_digests
from speech.models.inventory import verify_downloads, verify_packaged

pytestmark = pytest.mark.unit

SMALL = "vosk-model-small-en-us-0.15"
SMALL_SHA256 = "30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498"


def put(models_dir: Path, name: str = SMALL, archive_sha256: str = SMALL_SHA256) -> Path:
    folder = models_dir / name
    (folder / "am").mkdir(parents=True)
    (folder / "am/final.mdl").write_bytes(b"model")
    (models_dir / ".records").mkdir(exist_ok=True)
    record = {"archive_sha256": archive_sha256, "files": file_digests(folder)}
    (models_dir / ".records" / f"{name}.json").write_text(json.dumps(record))
    return folder


def verdict(models_dir: Path) -> tuple[bool, str]:
    found = [line for line in verify_downloads(models_dir) if line.name == SMALL]
    assert len(found) == 1
    return found[0].is_good, found[0].reason


def test_every_model_is_listed_once() -> None:
    names = [line.name for line in list_models(Path("/nowhere"))]

    assert len(names) == len(set(names)) == len(DOWNLOADABLE) + len(PACKAGED)
    assert {SMALL, "vosk-model-ja-0.22", "whisper-tiny.en", "open_jtalk-mei"} <= set(names)


def test_digests_are_digests_and_addresses_are_secure() -> None:
    for model in DOWNLOADABLE:
        assert model.url.startswith("https://") and model.url.endswith(f"/{model.name}.zip")
        assert model.sha256 is None or (len(model.sha256) == 64 and int(model.sha256, 16) > 0)
    assert all(len(pinned.sha256) == 64 for model in PACKAGED for pinned in model.files)


def test_an_installed_model_is_found_by_its_language(tmp_path: Path) -> None:
    folder = put(tmp_path)

    line = next(line for line in list_models(tmp_path) if line.name == SMALL)

    assert (line.presence, line.path) == (Presence.INSTALLED, folder)
    assert installed(tmp_path, ModelKind.VOSK, "en") == [folder]
    assert installed(tmp_path, ModelKind.VOSK, "ja") == []


def test_an_untouched_model_is_good(tmp_path: Path) -> None:
    put(tmp_path)

    assert verdict(tmp_path) == (True, "All files are as installed.")


@pytest.mark.parametrize("harm", ["changed", "removed", "added"])
def test_a_touched_model_is_not(tmp_path: Path, harm: str) -> None:
    folder = put(tmp_path)
    match harm:
        case "changed":
            (folder / "am/final.mdl").write_bytes(b"other")
        case "removed":
            (folder / "am/final.mdl").unlink()
        case _:
            (folder / "extra").write_bytes(b"")

    is_good, reason = verdict(tmp_path)

    assert not is_good
    assert "1 files differ" in reason


def test_a_model_of_another_archive_is_not_good(tmp_path: Path) -> None:
    put(tmp_path, archive_sha256="0" * 64)

    assert not verdict(tmp_path)[0]


@pytest.mark.parametrize("content", ["", "[]", "null", '{"files": 3, "archive_sha256": 1}', "\ufffd"])
def test_a_model_without_a_readable_record_is_not_good(tmp_path: Path, content: str) -> None:
    put(tmp_path)
    (tmp_path / ".records" / f"{SMALL}.json").write_text(content)

    assert not verdict(tmp_path)[0]


def test_a_packaged_file_that_was_altered_is_found() -> None:
    altered = PackagedModel(
        "x", ModelKind.VOICE, (), ("p",), "", (PinnedFile((("json", "__init__.py"),), "0" * 64),), ""
    )

    assert not verify_packaged(altered).is_good


def test_a_package_that_is_missing_is_named() -> None:
    missing = PackagedModel(
        "x", ModelKind.VOICE, (), ("p-q",), "", (PinnedFile((("no_such_pkg", "f"),), "0" * 64),), ""
    )

    assert "p-q" in verify_packaged(missing).reason


def test_a_packaged_file_that_is_missing_is_no_crash() -> None:
    missing = PackagedModel("x", ModelKind.VOICE, (), ("p",), "", (PinnedFile((("json", "no_file"),), "0" * 64),), "")

    assert not verify_packaged(missing).is_good
