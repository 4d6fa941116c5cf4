"""What `ivr db …` says, and its exit codes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ivr.commands.common import guarded
from ivr.commands.db import downgrade_database, prepare, print_current, upgrade_database
from tests.unit.commands.conftest import Place

pytestmark = pytest.mark.unit


def test_a_new_database_is_behind_until_it_was_upgraded(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(print_current) == 1
    assert capsys.readouterr().out == "at nothing, this version wants 0008\n"
    assert guarded(upgrade_database) == 0
    assert capsys.readouterr().out == "The database was at nothing and is at 0008 now.\n"
    assert guarded(print_current) == 0
    assert capsys.readouterr().out == "at 0008, this version wants 0008\n"


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    guarded(upgrade_database)
    capsys.readouterr()
    assert guarded(upgrade_database) == 0
    assert capsys.readouterr().out == "The database was at 0008 and is at 0008 now.\n"


def test_a_database_goes_back_and_forth(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    guarded(upgrade_database)
    capsys.readouterr()
    assert guarded(lambda: downgrade_database("0001")) == 0
    told = "The database was at 0008 and is at 0001 now. What the older version does not know is kept.\n"
    assert capsys.readouterr().out == told
    assert guarded(upgrade_database) == 0
    assert capsys.readouterr().out == "The database was at 0001 and is at 0008 now.\n"


@pytest.mark.parametrize("revision", ["base", "0009", "-1", "head"])
def test_a_database_goes_back_only_to_what_there_was(
    place: Place, capsys: pytest.CaptureFixture[str], revision: str
) -> None:
    guarded(upgrade_database)
    assert guarded(lambda: downgrade_database(revision)) == 2
    ways = "0001, 0002, 0003, 0004, 0005, 0006, 0007, 0008"
    assert capsys.readouterr().err == f"The database is at 0008; it can go back to {ways}.\n"
    assert guarded(print_current) == 0


def test_an_empty_database_cannot_go_back(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: downgrade_database("0001")) == 2
    assert capsys.readouterr().err == "The database is at nothing; it can go back to nothing older.\n"


def test_the_database_lies_beside_the_settings_folder(place: Place) -> None:
    guarded(upgrade_database)
    assert (place.folder / "var" / "calls.sqlite").is_file()


@pytest.mark.parametrize("command", [print_current, upgrade_database, prepare])
def test_a_database_that_cannot_be_opened_is_a_sentence(
    command: Callable[[], int], place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IVR_DATABASE_URL", f"sqlite:///{place.config}")
    assert guarded(command) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("The database does not answer (")
    assert told.err.endswith("); look at IVR_DATABASE_URL, then `ivr doctor`.\n")
    assert len(told.err.splitlines()) == 1


def test_wrong_settings_are_sentences(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IVR_WEB__PORT", "none")
    assert guarded(print_current) == 2
    assert capsys.readouterr().err.startswith("The settings have mistakes:\nIVR_WEB__PORT: ")


def test_preparing_brings_the_schema_and_says_nothing(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(prepare) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "")
    assert guarded(print_current) == 0


def test_preparing_refuses_what_would_be_unsafe(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TWILIO_AUTH_TOKEN")
    assert guarded(prepare) == 2
    assert capsys.readouterr().err.splitlines() == [
        "This server does not start, because it would not be safe:",
        "  - TWILIO_AUTH_TOKEN is empty, so anybody could sign a webhook; set it in config/.env.",
        "`ivr doctor` shows everything that should be mended.",
    ]


def test_preparing_tells_mistakes_in_flows(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.write("call_flows/shop.yaml", "flow: shop\n")
    assert guarded(prepare) == 2
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert first == "The call flows have mistakes; `ivr flows check` shows them too:"
    assert second.startswith("call_flows/shop.yaml:1: ")
