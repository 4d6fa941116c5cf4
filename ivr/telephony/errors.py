"""Errors of the carrier's edge. No message ever holds a value that came from outside.

TelephonyError
├── MalformedMessage     a Media Streams message that cannot be read
├── BadWebhook           a webhook whose form breaks its schema
├── UnsafeSecret         a signing secret that would let anybody in
└── CarrierError         the carrier's REST interface failed
"""

from __future__ import annotations

from ivr.core.errors import DenwabanError


class TelephonyError(DenwabanError):
    """Anything that goes wrong between the carrier and the runtime."""


class MalformedMessage(TelephonyError):
    """A Media Streams message that cannot be read. Counted; the call goes on."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadWebhook(TelephonyError):
    """A webhook whose form breaks its schema (answered with 400)."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        """A parameter name of ours, or `form` for the form as a whole."""
        self.problem = problem


class UnsafeSecret(TelephonyError, ValueError):
    """No signing secret, or an empty one: everything would count as signed."""


class CarrierError(TelephonyError):
    """The carrier's REST interface refused or could not be reached."""

    def __init__(self, operation: str, *, retryable: bool, status: int | None = None, code: int | None = None) -> None:
        super().__init__(f"{operation} failed (status {status}, code {code})")
        self.operation = operation
        self.retryable = retryable
        self.status = status
        """HTTP status, None when there was no answer."""
        self.code = code
        """The carrier's error code."""
