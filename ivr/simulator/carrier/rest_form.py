"""Reading the forms that REST requests carry, and writing its answers; raises `RequestRefused` for what cannot be."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import orjson
from aiohttp import web
from multidict import MultiDictProxy

from ivr.simulator.carrier.errors import RequestRefused

Form = MultiDictProxy[str | bytes | bytearray | web.FileField]
NUMBER = re.compile(r"(\+[1-9][0-9]{3,14}|client:[^\s]{1,256}|sip:[^\s]{1,256})")


def json_answer(body: dict[str, object], status: int = 200) -> web.Response:
    """A resource or a list of them."""
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def not_found(request: web.Request) -> RequestRefused:
    """404 with 20404."""
    return RequestRefused(404, 20404, f"The requested resource {request.path} was not found")


def text(form: Form, name: str) -> str:
    """One value without surrounding spaces; empty when it is missing."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def texts(form: Form, name: str) -> list[str]:
    """All values of a repeated name."""
    return [value for value in form.getall(name, []) if isinstance(value, str)]


def flag(form: Form, name: str, default: bool = False) -> bool:
    """`true` is true, any other value is false."""
    value = text(form, name)
    return value == "true" if value else default


def address(form: Form, name: str) -> str:
    """An absolute http address or nothing; 21205 otherwise."""
    url = text(form, name)
    try:
        is_usable = not url or (urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname))
    except ValueError:
        is_usable = False
    if not is_usable:
        raise RequestRefused(400, 21205, f"{name} is not a valid URL")
    return url


def method(form: Form, name: str, default: str = "POST") -> str:
    """GET or POST; 21209 otherwise."""
    found = text(form, name).upper() or default
    if found not in ("GET", "POST"):
        raise RequestRefused(400, 21209, f"{name} must be GET or POST")
    return found


def whole(form: Form, name: str, default: int, bounds: tuple[int, int], code: int = 20001) -> int:
    """A whole number within `bounds` (both included); `code` otherwise."""
    found = text(form, name)
    if not found:
        return default
    if not (found.isascii() and found.isdigit() and len(found) < 12 and bounds[0] <= int(found) <= bounds[1]):
        raise RequestRefused(400, code, f"{name} is not a number in its range")
    return int(found)
