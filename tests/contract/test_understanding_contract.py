"""What every understanding promises: the fake and the local one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.core.meaning import Decision, Expecting, Kind, Meaning, SlotType
from ivr.ports import Completeness, Understanding
from ivr.understanding import LocalUnderstanding
from tests.fakes.understanding import ScriptedUnderstanding

pytestmark = pytest.mark.contract

HOSTILE = ["", " ", "\x00", "<Say>hi</Say>", "{{ slots.x }}", "🙂" * 50, "one " * 2_000, "あ" * 5_000, "\ud800"]
EVERY = [
    Expecting(Kind.OPEN, "en", ("shop",), knowledge=("shop",), commands=("repeat", "agent")),
    Expecting(Kind.SLOT, "ja", slot=SlotType("digits", length=5)),
    Expecting(Kind.CONFIRM, "en", slot=SlotType("phone"), correcting="+16502530000"),
    Expecting(Kind.CONFIRM, "ja", slot=SlotType("digits"), correcting=""),
    Expecting(Kind.NOTHING, "xx"),
]


@pytest.fixture(scope="module", params=["scripted", "local"])
def understanding(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Understanding:
    if request.param == "scripted":
        return ScriptedUnderstanding({"pardon": Meaning(Decision.ACCEPT, command="repeat")})
    folder: Path = tmp_path_factory.mktemp("flows")
    (folder / "intents").mkdir()
    (folder / "intents" / "shop.en.yaml").write_text("intents:\n  a:\n    examples: [where is my order]\n", "utf-8")
    return LocalUnderstanding(folder, tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize("expecting", EVERY, ids=lambda expecting: f"{expecting.kind.value}-{expecting.language}")
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_makes_it_raise(understanding: Understanding, text: str, expecting: Expecting) -> None:
    assert isinstance(understanding.interpret(text, expecting, [text, ""]), Meaning)
    assert isinstance(understanding.completeness(text, expecting), Completeness)


@pytest.mark.parametrize("expecting", EVERY, ids=lambda expecting: f"{expecting.kind.value}-{expecting.language}")
def test_silence_means_nothing(understanding: Understanding, expecting: Expecting) -> None:
    assert understanding.interpret("", expecting) == Meaning()


def test_a_command_in_force_is_named(understanding: Understanding) -> None:
    meaning = understanding.interpret("pardon", EVERY[0])
    assert (meaning.command, meaning.decision) == ("repeat", Decision.ACCEPT)
