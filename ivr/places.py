"""Where the project and its settings are. Imports nothing heavy: the supervisor lives on it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ivr.settings import Settings, load_settings

PROJECT = Path(__file__).resolve().parent.parent
"""The folder that relative paths of the settings start from."""


def config_dir(environ: Mapping[str, str] | None = None) -> Path:
    """Where the settings are: `IVR_CONFIG_DIR`, else `config/` here, else the project's own."""
    environ = os.environ if environ is None else environ
    if environ.get("IVR_CONFIG_DIR"):
        return Path(environ["IVR_CONFIG_DIR"])
    here = Path.cwd() / "config"
    return here if (here / "default.yaml").exists() else PROJECT / "config"


def read_settings() -> Settings:
    """The settings of this process. Raises `SettingsError` with every mistake."""
    return load_settings(config_dir(), os.environ)
