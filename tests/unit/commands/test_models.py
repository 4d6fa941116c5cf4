"""What `ivr models …` prints, and its exit codes. Nothing is fetched."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.commands import models
from ivr.commands.common import guarded
from speech.models import Consent, ModelError, Verdict
from tests.unit.commands.conftest import Place

pytestmark = pytest.mark.unit

Out = pytest.CaptureFixture[str]
KEYS = {"name", "kind", "languages", "presence", "licence", "size_bytes", "has_digest"}


def test_the_catalogue_is_one_object(place: Place, capsys: Out) -> None:
    assert models.list_all(as_json=True) == 0
    rows = json.loads(capsys.readouterr().out)["models"]
    assert {frozenset(row) for row in rows} == {frozenset(KEYS)}
    by_name = {row["name"]: row for row in rows}
    assert by_name["whisper-tiny.en"]["languages"] == ["en"]
    assert by_name["vosk-model-small-ja-0.22"] == {
        "name": "vosk-model-small-ja-0.22",
        "kind": "vosk",
        "languages": ["ja"],
        "presence": "to download",
        "licence": "Apache-2.0",
        "size_bytes": 49704573,
        "has_digest": True,
    }


def test_the_catalogue_is_a_table(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert models.list_all(as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["name", "kind", "languages", "size", "licence", "where"]
    [row] = [line for line in lines if line.startswith("vosk-model-small-ja-0.22 ")]
    assert row.split()[1:] == ["vosk", "ja", "50", "MB", "Apache-2.0", "to", "download"]


def test_an_unknown_name_is_told_with_the_next_step(place: Place, capsys: Out) -> None:
    assert guarded(lambda: models.install_one("vosk-model-moon", sha256=None, base_url=None)) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "There is no model named 'vosk-model-moon' in the catalogue; `ivr models list` shows all." in told.err
    assert not (place.folder / "var" / "models").exists()


@pytest.mark.parametrize(
    ("sha256", "consent"), [(None, None), ("ab" * 32, Consent(sha256="ab" * 32, trust_on_first_use=False))]
)
def test_what_is_installed_is_told_with_its_folder(
    sha256: str | None, consent: Consent | None, place: Place, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    asked: list[object] = []

    def install(name: str, folder: Path, progress: Callable[[int, int], None], base_url: str, **more: object) -> Path:
        progress(1, 0)
        progress(5, 10)
        asked.extend([name, folder, base_url, more["consent"]])
        return folder / name

    monkeypatch.setattr(models, "install", install)
    assert models.install_one("a-model", sha256=sha256, base_url="http://127.0.0.1/m") == 0
    folder = place.folder / "var" / "models"
    assert asked == ["a-model", folder, "http://127.0.0.1/m", consent]
    assert capsys.readouterr().out == (
        f"Installed in {folder / 'a-model'}. It is used from the next start on; "
        "`ivr doctor` shows which engine listens.\n"
    )


def test_a_failed_installation_is_a_sentence(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    def install(*_: object, **__: object) -> Path:
        raise ModelError("The disk is full; 5 GB are wanted.")

    monkeypatch.setattr(models, "install", install)
    assert models.install_one("a-model", sha256=None, base_url=None) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.endswith("The disk is full; 5 GB are wanted.\n")


@pytest.mark.parametrize(("is_good", "code", "line"), [(True, 0, "good  a: Well."), (False, 1, "BAD   a: Well.")])
def test_one_bad_model_is_an_exit_code(
    is_good: bool, code: int, line: str, place: Place, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    verdicts = [Verdict("a", is_good, "Well."), Verdict("b", True, "All files are as installed.")]
    monkeypatch.setattr(models, "verify", lambda folder: verdicts)
    assert models.verify_all() == code
    assert capsys.readouterr().out.splitlines() == [line, "good  b: All files are as installed."]


def test_a_model_that_nobody_vouches_for_is_bad(place: Place, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speech.models.inventory.PACKAGED", ())
    place.write("var/models/vosk-model-small-en-us-0.15/am/final.mdl", "x")
    assert models.verify_all() == 1
    assert capsys.readouterr().out == (
        "BAD   vosk-model-small-en-us-0.15: It was not installed by this program, so nothing vouches for it; "
        "run `ivr models install vosk-model-small-en-us-0.15` again.\n"
    )
