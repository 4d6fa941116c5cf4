"""Which models are here, and whether they are still what they were."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from speech.models.catalogue import DOWNLOADABLE, PACKAGED, DownloadableModel, ModelKind, PackagedModel
from speech.models.installation import file_digests, read_record, sha256_of


class Presence(Enum):
    """Where a model is."""

    INSTALLED = "installed"
    """Downloaded into the models' folder."""
    IN_PACKAGE = "in a package"
    TO_DOWNLOAD = "to download"
    PACKAGE_MISSING = "package missing"


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """One line of `ivr models list`."""

    name: str
    kind: ModelKind
    languages: tuple[str, ...]
    presence: Presence
    licence: str
    size_bytes: int
    """Of the archive for downloads, of the files for packages; 0 when unknown."""
    path: Path | None
    about: str
    has_digest: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of `ivr models verify`."""

    name: str
    is_good: bool
    reason: str
    """A sentence."""


def list_models(models_dir: Path) -> list[ModelStatus]:
    """Every model of the catalogue, those in packages first. Reads no model."""
    return [_packaged_status(model) for model in PACKAGED] + [
        _downloadable_status(model, models_dir) for model in DOWNLOADABLE
    ]


def installed(models_dir: Path, kind: ModelKind, language: str) -> list[Path]:
    """Folders of the downloaded models of a kind for a language, in the catalogue's order."""
    return [
        models_dir / model.name
        for model in DOWNLOADABLE
        if model.kind is kind and model.language == language and _is_installed(model, models_dir)
    ]


def verify(models_dir: Path) -> list[Verdict]:
    """Reads every model that is here and compares digests. Models that are not here are left out."""
    verdicts = [verify_packaged(model) for model in PACKAGED if _root(model.files[0].parts[0][0]) is not None]
    return verdicts + verify_downloads(models_dir)


def verify_downloads(models_dir: Path) -> list[Verdict]:
    """As `verify`, of the downloaded ones alone."""
    return [_verdict(model, models_dir) for model in DOWNLOADABLE if (models_dir / model.name).is_dir()]


def verify_packaged(model: PackagedModel) -> Verdict:
    """Compares a packaged model's files with their pinned digests."""
    for pinned in model.files:
        paths = _paths(pinned.parts)
        if paths is None:
            return Verdict(model.name, False, f"A part is missing; install {' and '.join(model.packages)}.")
        try:
            if sha256_of(paths) != pinned.sha256:
                return Verdict(model.name, False, f"{paths[0].name} is not the file that was pinned; do not use it.")
        except OSError:
            return Verdict(model.name, False, f"{paths[0].name} cannot be read.")
    return Verdict(model.name, True, "All digests are the pinned ones.")


def _verdict(model: DownloadableModel, models_dir: Path) -> Verdict:
    again = f"run `ivr models install {model.name}` again."
    record = read_record(models_dir, model.name)
    if record is None:
        return Verdict(model.name, False, f"It was not installed by this program, so nothing vouches for it; {again}")
    if model.sha256 and record.archive_sha256 != model.sha256:
        return Verdict(model.name, False, f"It comes from another archive than the catalogue's; {again}")
    try:
        found = file_digests(models_dir / model.name)
    except OSError:
        return Verdict(model.name, False, f"It cannot be read; {again}")
    changed = sorted(path for path in record.files.keys() | found.keys() if record.files.get(path) != found.get(path))
    if changed:
        return Verdict(model.name, False, f"{len(changed)} files differ from what was installed; {again}")
    return Verdict(model.name, True, "All files are as installed.")


def _downloadable_status(model: DownloadableModel, models_dir: Path) -> ModelStatus:
    here = _is_installed(model, models_dir)
    return ModelStatus(
        name=model.name,
        kind=model.kind,
        languages=(model.language,),
        presence=Presence.INSTALLED if here else Presence.TO_DOWNLOAD,
        licence=model.licence,
        size_bytes=model.size_bytes,
        path=models_dir / model.name if here else None,
        about=model.about,
        has_digest=model.sha256 is not None,
    )


def _packaged_status(model: PackagedModel) -> ModelStatus:
    paths = [path for pinned in model.files for path in _paths(pinned.parts) or ()]
    here = bool(paths) and all(path.is_file() for path in paths)
    return ModelStatus(
        name=model.name,
        kind=model.kind,
        languages=model.languages,
        presence=Presence.IN_PACKAGE if here else Presence.PACKAGE_MISSING,
        licence=model.licence,
        size_bytes=sum(path.stat().st_size for path in paths) if here else 0,
        path=paths[0].parent if here else None,
        about=f"{model.about}; pip install {' '.join(model.packages)}",
    )


def _is_installed(model: DownloadableModel, models_dir: Path) -> bool:
    return any((models_dir / model.name / path).is_file() for path in model.must_hold)


def _paths(parts: tuple[tuple[str, str], ...]) -> tuple[Path, ...] | None:
    """Where the parts lie, or None when a package is missing."""
    roots = [(_root(package), path) for package, path in parts]
    return None if any(root is None for root, _ in roots) else tuple(root / path for root, path in roots if root)


def _root(package: str) -> Path | None:
    """A package's folder, found without importing it."""
    spec = importlib.util.find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]) if places else None
