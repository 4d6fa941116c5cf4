import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.twiml_parse import Node, parse_twiml

pytestmark = pytest.mark.unit


def test_verbs_attributes_children_and_text_are_read() -> None:
    body = (
        b'<?xml version="1.0" encoding="UTF-8"?><Response><!-- note --><Gather timeout="3"><Say>\n Hi\n  you </Say>'
        b'</Gather><Redirect method="GET">/next?a=1&amp;b=2</Redirect></Response>'
    )
    assert parse_twiml(body, "u") == (
        Node("Gather", {"timeout": "3"}, (Node("Say", {}, (), "Hi you"),), "Hi you"),
        Node("Redirect", {"method": "GET"}, (), "/next?a=1&b=2"),
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"\x00", 12100),
        (b"<?xml version='1.0' encoding='no-such'?><Response/>", 12100),
        (b"<Response>\x08</Response>", 12100),
        (b"<Response>\xff</Response>", 12100),
        (b"<!DOCTYPE Response><Response/>", 12100),
        (b"<a:Response xmlns:a='x'/>", 12102),
    ],
)
def test_unusable_documents_are_refused(body: bytes, code: int) -> None:
    with pytest.raises(DocumentFailed) as caught:
        parse_twiml(body, "u")
    assert (caught.value.code, caught.value.url) == (code, "u")


def test_processing_instructions_inside_are_ignored() -> None:
    assert parse_twiml(b"<Response><?php x ?><Hangup/></Response>", "u") == (Node("Hangup"),)


@given(st.binary(max_size=200) | st.text(alphabet="<>/R&;espon!['\" x", max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        parse_twiml(body, "u")
    except DocumentFailed as failed:
        assert failed.code in (12100, 12102)
