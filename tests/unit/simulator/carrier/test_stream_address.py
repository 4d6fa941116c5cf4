import pytest

from ivr.simulator.carrier.documents import Document
from ivr.simulator.carrier.errors import StreamRefused
from ivr.simulator.carrier.stream_address import stream_address

pytestmark = pytest.mark.unit

DOCUMENT = Document("https://app.example.com/voice/incoming", ())


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("wss://m.example.com/media/1", "wss://m.example.com/media/1"),
        ("/media/1", "wss://app.example.com/media/1"),
        ("media", "wss://app.example.com/voice/media"),
    ],
)
def test_usable_addresses(url: str, wanted: str) -> None:
    assert stream_address(DOCUMENT, url, allow_ws_on_loopback=False) == wanted


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ws://m.example.com/media", 31922),
        ("https://m.example.com/media", 31922),
        ("wss://m.example.com/media?token=1", 31923),
        ("wss:///media", 31923),
        ("wss://m.example.com:port/media", 31923),
        ("wss://[bad/media", 31923),
        ("", 31923),
    ],
)
def test_refused_addresses(url: str, code: int) -> None:
    with pytest.raises(StreamRefused) as caught:
        stream_address(DOCUMENT, url, allow_ws_on_loopback=True)
    assert caught.value.code == code


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "localhost:9000", "[::1]:9000"])
def test_plain_sockets_need_loopback_and_the_flag(host: str) -> None:
    assert stream_address(DOCUMENT, f"ws://{host}/m", allow_ws_on_loopback=True) == f"ws://{host}/m"
    with pytest.raises(StreamRefused):
        stream_address(DOCUMENT, f"ws://{host}/m", allow_ws_on_loopback=False)
