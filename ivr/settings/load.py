"""Reads the settings: `default.yaml`, then variables; every mistake is collected and told at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from ivr.settings.document import Document, Value, read_document
from ivr.settings.env_file import Variable, read_env_file
from ivr.settings.mistakes import Mistake, SettingsError
from ivr.settings.model import DEVELOPMENT_KEY, Settings
from ivr.settings.overrides import (
    FIXED,
    SECTIONS,
    apply_overrides,
    read_carrier,
    read_database_url,
    read_environment,
    read_public_url,
    suggestion,
)

SETTINGS_FILE = "default.yaml"
SECRETS_FILE = ".env"
_FOLDERS = (("speech", "models_dir"), ("speech", "cache_dir"), ("recording", "dir"), ("flows", "dir"))


def load_settings(config_dir: Path, environ: Mapping[str, str]) -> Settings:
    """Reads `config_dir/default.yaml`, `config_dir/.env` (if there) and `environ`, which wins.

    Relative folders and a relative SQLite file are taken from the folder above `config_dir`.

    Raises:
        SettingsError: with every mistake found.
    """
    mistakes: list[Mistake] = []
    config_dir = config_dir.resolve()
    label = config_dir.name
    document = read_document(config_dir / SETTINGS_FILE, f"{label}/{SETTINGS_FILE}", mistakes)
    secrets = config_dir / SECRETS_FILE
    variables = read_env_file(secrets, f"{label}/{SECRETS_FILE}", mistakes) if secrets.exists() else {}
    variables |= {
        name: Variable(value, name) for name, value in environ.items() if name.startswith(("IVR_", "TWILIO_"))
    }
    sections = _sections(document, f"{label}/{SETTINGS_FILE}", mistakes)
    origins = apply_overrides(sections, variables, mistakes)
    public_url = read_public_url(variables, sections.get("web", {}).get("port") or 8080, mistakes)
    raw: dict[str, Any] = {
        **sections,
        "environment": read_environment(variables, public_url, mistakes),
        "public_url": public_url,
        "database_url": _database_url(read_database_url(variables, mistakes), config_dir.parent),
        "secret_key": _secret_key(variables),
        "carrier": read_carrier(variables, mistakes),
        "config_dir": config_dir,
        "secrets_file": secrets if secrets.exists() else None,
    }
    settings = _validated(raw, document, f"{label}/{SETTINGS_FILE}", origins, mistakes)
    if mistakes or settings is None:
        raise SettingsError(mistakes)
    return _with_folders(settings, config_dir.parent)


def _sections(document: Document, name: str, mistakes: list[Mistake]) -> dict[str, dict[str, Value]]:
    """The file's sections; what is no section, or a secret in the file, is a mistake."""
    sections: dict[str, dict[str, Value]] = {}
    for key, value in document.values.items():
        where = f"{name}:{document.lines[(key,)]}"
        if f"IVR_{key.upper()}" in FIXED or key == "carrier":
            mistakes.append(Mistake(where, f"{key!r} comes from the environment only; see config/.env.example"))
        elif key not in SECTIONS:
            mistakes.append(Mistake(where, f"no such section {key!r}; {suggestion(key, list(SECTIONS))}"))
        elif value is None:
            sections[key] = {}
        elif not isinstance(value, dict):
            mistakes.append(Mistake(where, f"{key!r} must hold keys, indented below it"))
        else:
            sections[key] = dict(value)
    return sections


def _validated(
    raw: dict[str, Any], document: Document, name: str, origins: dict[tuple[str, str], str], mistakes: list[Mistake]
) -> Settings | None:
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        for detail in error.errors(include_input=False, include_url=False):
            mistakes.append(_mistake(detail, document, name, origins))
        return None


def _mistake(detail: ErrorDetails, document: Document, name: str, origins: dict[tuple[str, str], str]) -> Mistake:
    path = tuple(str(part) for part in detail["loc"])
    dotted = ".".join(path)
    if (origin := origins.get(path[:2])) is not None:  # type: ignore[arg-type]
        where = origin
    else:
        known = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in document.lines), None)
        where = f"{name}:{document.lines[known]}" if known is not None else dotted
    if detail["type"] == "extra_forbidden":
        section = SECTIONS.get(path[0])
        hint = suggestion(path[-1], list(section.model_fields)) if section is not None else "remove it"
        return Mistake(where, f"no such setting {dotted!r}; {hint}")
    message = detail["msg"].removeprefix("Input ")
    return Mistake(where, f"{dotted} {message}{_meaning(path)}")


def _meaning(path: tuple[str, ...]) -> str:
    """The documented sentence of a key, so that a reader need not look for it."""
    section = SECTIONS.get(path[0])
    field = section.model_fields.get(path[1]) if section is not None and len(path) > 1 else None
    return f" ({field.description})" if field is not None and field.description else ""


def _secret_key(variables: Mapping[str, Variable]) -> SecretStr:
    given = variables["IVR_SECRET_KEY"].value if "IVR_SECRET_KEY" in variables else ""
    return SecretStr(given or DEVELOPMENT_KEY)


def _database_url(url: str, base: Path) -> str:
    path = url.removeprefix("sqlite:///")
    if path == url or not path or path.startswith((":", "/", "file:")):
        return url
    return f"sqlite:///{base / path}"


def _with_folders(settings: Settings, base: Path) -> Settings:
    changed: dict[str, Any] = {}
    for section, key in _FOLDERS:
        part = changed.get(section, getattr(settings, section))
        changed[section] = part.model_copy(update={key: base / getattr(part, key).expanduser()})
    return settings.model_copy(update=changed)
