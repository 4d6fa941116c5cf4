"""Which addresses may be asked, in every spelling (T7)."""

from __future__ import annotations

import pytest

from ivr.connectors.addresses import is_fit, resolve
from ivr.connectors.source import SourceFailed

pytestmark = pytest.mark.unit

NEVER = [
    "0.0.0.0",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "240.0.0.1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "fec0::1",
    "::ffff:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "2002:a9fe:a9fe::1",
    "2001:db8::1",
    "not an address",
    "",
]
PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::127.0.0.1",
    "2002:7f00:1::1",
]
PUBLIC = ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_never_fit(address: str) -> None:
    assert not is_fit(address, allow_private=False)
    assert not is_fit(address, allow_private=True)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_fit_only_when_allowed(address: str) -> None:
    assert not is_fit(address, allow_private=False)
    assert is_fit(address, allow_private=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_fit(address: str) -> None:
    assert is_fit(address, allow_private=False)


SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0",
    "0.0.0.0",
    "0x0",
    "169.254.43518",
    "0xa9fea9fe",
    "10.1",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "0:0:0:0:0:0:0:1",
    "::127.0.0.1",
    "fe80::1",
    "localhost",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_every_spelling_of_an_inner_address_is_refused(host: str) -> None:
    with pytest.raises(SourceFailed) as refused:
        resolve(host, 443, allow_private=False)
    assert refused.value.reason in {"address_refused", "unknown_host"}


def test_a_name_with_one_unfit_address_is_refused() -> None:
    with pytest.raises(SourceFailed, match="address_refused"):
        resolve("h", 443, allow_private=False, resolver=lambda host, port: ["8.8.8.8", "127.0.0.1"])


def test_a_name_is_resolved_once_and_that_address_used() -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    assert resolve("h", 443, allow_private=False, resolver=lambda host, port: next(answers)) == "8.8.8.8"
    assert next(answers) == ["127.0.0.1"]


def test_a_name_nobody_knows_is_a_failure() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError(-2, "unknown")

    with pytest.raises(SourceFailed, match="unknown_host"):
        resolve("h", 443, allow_private=False, resolver=unknown)
    with pytest.raises(SourceFailed, match="unknown_host"):
        resolve("h", 443, allow_private=False, resolver=lambda host, port: [])
    with pytest.raises(SourceFailed, match="unknown_host"):
        resolve("a" * 70 + ".example", 443, allow_private=False)
