from __future__ import annotations

from pathlib import Path

import pytest

from ivr.core.queueing.rules import DEFAULT_RETRIES, Mode, QueueRules, Retry
from ivr.flows.problems import FlowInvalid
from ivr.flows.queues_file import load_queues

pytestmark = pytest.mark.unit


def load(tmp_path: Path, text: str) -> dict[str, QueueRules]:
    file = tmp_path / "queues.yaml"
    file.write_text(text, "utf-8")
    return load_queues(file, "config/queues.yaml")


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(FlowInvalid) as caught:
        load(tmp_path, text)
    return [str(problem) for problem in caught.value.problems]


def test_the_shipped_file_has_one_queue_with_the_usual_rules() -> None:
    (rules,) = load_queues(Path(__file__).parents[3] / "config" / "queues.yaml").values()
    usual = QueueRules("general", titles=rules.titles, hours="support_desk")
    assert rules == usual
    assert rules.titles == {"en": "our support team", "ja": "サポート担当"}


def test_a_queue_without_anything_has_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, "sales: {}\n") == {"sales": QueueRules("sales")}
    assert load_queues(tmp_path / "none.yaml") == {}


def test_everything_can_be_set(tmp_path: Path) -> None:
    text = """\
sales:
  titles: {en: "sales"}
  hours: desk
  mode: customer_first
  from_number: "+12025550100"
  retries: {busy: [1, 2], voicemail: 30}
  calling_hours: "10:00-18:30"
  max_attempts: 2
  texts: true
"""
    rules = load(tmp_path, text)["sales"]
    assert (rules.mode, rules.hours, rules.from_number) == (Mode.CUSTOMER_FIRST, "desk", "+12025550100")
    assert (rules.calling_from, rules.calling_to, rules.max_attempts, rules.texts) == ("10:00", "18:30", 2, True)
    assert (rules.retries["busy"], rules.retries["voicemail"]) == (Retry((1, 2)), Retry((30,)))
    assert rules.retries["no_answer"] == DEFAULT_RETRIES["no_answer"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: {colour: red}", "config/queues.yaml:1: a: a queue does not know `colour`"),
        ("a: {mode: both}", "`mode` must be one of: agent_first, customer_first"),
        ("a: {ring_customer_secs: 5}", "`ring_customer_secs` must be a whole number from 20 to 120"),
        ("a: {from_number: 0120}", "`from_number` must be written in full"),
        ("a: {calling_hours: 9-20}", "`calling_hours` must be written as"),
        ('a: {calling_hours: "20:00-09:00"}', "`calling_hours` must be written as"),
        ("a: {retries: {sometimes: [1]}}", "`sometimes` is no kind of failure"),
        ("a: {retries: {busy: [0]}}", "a delay of `busy` must be a whole number from 1"),
        ("a: {retries: {busy: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}}", "`busy` has more than 10 delays"),
        ("a: {texts: perhaps}", "`texts` must be `true` or `false`"),
        ("Big Queue: {}", "`Big Queue` is no name of a queue"),
        ("a: 5", "a queue must be `name: value` lines"),
        ("- a", "the file must be `name: value` lines"),
        ("a: {x: 1, x: 2}", "x"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_way_to_mend_it(tmp_path: Path, text: str, problem: str) -> None:
    assert any(problem in one for one in problems(tmp_path, text + "\n"))
