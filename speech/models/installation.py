"""Installs a downloadable model: lock, space, download, digest, safe unpacking, one rename."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from speech.models.catalogue import DownloadableModel, downloadable
from speech.models.download import DownloadPlan, Progress, download, forget
from speech.models.errors import ModelError
from speech.models.unpack import UnpackLimits, remove, unpack

_log = structlog.get_logger(__name__)

RECORDS = ".records"
"""Folder below the models' folder: one JSON file for each installed model."""
_DOWNLOADS = ".downloads"
_ROOM_FACTOR = 3
"""Disk that an installation may want, as a multiple of the archive: itself and twice that unpacked."""
_LOCAL_HOSTS = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Consent:
    """How far to trust a download that has no digest in the catalogue."""

    sha256: str | None = None
    """The digest that somebody vouches for."""
    trust_on_first_use: bool = False
    """Take what comes and pin its digest for later installations."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of an installed model."""

    archive_sha256: str
    files: dict[str, str]
    """SHA-256 by path below the model's folder."""


@dataclass(frozen=True, slots=True)
class HowToInstall:
    """Everything but the model and the place."""

    progress: Progress = lambda there, in_all: None
    base_url: str | None = None
    """Another server's folder that has the same file."""
    consent: Consent = Consent()
    limits: UnpackLimits = UnpackLimits()
    sleep: Callable[[float], None] = time.sleep
    """Between attempts of a download."""


def install(
    name: str,
    models_dir: Path,
    progress: Progress | None = None,
    base_url: str | None = None,
    *,
    consent: Consent | None = None,
) -> Path:
    """Installs a model of the catalogue into `models_dir/name`; where it is. Raises `ModelError`.

    Args:
        name: As in the catalogue.
        models_dir: Where models live; made when missing.
        progress: Called with bytes there and bytes in all (0 when unknown).
        base_url: Another server's folder that has the same file.
        consent: For models without a digest in the catalogue.
    """
    model = downloadable(name)
    if model is None:
        raise ModelError(f"There is no model named {name[:80]!r} in the catalogue; `ivr models list` shows all.")
    how = HowToInstall(base_url=base_url, consent=consent or Consent())
    return install_model(model, models_dir, replace(how, progress=progress) if progress else how)


def install_model(model: DownloadableModel, models_dir: Path, how: HowToInstall) -> Path:
    """As `install`, for a model that need not be in the catalogue."""
    url = f"{how.base_url.rstrip('/')}/{model.name}.zip" if how.base_url else model.url
    models_dir.mkdir(parents=True, exist_ok=True)
    with _alone(models_dir):
        digest = _wanted_digest(model, models_dir, how.consent)
        _check_address(url, digest)
        _check_room(model, models_dir)
        archive = models_dir / _DOWNLOADS / f"{model.name}.zip.part"
        found = _fetched(DownloadPlan(url, archive, model.size_bytes), digest, how)
        target = _unpacked(model, archive, models_dir, how.limits)
        _write_record(models_dir, model.name, Record(found, file_digests(target)))
        forget(archive)
    _log.info("model installed", model=model.name, sha256=found)
    return target


def read_record(models_dir: Path, name: str) -> Record | None:
    """The record of an installed model; None when there is none that can be read."""
    try:
        stored = json.loads((models_dir / RECORDS / f"{name}.json").read_text(encoding="utf-8"))
        return Record(str(stored["archive_sha256"]), {str(path): str(sha) for path, sha in stored["files"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def file_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): sha256_of((path,)) for path in sorted(folder.rglob("*")) if path.is_file()
    }


def sha256_of(parts: tuple[Path, ...]) -> str:
    """Hex digest of files joined in order. Raises `OSError`."""
    digest = hashlib.sha256()
    for part in parts:
        with part.open("rb") as opened:
            while chunk := opened.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _alone(models_dir: Path) -> Iterator[None]:
    """One installation at a time in a folder."""
    with (models_dir / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            raise ModelError("Another installation is running in this folder.", is_retryable=True) from held
        yield


def _wanted_digest(model: DownloadableModel, models_dir: Path, consent: Consent) -> str | None:
    """The digest the archive must have; None only for a first use that is trusted."""
    given = consent.sha256.lower() if consent.sha256 else None
    if given is not None and (len(given) != 64 or not set(given) <= set("0123456789abcdef")):
        raise ModelError("A SHA-256 digest has 64 hexadecimal digits.")
    record = read_record(models_dir, model.name)
    known = model.sha256 or (record.archive_sha256 if record else None)
    if known and given and known != given:
        raise ModelError("The digest given contradicts the one on record; nothing was installed.")
    if known or given or consent.trust_on_first_use:
        return known or given
    raise ModelError(
        f"Nobody has published a SHA-256 digest of {model.name}. Give one with --sha256, or accept what comes, "
        "and have it pinned from then on, with --trust-on-first-use."
    )


def _check_address(url: str, digest: str | None) -> None:
    """Without a digest, the connection is all that vouches for the file."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ModelError("Models are downloaded from http or https addresses.")
    if digest is None and parts.scheme != "https" and parts.hostname not in _LOCAL_HOSTS:
        raise ModelError("Without a digest a model is only taken from an https address.")


def _check_room(model: DownloadableModel, models_dir: Path) -> None:
    wanted = model.size_bytes * _ROOM_FACTOR
    free = shutil.disk_usage(models_dir).free
    if free < wanted:
        raise ModelError(f"{model.name} wants {wanted >> 20} MiB of disk; {free >> 20} MiB are free.")


def _fetched(plan: DownloadPlan, digest: str | None, how: HowToInstall) -> str:
    """The digest of the downloaded archive, which is the wanted one.

    A resumed file may be a mixture of two versions, so a wrong digest is believed only of a whole download.
    """
    was_resumed = plan.part.exists()
    for _ in range(2 if was_resumed else 1):
        download(plan, how.progress, how.sleep)
        found = sha256_of((plan.part,))
        if digest is None or found == digest:
            return found
        forget(plan.part)
    raise ModelError(
        f"The archive's SHA-256 is {found}, not {digest}: it was altered on the way or at its source. It was removed."
    )


def _unpacked(model: DownloadableModel, archive: Path, models_dir: Path, limits: UnpackLimits) -> Path:
    """Unpacks next to the target and renames: there is a whole model under the name, or the old one, or none."""
    work = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=models_dir))
    target = models_dir / model.name
    try:
        unpack(archive, work / "new", model.name, limits)
        if not any((work / "new" / path).is_file() for path in model.must_hold):
            raise ModelError(f"The archive holds no model: {' or '.join(model.must_hold)} is missing.")
        if target.exists():
            target.rename(work / "old")
        (work / "new").rename(target)
    except ModelError:
        forget(archive)
        raise
    except OSError as refused:
        raise ModelError(f"The model cannot be written: {os.strerror(refused.errno or 0)}.") from refused
    finally:
        remove(work)
    return target


def _write_record(models_dir: Path, name: str, record: Record) -> None:
    folder = models_dir / RECORDS
    folder.mkdir(exist_ok=True)
    part = folder / f"{name}.part"
    part.write_text(json.dumps({"archive_sha256": record.archive_sha256, "files": record.files}), encoding="utf-8")
    part.replace(folder / f"{name}.json")
