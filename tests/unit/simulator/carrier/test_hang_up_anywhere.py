"""Whatever runs when the caller hangs up, the call ends once, at once, and is told once."""

import asyncio
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.simulator.carrier import CallStatus
from ivr.simulator.carrier.settings import LineSettings
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.registry import VERBS
from tests.fakes.carrier_world import FALLBACK, STATUS, VOICE, Answer, NotingParty, Reply, twiml, world

pytestmark = pytest.mark.unit

EVERYTHING = twiml(
    "<Pause/>",
    "<Say>welcome</Say>",
    "<Play>/tune.ulaw</Play>",
    '<Play digits="1w2"/>',
    '<Gather timeout="1"><Say>menu</Say><Pause/></Gather>',
    '<Start><Stream url="wss://m.example.com/media"/></Start>',
    '<Record timeout="1" maxLength="2"/>',
    "<Connect><Stream url='wss://m.example.com/x'/></Connect>",
    "<Redirect>/second</Redirect>",
)
SECOND = "https://app.example.com/second"


def ended_after(milliseconds: int) -> tuple[NotingParty, list[dict[str, str]], float]:
    async def scenario() -> tuple[NotingParty, list[dict[str, str]], float]:
        party = NotingParty()
        documents: dict[str, Reply | list[Reply]] = {
            VOICE: EVERYTHING,
            SECOND: twiml('<Say>second</Say><Pause length="60"/>'),
            STATUS: "",
        }
        async with world(documents) as here:
            here.webhooks.media["https://app.example.com/tune.ulaw"] = Answer(b"\x20" * 8000, "audio/basic")
            call = await here.call(party)
            await here.after(milliseconds / 1000)
            hung_up_at = here.clock.now_ms()
            call.hang_up()
            call.hang_up()
            await call.wait_ended()
            took = here.clock.now_ms() - hung_up_at
            await here.after(1)
            return party, here.webhooks.to(STATUS), took

    return asyncio.run(scenario())


@pytest.mark.parametrize("milliseconds", range(10, 10_000, 333))
def test_hang_up_at_any_moment_ends_the_call_once_and_at_once(milliseconds: int) -> None:
    party, told, took = ended_after(milliseconds)
    assert len(party.ended) == 1
    assert [params["CallStatus"] for params in told] == [party.ended[0].value]
    assert took <= 20


names = st.sampled_from([*VERBS, "Stream", "Parameter", "Dial", "say", "Response", "x-y"])
values = st.text(alphabet='abc019:/#?*&<>"-. é', max_size=12)
attributes = st.dictionaries(
    st.sampled_from(["action", "timeout", "numDigits", "loop", "length", "url", "method", "finishOnKey", "digits"]),
    values,
    max_size=4,
)
trees = st.recursive(
    st.builds(Node, names, attributes, st.just(()), values),
    lambda inner: st.builds(Node, names, attributes, st.lists(inner, max_size=3).map(tuple), values),
    max_leaves=8,
)


def _run(verbs: list[Node]) -> NotingParty:
    async def scenario() -> NotingParty:
        party = NotingParty()
        document = twiml(*(_written(verb) for verb in verbs))
        replies: dict[str, Reply | list[Reply]] = {VOICE: document, FALLBACK: twiml(), STATUS: ""}
        async with world(replies, LineSettings(max_documents=3)) as here:
            call = await here.call(party)
            await here.after(30)
            call.hang_up()
            await call.wait_ended()
        return party

    return asyncio.run(scenario())


def _written(node: Node) -> str:
    pairs = "".join(f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    inside = "".join(_written(child) for child in node.children)
    return f"<{node.name}{pairs}>{escape(node.text)}{inside}</{node.name}>"


@given(st.lists(trees, max_size=5))
@settings(max_examples=25, deadline=None)
def test_any_document_leads_to_one_end(verbs: list[Node]) -> None:
    party = _run(verbs)
    assert len(party.ended) == 1
    assert party.ended[0] is not CallStatus.FAILED
