"""All flows of a folder: a bad change is not taken, and a call keeps its version."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.flows.book import FlowBook, fixed_texts
from ivr.flows.problems import FlowInvalid
from tests.unit.flows.sample import GOOD, loaded

pytestmark = pytest.mark.unit

HOURS = 'desk: {time_zone: America/New_York, weekly: {mon: "09:00-18:00"}, text: {en: on Mondays}}\n'
OPERATIONS = {"orders.find": ("number",)}


def folder(tmp_path: Path) -> Path:
    flows = tmp_path / "call_flows"
    for kind in ("intents", "knowledge"):
        (flows / kind).mkdir(parents=True)
    for language in ("en", "ja"):
        intents = "intents:\n  order_status: {title: an order, examples: [where]}\n  other: {examples: [x]}\n"
        (flows / "intents" / f"retail.{language}.yaml").write_text(intents, encoding="utf-8")
        (flows / "knowledge" / f"retail.{language}.yaml").write_text("entries: []\n", encoding="utf-8")
    (flows / "shop.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "hours.yaml").write_text(HOURS, encoding="utf-8")
    return flows


def book(tmp_path: Path) -> FlowBook:
    return FlowBook(tmp_path / "call_flows", tmp_path / "hours.yaml", OPERATIONS)


def change(path: Path, text: str) -> None:
    """A later version of a file, whatever the clock's grain."""
    path.write_text(text, encoding="utf-8")
    at = path.stat().st_mtime_ns + 10**9
    os.utime(path, ns=(at, at))


def test_a_folder_is_loaded(tmp_path: Path) -> None:
    folder(tmp_path)
    assert list(book(tmp_path).flows) == ["shop"]


BARE = "flow: a\ntitle: A\nlanguages: [en]\neverywhere: {agent: b}\nstart: b\nnodes: {b: {hang_up: {prompt: Bye.}}}\n"


def test_a_flow_that_is_alone_answers_every_number(tmp_path: Path) -> None:
    folder(tmp_path)
    flow = book(tmp_path).for_number("+19999999999")
    assert flow is not None
    assert flow.name == "shop"


def test_the_local_time_is_that_of_the_first_schedule(tmp_path: Path) -> None:
    folder(tmp_path)
    assert str(book(tmp_path).local_now().tzinfo) == "America/New_York"


def test_a_dialled_number_finds_its_flow(tmp_path: Path) -> None:
    (folder(tmp_path) / "bare.yaml").write_text(BARE, encoding="utf-8")
    known = book(tmp_path)
    flow = known.for_number("+815012345678")
    assert flow is not None
    assert flow.name == "shop"
    assert known.for_number("+19999999999") is None


def test_intents_have_their_titles(tmp_path: Path) -> None:
    folder(tmp_path)
    assert book(tmp_path).flows["shop"].intent_titles == {"order_status": {"en": "an order", "ja": "an order"}}


def test_opening_is_told_in_words(tmp_path: Path) -> None:
    folder(tmp_path)
    known = book(tmp_path)
    monday = datetime(2026, 11, 23, 15, tzinfo=UTC)
    assert known.opening(known.flows["shop"], monday) == (
        True, {"en": "on Mondays", "ja": "月曜日の午前9時から午後6時まで"},
    )  # fmt: skip


def test_a_flow_without_hours_is_always_open(tmp_path: Path) -> None:
    (folder(tmp_path) / "bare.yaml").write_text(BARE, encoding="utf-8")
    known = book(tmp_path)
    assert known.opening(known.flows["a"], datetime(2026, 11, 23, tzinfo=UTC)) == (True, {})


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    flows = folder(tmp_path)
    (flows / "shop.yaml").unlink()
    with pytest.raises(FlowInvalid) as error:
        book(tmp_path)
    assert str(error.value) == "call_flows:1: flow: there is no flow in this folder; add a *.yaml file"


def test_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    flows = folder(tmp_path)
    (flows / "shop.yaml").write_text("- no flow\n", encoding="utf-8")
    (flows / "other.yaml").write_text("a: b: c\n", encoding="utf-8")
    (tmp_path / "hours.yaml").write_text("desk: {}\n", encoding="utf-8")
    with pytest.raises(FlowInvalid) as error:
        book(tmp_path)
    assert [(one.file, one.line) for one in error.value.problems] == [
        ("call_flows/other.yaml", 1),
        ("call_flows/shop.yaml", 1),
        ("hours.yaml", 1),
        ("hours.yaml", 1),
    ]


def test_two_files_with_the_same_flow_are_told(tmp_path: Path) -> None:
    flows = folder(tmp_path)
    (flows / "zz.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(FlowInvalid) as error:
        book(tmp_path)
    assert str(error.value) == (
        "call_flows/zz.yaml:1: flow: the flow `shop` is in call_flows/shop.yaml too; give one of them another name"
    )


def test_a_number_in_two_flows_is_told(tmp_path: Path) -> None:
    flows = folder(tmp_path)
    (flows / "zz.yaml").write_text(GOOD.replace("flow: shop", "flow: other"), encoding="utf-8")
    with pytest.raises(FlowInvalid, match="zz.yaml:4: flow: the number \\+15005550006 belongs to the flow `shop` too"):
        book(tmp_path)


def test_intents_that_cannot_be_read_are_left_to_their_own_check(tmp_path: Path) -> None:
    flows = folder(tmp_path)
    for text in ("a: b: c\n", "", "- a\n", "intents: x\n", "intents: {order_status: x}\n"):
        (flows / "intents" / "retail.en.yaml").write_text(text, encoding="utf-8")
        assert list(book(tmp_path).flows) == ["shop"]


def test_a_changed_file_is_taken_and_calls_keep_their_version(tmp_path: Path) -> None:
    flows = folder(tmp_path)
    known = book(tmp_path)
    old = known.flows["shop"]
    assert known.refresh() == []
    assert known.flows["shop"] is old
    change(flows / "shop.yaml", GOOD.replace("A shop", "A new shop"))
    assert known.refresh() == []
    assert known.flows["shop"].title == "A new shop"
    assert known.get("shop", old.version) is old


def test_a_changed_file_with_a_mistake_is_not_taken(tmp_path: Path) -> None:
    flows = folder(tmp_path)
    known = book(tmp_path)
    old = known.flows["shop"]
    change(flows / "shop.yaml", GOOD.replace("start: welcome", "start: nowhere"))
    assert "`start` leads to `nowhere`" in str(known.refresh()[0])
    assert known.flows["shop"] is old
    assert known.refresh() == [], "told once"
    change(flows / "shop.yaml", GOOD.replace("A shop", "Mended"))
    assert known.refresh() == []
    assert known.flows["shop"].title == "Mended"


def test_a_version_that_is_gone_becomes_the_one_in_force(tmp_path: Path) -> None:
    folder(tmp_path)
    known = book(tmp_path)
    assert known.get("shop", "0000") is known.flows["shop"]
    with pytest.raises(KeyError):
        known.get("nobody", "0000")


def test_texts_that_are_the_same_for_everybody_are_known() -> None:
    texts = fixed_texts(loaded().flow)
    assert {"Recorded.", "Help?", "Say order.", "Looking.", "Goodbye.", "One moment, please."} <= texts["en"]
    assert "ご用件は。" in texts["ja"]
    assert not [text for text in texts["en"] if "{{" in text]


def test_a_flow_without_consent_has_its_other_texts() -> None:
    flow = loaded(GOOD.replace(GOOD[GOOD.index("consent:") : GOOD.index("everywhere: {agent: person")], "")).flow
    assert "Recorded." not in fixed_texts(flow)["en"]
