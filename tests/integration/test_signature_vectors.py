"""Our signature check agrees with the carrier's own validator, on the vectors and on generated requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from ivr.telephony.signature import SignatureCheck, SignatureHeaders

pytestmark = pytest.mark.integration

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "signature_vectors.json").read_text(encoding="utf-8")
)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_official_validator_signs_the_vector_alike(vector: dict[str, Any]) -> None:
    params: MultiDict[str, str] = MultiDict((name, value) for name, value in vector["params"])
    signed = RequestValidator(vector["auth_token"]).compute_signature(
        vector["signed_url"], params, algorithm=vector["algorithm"]
    )
    assert signed == vector["signature"]


@settings(max_examples=200)
@given(
    st.sampled_from(["https://ivr.example.com", "https://ivr.example.com:8443", "http://127.0.0.1:5000"]),
    st.from_regex(r"(/[a-z0-9%_\-]{1,10}){1,3}", fullmatch=True),
    st.from_regex(r"([a-z]{1,5}=[a-zA-Z0-9%+]{0,5}(&|$)){0,3}", fullmatch=True),
    st.lists(st.tuples(NAMES, VALUES), max_size=8),
)
def test_what_the_official_validator_signs_is_genuine(
    base: str, path: str, query: str, form: list[tuple[str, str]]
) -> None:
    query = query.rstrip("\n")
    url = f"{base}{path}?{query}" if query else f"{base}{path}"
    signature = RequestValidator("token").compute_signature(url, MultiDict(form))
    check = SignatureCheck(base, ["token"])
    assert check.is_form_genuine(path, query, form, SignatureHeaders(signature))
    assert not check.is_form_genuine(path + "x", query, form, SignatureHeaders(signature))
    assert urlsplit(url).path == path
