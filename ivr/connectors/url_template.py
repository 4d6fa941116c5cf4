"""Addresses of HTTP connectors: a fixed host, and arguments that can never leave their place in path or query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_PLACE = re.compile(r"\{([a-z][a-z0-9_]{0,63})\}")
_HOST = re.compile(r"[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\]")
_VISIBLE = re.compile(r"[\x21-\x7e]+")


class BadTemplate(ValueError):
    """The template cannot be used; the message says why."""


class BadPath(ValueError):
    """The arguments would make a path such as `..`."""


@dataclass(frozen=True, slots=True)
class UrlTemplate:
    """`https://host/orders/{number}`, taken apart."""

    scheme: str
    host: str
    """Lower case, without brackets."""
    port: int
    rest: str
    """Path and query, with places."""

    @classmethod
    def parse(cls, text: str) -> UrlTemplate:
        """Reads a template. `BadTemplate` when a place could change host, port or scheme."""
        if not _VISIBLE.fullmatch(text):
            raise BadTemplate("url must be printable ASCII without spaces")
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise BadTemplate("url cannot be read") from None
        if parts.scheme not in {"http", "https"}:
            raise BadTemplate("url must begin with https://")
        if "@" in parts.netloc or parts.fragment or "\\" in text:
            raise BadTemplate("url must not hold a user, a fragment or a backslash")
        netloc = parts.netloc.lower()
        host = netloc.rsplit(":", 1)[0] if port is not None else netloc
        if not _HOST.fullmatch(host):
            raise BadTemplate("url needs a plain host name; arguments belong after it")
        rest = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if "{" in _PLACE.sub("", rest) or "}" in _PLACE.sub("", rest):
            raise BadTemplate("arguments are written as {name}")
        return cls(parts.scheme, host.strip("[]"), port or (443 if parts.scheme == "https" else 80), rest)

    @property
    def arguments(self) -> tuple[str, ...]:
        """Argument names in order of appearance."""
        return tuple(dict.fromkeys(_PLACE.findall(self.rest)))

    def fill(self, arguments: Mapping[str, str]) -> str:
        """Path and query with every argument percent-encoded. `BadPath` for dot segments."""
        filled = _PLACE.sub(lambda place: quote(arguments[place[1]], safe="", errors="replace"), self.rest)
        path = filled.partition("?")[0]
        if any(segment in {".", ".."} for segment in path.split("/")):
            raise BadPath("dot segment")
        return filled
