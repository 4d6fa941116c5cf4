"""Typed settings, read once at start from `config/*.yaml`, `config/.env` and the environment."""

from ivr.settings.load import load_settings
from ivr.settings.mistakes import Mistake, SettingsError
from ivr.settings.model import (
    Accounts,
    Carrier,
    Dialling,
    Engine,
    Environment,
    Flows,
    Log,
    LogFormat,
    LogLevel,
    Media,
    Recording,
    RecordingMode,
    Settings,
    Speech,
    Timeouts,
    Web,
)
from ivr.settings.refusals import refusals

__all__ = [
    "Carrier",
    "Engine",
    "Environment",
    "Dialling",
    "Flows",
    "Log",
    "LogFormat",
    "LogLevel",
    "Media",
    "Mistake",
    "Recording",
    "RecordingMode",
    "Settings",
    "SettingsError",
    "Speech",
    "Accounts",
    "Timeouts",
    "Web",
    "load_settings",
    "refusals",
]
