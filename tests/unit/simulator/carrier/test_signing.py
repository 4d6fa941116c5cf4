import json
from pathlib import Path

import pytest

from ivr.simulator.carrier.signing import sign, signed_url, wire_url

pytestmark = pytest.mark.unit

VECTORS = json.loads((Path(__file__).parents[3] / "data" / "signature_vectors.json").read_text(encoding="utf-8"))
FORMS = [
    vector
    for vector in VECTORS
    if vector.get("algorithm") == "HMAC_SHA1"
    and vector.get("body") is None
    and len({name for name, _ in vector["params"]}) == len(vector["params"])
    and vector["url"] == vector["signed_url"]
]


@pytest.mark.parametrize("vector", FORMS, ids=lambda vector: vector["name"])
def test_signature_equals_the_published_vector(vector: dict[str, object]) -> None:
    params = dict(vector["params"])  # type: ignore[call-overload]
    assert sign(str(vector["auth_token"]), str(vector["url"]), params) == vector["signature"]


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("https://h.example.com:8443/voice", "https://h.example.com/voice"),
        ("http://h.example.com:8080/voice", "http://h.example.com:8080/voice"),
        ("wss://h.example.com:444/media", "wss://h.example.com/media"),
        ("ws://127.0.0.1:444/media", "ws://127.0.0.1:444/media"),
        ("https://user:secret@h.example.com:8443/v", "https://h.example.com/v"),
        ("https://h.example.com/v?a=%2B1&b=x#rc=2", "https://h.example.com/v?a=%2B1&b=x"),
        ("https://h.example.com", "https://h.example.com/"),
        ("https://[::1]:8443/v", "https://[::1]/v"),
    ],
)
def test_signed_url_follows_the_rules_for_port_user_and_fragment(url: str, signed: str) -> None:
    assert signed_url(url) == signed


def test_wire_url_encodes_only_what_cannot_stand_in_a_request_line() -> None:
    assert wire_url("https://h/a b/ü?q=%2b ~") == "https://h/a%20b/%C3%BC?q=%2b%20~"
