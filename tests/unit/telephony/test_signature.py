"""Signature checks: the shared vectors both ways, mutations, address spellings, key rotation."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.telephony.errors import UnsafeSecret
from ivr.telephony.signature import SignatureCheck, SignatureHeaders

pytestmark = pytest.mark.unit

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data" / "signature_vectors.json").read_text(encoding="utf-8")
)
TOKEN = "0123456789abcdef0123456789abcdef"
FORM = [("CallSid", "CA1")]


def hmac_sha1(token: str, content: str) -> str:
    return base64.b64encode(hmac.new(token.encode(), content.encode(), hashlib.sha1).digest()).decode()


def is_vector_genuine(vector: dict[str, Any], signature: str, params: list[tuple[str, str]], token: str) -> bool:
    parts = urlsplit(vector["url"])
    base = f"{parts.scheme}://{parts.netloc}"
    is_shared = vector["algorithm"] == "HMAC_SHA256"
    check = SignatureCheck(base, ["unused" if is_shared else token], {"SK1": token} if is_shared else None)
    headers = SignatureHeaders(signature, "key=SK1,algorithm=HMAC_SHA256" if is_shared else None)
    if vector["body"] is not None:
        return check.is_json_genuine(parts.path, parts.query, vector["body"].encode(), headers)
    if parts.scheme in ("ws", "wss"):
        return check.is_upgrade_genuine(parts.path, headers)
    return check.is_form_genuine(parts.path, parts.query, params, headers)


def pairs(vector: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in vector["params"]]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_every_vector_is_genuine(vector: dict[str, Any]) -> None:
    assert is_vector_genuine(vector, vector["signature"], pairs(vector), vector["auth_token"])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_no_changed_vector_is_genuine(vector: dict[str, Any]) -> None:
    signature, params, token = vector["signature"], pairs(vector), vector["auth_token"]
    wrong = [signature[:-2], signature + "=", signature.lower(), "", " " + signature, signature[::-1], "ü" * 28]
    assert not any(is_vector_genuine(vector, changed, params, token) for changed in wrong)
    assert not is_vector_genuine(vector, signature, params, token + "x")
    assert not is_vector_genuine({**vector, "url": vector["url"] + "x"}, signature, params, token)
    if params:
        assert not is_vector_genuine(vector, signature, params[1:], token)
        assert not is_vector_genuine(vector, signature, [*params, ("X", "")], token)
    if vector["body"] is not None:
        assert not is_vector_genuine({**vector, "body": vector["body"] + " "}, signature, params, token)


def test_the_order_of_parameters_does_not_matter() -> None:
    vector = next(vector for vector in VECTORS if vector["name"] == "inbound-voice-post")
    assert is_vector_genuine(vector, vector["signature"], pairs(vector)[::-1], vector["auth_token"])


@pytest.mark.parametrize("tokens", [[], [""], [" "], ["good", ""]])
def test_an_empty_token_is_refused_at_construction(tokens: list[str]) -> None:
    with pytest.raises(UnsafeSecret):
        SignatureCheck("https://ivr.example.com", tokens)


def test_an_empty_shared_key_is_refused_at_construction() -> None:
    with pytest.raises(UnsafeSecret):
        SignatureCheck("https://ivr.example.com", [TOKEN], {"SK1": ""})


@pytest.mark.parametrize("url", ["", "ivr.example.com", "ftp://h", "https://", "https://h?x=1", "https://h#x"])
def test_an_address_that_is_none_is_refused_at_construction(url: str) -> None:
    with pytest.raises(ValueError, match="public address"):
        SignatureCheck(url, [TOKEN])


@pytest.mark.parametrize("signature", [None, "", "x" * 300])
def test_a_missing_or_giant_header_is_no_signature(signature: str | None) -> None:
    check = SignatureCheck("https://ivr.example.com", [TOKEN])
    assert not check.is_form_genuine("/v", "", FORM, SignatureHeaders(signature))
    assert not check.is_json_genuine("/v", "", b"{}", SignatureHeaders(signature))
    assert not check.is_upgrade_genuine("/v", SignatureHeaders(signature))


def test_both_tokens_are_good_during_a_rotation() -> None:
    check = SignatureCheck("https://ivr.example.com", ["new", "old"])
    for token in ("new", "old"):
        signature = hmac_sha1(token, "https://ivr.example.com/vCallSidCA1")
        assert check.is_form_genuine("/v", "", FORM, SignatureHeaders(signature))


@pytest.mark.parametrize(
    ("public", "signed", "is_genuine"),
    [
        ("https://h", "https://h/v", True),
        ("https://h", "https://h:443/v", True),
        ("https://h", "http://h/v", False),
        ("https://h", "https://h:8443/v", False),
        ("https://h:8443", "https://h/v", True),
        ("https://h:8443", "https://h:8443/v", True),
        ("https://h:8443", "https://h:443/v", False),
        ("https://user:pass@h:8443", "https://h/v", True),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]/v", True),
        ("https://h/ivr/", "https://h/ivr/v", True),
        ("http://h:8080", "http://h:8080/v", True),
        ("http://h:8080", "http://h/v", False),
        ("http://h", "http://h:80/v", True),
    ],
)
def test_addresses_are_spelled_as_the_carrier_spells_them(public: str, signed: str, is_genuine: bool) -> None:
    check = SignatureCheck(public, [TOKEN])
    headers = SignatureHeaders(hmac_sha1(TOKEN, signed + "CallSidCA1"))
    assert check.is_form_genuine("/v", "", FORM, headers) is is_genuine


@pytest.mark.parametrize("path", ["/media/c/t", "/media/c/t/"])
@pytest.mark.parametrize("signed", ["wss://h/media/c/t", "wss://h/media/c/t/", "wss://h:443/media/c/t"])
def test_an_upgrade_may_be_signed_with_or_without_a_slash(path: str, signed: str) -> None:
    headers = SignatureHeaders(hmac_sha1(TOKEN, signed))
    assert SignatureCheck("wss://h", [TOKEN]).is_upgrade_genuine(path, headers)


def test_an_upgrade_signed_as_https_is_refused() -> None:
    headers = SignatureHeaders(hmac_sha1(TOKEN, "https://h/media"))
    assert not SignatureCheck("wss://h", [TOKEN]).is_upgrade_genuine("/media", headers)


def test_percent_encoding_is_left_as_it_came() -> None:
    check = SignatureCheck("https://h", [TOKEN])
    headers = SignatureHeaders(hmac_sha1(TOKEN, "https://h/a%2Fb%20c?x=%2B1&y="))
    assert check.is_form_genuine("/a%2Fb%20c", "x=%2B1&y=", [], headers)
    assert not check.is_form_genuine("/a/b c", "x=+1&y=", [], headers)


@pytest.mark.parametrize(
    "settings",
    [
        "key=SK2,algorithm=HMAC_SHA256",
        "key=SK1,algorithm=HMAC_MD5",
        "key=SK1",
        "algorithm=HMAC_SHA1",
        "algorithm=",
        "x" * 300,
        ",,,=",
    ],
)
def test_other_signature_settings_do_not_open_the_door(settings: str) -> None:
    check = SignatureCheck("https://ivr.example.com", ["token"], {"SK1": "shared-key-secret"})
    genuine = next(vector for vector in VECTORS if vector["name"] == "sha256-sharedkey")
    headers = SignatureHeaders(genuine["signature"], settings)
    assert not check.is_form_genuine("/voice", "", pairs(genuine), headers)


def test_a_shared_key_without_its_name_is_tried() -> None:
    check = SignatureCheck("https://ivr.example.com", ["token"], {"SK1": "shared-key-secret"})
    genuine = next(vector for vector in VECTORS if vector["name"] == "sha256-sharedkey")
    headers = SignatureHeaders(genuine["signature"], "algorithm=HMAC_SHA256")
    assert check.is_form_genuine("/voice", "", pairs(genuine), headers)


@pytest.mark.parametrize("query", ["", "bodySHA256=", "bodySHA256=00", "bodySHA256=é"])
def test_a_json_body_without_its_hash_is_refused_though_signed(query: str) -> None:
    check = SignatureCheck("https://h", [TOKEN])
    headers = SignatureHeaders(hmac_sha1(TOKEN, f"https://h/e?{query}" if query else "https://h/e"))
    assert not check.is_json_genuine("/e", query, b"{}", headers)


def test_a_doubled_body_hash_is_refused() -> None:
    digest = hashlib.sha256(b"{}").hexdigest()
    query = f"bodySHA256={digest}&bodySHA256={digest}"
    headers = SignatureHeaders(hmac_sha1(TOKEN, f"https://h/e?{query}"))
    assert not SignatureCheck("https://h", [TOKEN]).is_json_genuine("/e", query, b"{}", headers)


@given(
    st.text(st.characters()),
    st.text(st.characters()),
    st.lists(st.tuples(st.text(st.characters()), st.text())),
    st.text(),
)
def test_random_requests_are_never_genuine_and_never_raise(
    path: str, query: str, form: list[tuple[str, str]], signature: str
) -> None:
    check = SignatureCheck("https://ivr.example.com", [TOKEN], {"SK1": "x"})
    headers = SignatureHeaders(signature, query)
    assert not check.is_form_genuine(path, query, form, headers)
    assert not check.is_json_genuine(path, query, signature.encode(), headers)
    assert not check.is_upgrade_genuine(path, headers)
