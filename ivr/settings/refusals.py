"""Reasons not to start: settings that would let strangers in, dial through a toy, or lose promises."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.settings.model import DEVELOPMENT_KEY, LOOPBACK_HOSTS, Settings

MIN_KEY_LENGTH = 32


def refusals(settings: Settings, storage_problems: Sequence[str] = ()) -> list[str]:
    """What has to be mended before a start; empty when nothing. Each is one sentence with its remedy.

    Args:
        settings: The settings as read.
        storage_problems: What the storage's own safety check found, one sentence each.
    """
    found = _carrier_refusals(settings)
    found.extend(f"The database could lose promises: {problem}" for problem in storage_problems)
    if settings.is_production:
        found.extend(_production_refusals(settings))
    return found


def _carrier_refusals(settings: Settings) -> list[str]:
    found = []
    # With an empty key every signature made with an empty key is valid.
    if not settings.carrier.auth_tokens:
        found.append("TWILIO_AUTH_TOKEN is empty, so anybody could sign a webhook; set it in config/.env.")
    if not settings.carrier.account_sid:
        found.append("TWILIO_ACCOUNT_SID is empty, so strangers' webhooks would look like ours; set it in config/.env.")
    return found


def _production_refusals(settings: Settings) -> list[str]:
    found = []
    if settings.carrier.is_simulated:
        found.append(
            "TWILIO_API_BASE is not the real carrier, but this is production; "
            "remove it, or set IVR_ENVIRONMENT=development."
        )
    if settings.carrier.api_base.startswith("http://"):
        found.append("TWILIO_API_BASE is not https, so the account's token would travel in the clear; use https.")
    if not settings.public_url.startswith("https://"):
        found.append("IVR_PUBLIC_URL is not https, so callers' words would travel in the clear; use https.")
    elif settings.public_url.removeprefix("https://").split(":")[0].split("/")[0] in LOOPBACK_HOSTS:
        found.append("IVR_PUBLIC_URL is this machine itself, where no carrier can reach it; set the public address.")
    if settings.dialling.allow_fictional:
        found.append("dialling.allow_fictional would dial numbers that belong to nobody; remove it.")
    if settings.media_public_url.startswith("ws://"):
        found.append("media.public_url is not wss, so callers' voices would travel in the clear; use wss.")
    key = settings.secret_key.get_secret_value()
    if key == DEVELOPMENT_KEY or len(key) < MIN_KEY_LENGTH:
        found.append(
            f"IVR_SECRET_KEY is not set or shorter than {MIN_KEY_LENGTH} characters; "
            "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if settings.secrets_file is not None and settings.secrets_file.stat().st_mode & 0o077:
        found.append("config/.env can be read by other users of this machine; run: chmod 600 config/.env")
    return found
