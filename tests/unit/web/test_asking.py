from __future__ import annotations

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from ivr.web.asking import device_of, is_from_here, own_path, source_of

pytestmark = pytest.mark.unit

PUBLIC = "https://calls.example.com:8443"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36"


def request(method: str = "POST", address: str = "198.51.100.7", **headers: str) -> Request:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    builder = EnvironBuilder(
        method=method, base_url="https://calls.example.com", headers=names, environ_base={"REMOTE_ADDR": address}
    )
    return Request(builder.get_environ())


@pytest.mark.parametrize("way", ["/callbacks", "/callbacks?bucket=now&find=a%20b", "/accounts"])
def test_own_pages_are_ways_back(way: str) -> None:
    assert own_path(way) == way


@pytest.mark.parametrize("way", ["", "/", "/?next=/x", "/sign-in", "callbacks", "//x", "/\\x", "/ x", "http://x/"])
def test_other_addresses_are_none(way: str) -> None:
    assert own_path(way) == ""


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({}, True),
        ({"Sec_Fetch_Site": "same-origin"}, True),
        ({"Sec_Fetch_Site": "none"}, True),
        ({"Sec_Fetch_Site": "same-site"}, False),
        ({"Sec_Fetch_Site": "cross-site", "Origin": "https://calls.example.com"}, False),
        ({"Origin": "https://calls.example.com"}, True),
        ({"Origin": PUBLIC}, True),
        ({"Origin": "https://calls.example.com.evil.example"}, False),
        ({"Origin": "https://evil.example/calls.example.com"}, False),
        ({"Origin": "null"}, False),
    ],
)
def test_where_a_form_comes_from(headers: dict[str, str], is_ours: bool) -> None:
    assert is_from_here(request(**headers), PUBLIC) is is_ours
    assert is_from_here(request("GET", **headers), PUBLIC)


@pytest.mark.parametrize(
    ("address", "forwarded", "source"),
    [
        ("198.51.100.7", None, "198.51.100.7"),
        ("198.51.100.7", "1.2.3.4", "198.51.100.7"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("127.0.0.1", "9.9.9.9, 1.2.3.4", "1.2.3.4"),
        ("127.0.0.1", "nonsense", "unknown"),
        ("", None, "unknown"),
        ("2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", None, "198.51.100.7"),
    ],
)
def test_the_address_that_is_counted(address: str, forwarded: str | None, source: str) -> None:
    headers = {} if forwarded is None else {"X_Forwarded_For": forwarded}
    assert source_of(request(address=address, **headers), ("127.0.0.1", "::1")) == source


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (CHROME, "Chrome on Linux"),
        ("Firefox/140.0", "Firefox"),
        ("<script>", "Another browser"),
        ("", "Another browser"),
    ],
)
def test_a_browser_is_named_from_closed_lists(agent: str, device: str) -> None:
    assert device_of(request(User_Agent=agent)) == device
