"""Downloads one large file so that a cut line costs only what was not there yet.

What has arrived lies in `name.zip.part`; the address and the validator it belongs to (ETag or Last-Modified,
RFC 9110 section 13.1.5) in `name.zip.state`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import structlog

from speech.models.errors import ModelError

_log = structlog.get_logger(__name__)

Progress = Callable[[int, int], None]
"""Bytes there, bytes in all (0 when unknown)."""

_LONGEST_UNKNOWN_BYTES = 6 * 1024**3
_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class DownloadPlan:
    """What to fetch, and how patiently."""

    url: str
    part: Path
    expected_bytes: int = 0
    """0 when unknown."""
    attempts: int = 6
    """In a row without a single new byte."""
    connect_secs: float = 15.0
    read_secs: float = 30.0


class _Cut(Exception):
    """The line broke, or the server is busy: worth another try."""


def download(plan: DownloadPlan, progress: Progress, sleep: Callable[[float], None] = time.sleep) -> None:
    """Brings `plan.part` to the whole file, going on from what is there. Raises `ModelError`."""
    plan.part.parent.mkdir(parents=True, exist_ok=True)
    in_vain = 0
    limits = httpx.Timeout(plan.read_secs, connect=plan.connect_secs)
    with httpx.Client(timeout=limits, follow_redirects=True, max_redirects=_REDIRECTS) as client:
        while True:
            before = _size(plan.part)
            try:
                _fetch(client, plan, progress)
                return
            except (_Cut, httpx.TransportError) as cut:
                in_vain = 0 if _size(plan.part) > before else in_vain + 1
                if in_vain >= plan.attempts:
                    raise ModelError(
                        "The download does not get on; run the command again later, it goes on where it stopped.",
                        is_retryable=True,
                    ) from cut
                _log.info("download interrupted", bytes_there=_size(plan.part), in_vain=in_vain)
                sleep(min(30.0, 0.5 * 2**in_vain))
            except httpx.TooManyRedirects as lost:
                raise ModelError("The server sends the download in circles.") from lost
            except (httpx.InvalidURL, httpx.UnsupportedProtocol) as wrong:
                raise ModelError("That is not an address to download from.") from wrong


def forget(part: Path) -> None:
    """Removes a part and its state, so that the next download begins anew."""
    for path in (part, _state_path(part)):
        with suppress(OSError):
            path.unlink()


def _fetch(client: httpx.Client, plan: DownloadPlan, progress: Progress) -> None:
    """One request, from where the part ends."""
    have = _size(plan.part)
    if plan.expected_bytes and have == plan.expected_bytes:
        return
    if plan.expected_bytes and have > plan.expected_bytes:
        forget(plan.part)
        have = 0
    headers = {"Accept-Encoding": "identity"}
    validator = _validator(plan)
    if have and validator:
        headers |= {"Range": f"bytes={have}-", "If-Range": validator}
    with client.stream("GET", plan.url, headers=headers) as response:
        _check_address(plan.url, response)
        match response.status_code:
            case 206 if _range_start(response) == have:
                total = have + _length(response)
            case 200:
                have, total = 0, _length(response)
            case 206 | 416:
                forget(plan.part)
                raise _Cut
            case 408 | 425 | 429 | 500 | 502 | 503 | 504:
                raise _Cut
            case status:
                raise ModelError(f"The server answered {status} instead of the file.")
        _check_total(plan, total)
        _write_state(plan, response)
        _receive(response, plan, have, total, progress)


def _receive(response: httpx.Response, plan: DownloadPlan, have: int, total: int, progress: Progress) -> None:
    ceiling = plan.expected_bytes or total or _LONGEST_UNKNOWN_BYTES
    progress(have, total)
    with plan.part.open("ab" if have else "wb") as sink:
        # As it comes: chunks of a size of our own would be lost, half full, when the line breaks.
        for chunk in response.iter_raw():
            have += len(chunk)
            if have > ceiling:
                raise ModelError("The server sends more than the file has: this is not the file that was meant.")
            sink.write(chunk)
            progress(have, total)
    if total and have < total:
        raise _Cut


def _check_total(plan: DownloadPlan, total: int) -> None:
    if plan.expected_bytes and total and total != plan.expected_bytes:
        raise ModelError(
            f"The file there has {total} bytes, but {plan.expected_bytes} are on record: it is another file."
        )
    if total > _LONGEST_UNKNOWN_BYTES:
        raise ModelError("The file is larger than any model.")


def _check_address(asked: str, response: httpx.Response) -> None:
    """A secure address must not lead to an insecure one."""
    hops = [*response.history, response]
    if urlsplit(asked).scheme == "https" and any(hop.url.scheme != "https" for hop in hops):
        raise ModelError("The server leads from a secure address to an insecure one.")


def _length(response: httpx.Response) -> int:
    text = response.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _range_start(response: httpx.Response) -> int:
    """Of `bytes 100-199/200`; -1 for anything else."""
    unit, _, rest = response.headers.get("content-range", "").partition(" ")
    start = rest.partition("-")[0]
    return int(start) if unit == "bytes" and start.isascii() and start.isdigit() and len(start) < 16 else -1


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _state_path(part: Path) -> Path:
    return part.with_suffix(".state")


def _validator(plan: DownloadPlan) -> str:
    """What the part on disk may be continued by; empty when it belongs to another address or is unknown."""
    try:
        state = json.loads(_state_path(plan.part).read_text(encoding="utf-8"))
        return str(state["validator"]) if state["url"] == plan.url else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _write_state(plan: DownloadPlan, response: httpx.Response) -> None:
    """A weak ETag cannot guard a range, so the date stands in."""
    etag = response.headers.get("etag", "")
    validator = etag if etag and not etag.startswith("W/") else response.headers.get("last-modified", "")
    _state_path(plan.part).write_text(json.dumps({"url": plan.url, "validator": validator}), encoding="utf-8")
