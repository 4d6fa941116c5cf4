"""Settings that come as variables: the secrets by their fixed names, the rest as IVR_<SECTION>__<KEY>."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import BaseModel

from ivr.settings.document import Value
from ivr.settings.env_file import Variable
from ivr.settings.mistakes import Mistake
from ivr.settings.model import (
    LOOPBACK_HOSTS,
    Accounts,
    Dialling,
    Environment,
    Flows,
    Log,
    Media,
    Recording,
    Speech,
    Timeouts,
    Web,
)

SECTIONS: Mapping[str, type[BaseModel]] = {
    "web": Web,
    "media": Media,
    "speech": Speech,
    "recording": Recording,
    "flows": Flows,
    "dialling": Dialling,
    "timeouts": Timeouts,
    "accounts": Accounts,
    "log": Log,
}
FIXED = frozenset(
    {
        "IVR_PUBLIC_URL",
        "IVR_DATABASE_URL",
        "IVR_SECRET_KEY",
        "IVR_ENVIRONMENT",
        "IVR_CONFIG_DIR",
        # For tests only; read in ivr.app, which refuses them in production.
        "IVR_CONNECTOR_OVERRIDES",
        "IVR_HOURS_OVERRIDE",
        "IVR_CLOCK_FILE",
    }
)
LISTS = frozenset({("speech", "languages"), ("dialling", "allowed_countries"), ("dialling", "denied_prefixes")})
"""Written with commas between their parts."""
DEFAULT_DATABASE_URL = "sqlite:///var/denwaban.sqlite"

_ACCOUNT = re.compile(r"AC[0-9a-f]{32}\Z")
_DATABASES = ("sqlite:///", "postgresql://", "postgresql+psycopg://")

Variables = Mapping[str, Variable]


def suggestion(word: str, known: list[str]) -> str:
    """The words known, the nearest first when one is near."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(sorted(known))}"


def apply_overrides(
    values: dict[str, dict[str, Value]], variables: Variables, mistakes: list[Mistake]
) -> dict[tuple[str, str], str]:
    """Writes IVR_<SECTION>__<KEY> into `values`; where each came from, for later mistakes."""
    origins: dict[tuple[str, str], str] = {}
    for name, variable in sorted(variables.items()):
        if not name.startswith("IVR_") or name in FIXED:
            continue
        section, separator, key = name.removeprefix("IVR_").lower().partition("__")
        if not separator or section not in SECTIONS or key not in SECTIONS[section].model_fields:
            known = [f"IVR_{s.upper()}__{k.upper()}" for s, model in SECTIONS.items() for k in model.model_fields]
            hint = (
                suggestion(name, [*known, *FIXED])
                if difflib.get_close_matches(name, [*known, *FIXED])
                else ("settings are IVR_<SECTION>__<KEY>, such as IVR_WEB__PORT")
            )
            mistakes.append(Mistake(variable.where, f"no such setting; {hint}"))
            continue
        parts: list[Value] = [part.strip() for part in variable.value.split(",") if part.strip()]
        values.setdefault(section, {})[key] = parts if (section, key) in LISTS else variable.value
        origins[(section, key)] = variable.where
    return origins


def _text(variables: Variables, name: str, default: str = "") -> str:
    return variables[name].value.strip() if name in variables else default


def _where(variables: Variables, name: str) -> str:
    return variables[name].where if name in variables else name


def read_public_url(variables: Variables, port: Value, mistakes: list[Mistake]) -> str:
    """IVR_PUBLIC_URL without a slash at the end; this machine when not set."""
    text = _text(variables, "IVR_PUBLIC_URL")
    if not text:
        return f"http://127.0.0.1:{port}"
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(mark in text for mark in "?#@ _") or not text.isascii():
        mistakes.append(
            Mistake(
                _where(variables, "IVR_PUBLIC_URL"),
                "must look like https://calls.example.com (no user, query, fragment or underscore)",
            )
        )
        return "http://127.0.0.1"
    return text.rstrip("/")


def read_environment(variables: Variables, public_url: str, mistakes: list[Mistake]) -> Environment:
    """IVR_ENVIRONMENT, else production when strangers can reach us over https."""
    text = _text(variables, "IVR_ENVIRONMENT")
    if text:
        try:
            return Environment(text)
        except ValueError:
            mistakes.append(Mistake(_where(variables, "IVR_ENVIRONMENT"), "must be production or development"))
            return Environment.PRODUCTION
    parts = urlsplit(public_url)
    reachable = parts.scheme == "https" and parts.hostname not in LOOPBACK_HOSTS
    return Environment.PRODUCTION if reachable else Environment.DEVELOPMENT


def read_database_url(variables: Variables, mistakes: list[Mistake]) -> str:
    """IVR_DATABASE_URL; a SQLite file under `var/` when not set. The value is never repeated in a mistake."""
    text = _text(variables, "IVR_DATABASE_URL") or DEFAULT_DATABASE_URL
    if not text.startswith(_DATABASES):
        mistakes.append(
            Mistake(
                _where(variables, "IVR_DATABASE_URL"),
                "must begin with sqlite:///, postgresql:// or postgresql+psycopg://",
            )
        )
        return DEFAULT_DATABASE_URL
    return text


def read_carrier(variables: Variables, mistakes: list[Mistake]) -> dict[str, Value]:
    """The carrier's account. An empty token is allowed here and refused at start (see `refusals`)."""
    account = _text(variables, "TWILIO_ACCOUNT_SID")
    if account and not _ACCOUNT.match(account):
        mistakes.append(
            Mistake(
                _where(variables, "TWILIO_ACCOUNT_SID"),
                "must be AC and 32 hexadecimal characters, as the carrier's console shows it",
            )
        )
    tokens = [token.strip() for token in _text(variables, "TWILIO_AUTH_TOKEN").split(",")]
    tokens = [token for token in tokens if token]
    carrier: dict[str, Value] = {"account_sid": account, "auth_tokens": list(tokens)}
    base = _text(variables, "TWILIO_API_BASE")
    if base:
        if urlsplit(base).scheme not in ("http", "https") or not urlsplit(base).hostname:
            mistakes.append(
                Mistake(_where(variables, "TWILIO_API_BASE"), "must be an address such as https://api.twilio.com")
            )
        carrier["api_base"] = base.rstrip("/")
    key, secret = _text(variables, "TWILIO_API_KEY"), _text(variables, "TWILIO_API_SECRET")
    if bool(key) != bool(secret):
        name = "TWILIO_API_SECRET" if key else "TWILIO_API_KEY"
        mistakes.append(Mistake(_where(variables, name), "key and secret belong together: set both or none"))
    application = _text(variables, "TWILIO_VOICE_APP")
    return carrier | {"api_key_sid": key, "api_key_secret": secret, "application_sid": application}
