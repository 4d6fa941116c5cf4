"""`ivr flows check`: problems on standard output as `file:line: node: …`, the sum on standard error."""

from __future__ import annotations

import pytest

from ivr.commands.common import guarded
from ivr.commands.flows import check_flows
from tests.unit.commands.conftest import FLOW, Place

pytestmark = pytest.mark.unit

Out = pytest.CaptureFixture[str]
SECOND = FLOW.replace("flow: shop", "flow: second").replace("+15005550006", "+15005550007")
NOWHERE = "5: flow: `start` leads to `nowhere`, which is no node; add it or name another"


def test_good_flows_are_counted(place: Place, capsys: Out) -> None:
    assert check_flows(None) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "1 flow(s), 3 nodes, 0 problem(s)\n")


def test_a_folder_can_be_named(place: Place, capsys: Out) -> None:
    place.write("elsewhere/shop.yaml", FLOW)
    place.write("elsewhere/second.yaml", SECOND)
    assert check_flows(place.folder / "elsewhere") == 0
    assert capsys.readouterr().err == "2 flow(s), 6 nodes, 0 problem(s)\n"


def test_problems_can_be_jumped_to(place: Place, capsys: Out) -> None:
    place.write("call_flows/shop.yaml", FLOW.replace("then: find}", "then: nowhere}"))
    assert check_flows(None) == 1
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "call_flows/shop.yaml:9: welcome: `then` leads to `nowhere`, which is no node; add it or name another",
        "call_flows/shop.yaml:9: welcome: from here the call can never end; lead to a node with `hang_up`",
        "call_flows/shop.yaml:11: find: no caller can ever come here; lead to it from somewhere, or remove it",
    ]
    assert told.err == "1 flow(s), 3 nodes, 3 problem(s)\n"


def test_one_file_can_be_checked_alone(place: Place, capsys: Out) -> None:
    place.write("call_flows/second.yaml", SECOND.replace("then: find}", "then: nowhere}"))
    place.write("call_flows/intents/odd.en.yaml", "nonsense: true\n")
    assert check_flows(place.flows / "shop.yaml") == 0
    assert capsys.readouterr().err == "1 flow(s), 3 nodes, 0 problem(s)\n"
    assert check_flows(place.flows / "second.yaml") == 1
    assert capsys.readouterr().out.startswith("call_flows/second.yaml:9: welcome: `then` leads to `nowhere`")


@pytest.mark.parametrize("kind", ["intents", "knowledge"])
def test_mistakes_in_intents_and_knowledge_are_told_with_their_line(kind: str, place: Place, capsys: Out) -> None:
    place.write(f"call_flows/{kind}/retail.en.yaml", "nonsense: true\n")
    assert check_flows(None) == 1
    assert f"call_flows/{kind}/retail.en.yaml:1: {kind}: " in capsys.readouterr().out


def test_a_mistake_in_the_connectors_hides_no_other(place: Place, capsys: Out) -> None:
    place.write("config/connectors.yaml", "connectors:\n  orders: {kind: paper}\n")
    place.write("call_flows/shop.yaml", FLOW.replace("then: find}", "then: nowhere}"))
    assert check_flows(None) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("config/connectors.yaml:2")
    assert any(line.startswith("call_flows/shop.yaml:9: welcome: `then`") for line in lines)


def test_an_operation_that_is_not_there_is_a_problem(place: Place, capsys: Out) -> None:
    place.write("call_flows/shop.yaml", FLOW.replace("orders.find", "orders.lose"))
    assert guarded(lambda: check_flows(None)) == 1
    assert "there is no operation `orders.lose`; config/connectors.yaml has orders.find" in capsys.readouterr().out


def test_a_folder_that_is_not_there_has_no_flows(place: Place, capsys: Out) -> None:
    assert guarded(lambda: check_flows(place.folder / "missing")) == 1
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 1
