"""The carrier's identifiers and dates, as they are written on the wire (rest.md section 1)."""

from __future__ import annotations

import secrets
from datetime import datetime
from email.utils import format_datetime


def new_sid(prefix: str) -> str:
    """Two letters and 32 lower-case hexadecimal digits, such as `CA…` for a call."""
    return prefix + secrets.token_hex(16)


def rfc2822(at: datetime) -> str:
    """`Fri, 20 Aug 2010 01:13:42 +0000`: the form of webhooks and REST resources."""
    return format_datetime(at)


def iso8601(at: datetime) -> str:
    """`2010-08-20T01:13:42.123456Z`: the form of stream callbacks."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
