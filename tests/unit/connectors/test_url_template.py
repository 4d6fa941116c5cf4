"""Arguments never leave their place in an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.connectors.url_template import BadPath, BadTemplate, UrlTemplate

pytestmark = pytest.mark.unit


def test_a_template_is_taken_apart() -> None:
    template = UrlTemplate.parse("https://API.example.com:8443/o/{number}?lang={lang}&n={number}")
    assert (template.scheme, template.host, template.port) == ("https", "api.example.com", 8443)
    assert template.arguments == ("number", "lang")
    assert template.fill({"number": "4", "lang": "ja"}) == "/o/4?lang=ja&n=4"


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [("https://h", "h", 443), ("http://h/", "h", 80), ("http://[::1]:8/x", "::1", 8), ("https://[::1]", "::1", 443)],
)
def test_hosts_and_ports_by_default(url: str, host: str, port: int) -> None:
    template = UrlTemplate.parse(url)
    assert (template.host, template.port) == (host, port)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://h/x",
        "file:///etc/passwd",
        "//h/x",
        "https:///x",
        "https://{host}/x",
        "https://h{x}.com/",
        "https://h:{port}/",
        "https://user:pw@h/",
        "https://h@evil.com/",
        "https://h/x#part",
        "https://h\\@evil.com/",
        "https://h/ x",
        "https://h/x\r\nHost: y",
        "https://h:99999/",
        "https://[::1/",
        "https://h/{}",
        "https://h/{Number}",
        "https://h/{a",
        "https://exämple.com/",
    ],
)
def test_a_template_that_could_go_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(BadTemplate):
        UrlTemplate.parse(url)


@pytest.mark.parametrize("value", [".", ".."])
def test_dot_segments_are_refused(value: str) -> None:
    with pytest.raises(BadPath):
        UrlTemplate.parse("https://h/o/{n}/x").fill({"n": value})


def test_two_arguments_cannot_build_a_dot_segment() -> None:
    with pytest.raises(BadPath):
        UrlTemplate.parse("https://h/{a}{b}").fill({"a": ".", "b": "."})


@given(st.text())
def test_an_argument_stays_one_segment_and_one_parameter(value: str) -> None:
    template = UrlTemplate.parse("https://h/o/x{n}?q={n}")
    path, _, query = template.fill({"n": value}).partition("?")
    assert path.count("/") == 2 and query.startswith("q=")
    assert not set("&#?/\\ \r\n\x00") & set(query) and (path + query).isascii()
