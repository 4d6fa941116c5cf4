import time

import jwt
import pytest

from ivr.telephony.access_token import AccessTokens, SigningKey
from ivr.telephony.errors import UnsafeSecret

pytestmark = pytest.mark.unit

ACCOUNT = "AC" + "0" * 32
KEY = "SK" + "1" * 32
SECRET = "0123456789abcdef0123456789abcdef"


def claims(token: str) -> dict[str, object]:
    found: dict[str, object] = jwt.decode(token, SECRET, algorithms=["HS256"])
    return found


def test_agents_token_has_the_carriers_own_form() -> None:
    token = AccessTokens(SigningKey(ACCOUNT, KEY, SECRET, "AP" + "2" * 32), ttl_secs=300).for_agent("ana")
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"}
    found = claims(token)
    assert (found["iss"], found["sub"]) == (KEY, ACCOUNT)
    assert found["grants"] == {
        "identity": "ana",
        "voice": {"incoming": {"allow": True}, "outgoing": {"application_sid": "AP" + "2" * 32}},
    }
    assert 290 < float(str(found["exp"])) - time.time() <= 300


def test_telephones_token_grants_nothing_at_the_real_carrier() -> None:
    found = claims(AccessTokens(SigningKey(ACCOUNT, KEY, SECRET)).for_telephone())
    assert found["grants"] == {"identity": "telephone", "simulator": {"telephone": True}}


@pytest.mark.parametrize("identity", ["", "two words", "a/b", "x" * 121, "änne"])
def test_identity_that_the_carrier_would_not_take_is_refused(identity: str) -> None:
    with pytest.raises(ValueError, match="name"):
        AccessTokens(SigningKey(ACCOUNT, KEY, SECRET)).for_agent(identity)


@pytest.mark.parametrize(
    "key", [SigningKey("", KEY, SECRET), SigningKey(ACCOUNT, "", SECRET), SigningKey(ACCOUNT, KEY, " ")]
)
def test_without_a_secret_no_token_is_made(key: SigningKey) -> None:
    with pytest.raises(UnsafeSecret):
        AccessTokens(key)


@pytest.mark.parametrize("ttl_secs", [0, 86_401])
def test_token_lives_a_day_at_most(ttl_secs: int) -> None:
    with pytest.raises(ValueError, match="24 hours"):
        AccessTokens(SigningKey(ACCOUNT, KEY, SECRET), ttl_secs)
