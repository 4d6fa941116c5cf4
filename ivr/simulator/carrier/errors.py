"""What can go wrong inside the carrier.

CarrierError
├── DocumentFailed   a webhook or its TwiML cannot be used -> fallback URL, else the call ends
├── StreamRefused    a media socket could not be opened -> the next verb runs
├── RequestRefused   a REST request is answered with an error body
└── UnknownNumber    `place_call` to a number the account does not own
"""

from __future__ import annotations


class CarrierError(Exception):
    """Base of all errors raised here."""


class DocumentFailed(CarrierError):
    """A document could not be fetched, parsed or run."""

    def __init__(self, code: int, url: str, reason: str) -> None:
        """`code` is from the carrier's error dictionary (11200, 12100, …)."""
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.url = url
        self.reason = reason


class StreamRefused(CarrierError):
    """A media socket could not be opened."""

    def __init__(self, code: int, reason: str) -> None:
        """`code` is one of 319xx (media_streams.md section 5)."""
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class RequestRefused(CarrierError):
    """A REST request that gets an error body (rest.md section 6)."""

    def __init__(self, status: int, code: int, message: str) -> None:
        """`status` is the HTTP status, `code` the carrier's own."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class UnknownNumber(CarrierError):
    """The dialled number belongs to nobody here."""
