import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from ivr.simulator.carrier.softphone.tokens import TokenRefused, read_token

pytestmark = pytest.mark.unit

ACCOUNT = "AC" + "0" * 32
KEY = "SK" + "1" * 32
SECRET = "0123456789abcdef0123456789abcdef"
NOW = 1_800_000_000
HEADER = {"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"}


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def jwt(header: object = None, secret: str = SECRET, **changes: Any) -> str:
    claims = {
        "iss": KEY,
        "sub": ACCOUNT,
        "nbf": NOW,
        "exp": NOW + 600,
        "grants": {"identity": "ana", "voice": {"incoming": {"allow": True}}},
        **changes,
    }
    signed = f"{part(HEADER if header is None else header)}.{part(claims)}"
    signature = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def read(text: str) -> Any:
    return read_token(text, {KEY: SECRET}, ACCOUNT, NOW + 1)


def test_token_of_the_official_library_is_read() -> None:
    grant = VoiceGrant(incoming_allow=True, outgoing_application_sid="AP1", outgoing_application_params={"desk": "1"})
    made = AccessToken(ACCOUNT, KEY, SECRET, grants=[grant], identity="ana", nbf=NOW, valid_until=NOW + 600)
    found = read(str(made.to_jwt()))
    assert (found.identity, found.may_receive, found.is_telephone) == ("ana", True, False)
    assert (found.application_sid, found.params, found.expires_at) == ("AP1", {"desk": "1"}, NOW + 600)


def test_grant_of_the_simulator_makes_a_telephone() -> None:
    found = read(jwt(grants={"identity": "page", "simulator": {"telephone": True}}))
    assert found.is_telephone and not found.may_receive


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 5000,
        "a.b",
        "a.b.c",
        "ü.ü.ü",
        jwt(secret="another secret"),
        jwt(header={"alg": "none", "typ": "JWT", "cty": "twilio-fpa;v=1"}),
        jwt(header={**HEADER, "kid": "1"}),
        jwt(iss="SK" + "9" * 32),
        jwt(iss=7),
        jwt(sub="AC" + "9" * 32),
        jwt(exp=NOW),
        jwt(exp=NOW + 25 * 3600),
        jwt(exp=None),
        jwt(exp=True),
        jwt(exp=float("inf")),
        jwt(exp=float("nan")),
        jwt(nbf=NOW + 60),
        jwt(nbf="soon"),
        jwt(grants=[]),
        jwt(grants={}),
        jwt(grants={"identity": "ana"}),
        jwt(grants={"identity": "two words", "voice": {"incoming": {"allow": True}}}),
        jwt(grants={"identity": "ana", "voice": {"incoming": {"allow": "yes"}}}),
        jwt(grants={"identity": "ana", "simulator": {"telephone": 1}}),
        jwt(grants={"identity": "ana", "voice": {"outgoing": []}}),
        jwt()[:-2],
        f"{part(HEADER)}.{part([])}.AAAA",
        f"{part(HEADER)}.{base64.urlsafe_b64encode(b'[' * 2000).decode()}.AAAA",
    ],
)
def test_token_that_is_not_in_order_is_refused(text: str) -> None:
    with pytest.raises(TokenRefused):
        read(text)


def test_empty_secret_signs_nothing() -> None:
    with pytest.raises(TokenRefused):
        read_token(jwt(secret=""), {KEY: ""}, ACCOUNT, NOW + 1)
