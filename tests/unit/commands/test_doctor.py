"""What `ivr doctor` finds, how it is told, and its exit code. Engines, ports and the disk are stood in for."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from ivr.commands import doctor
from ivr.commands.common import guarded
from ivr.commands.db import upgrade_database
from speech.models import Verdict
from tests.unit.commands.conftest import FLOW, Place

pytestmark = pytest.mark.unit

Out = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _engines(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = SimpleNamespace(engine=SimpleNamespace(value="whisper"), reason="it comes in a package")
    spoken = SimpleNamespace(close=lambda: None)
    monkeypatch.setattr(doctor, "choose", lambda *_: heard)
    monkeypatch.setattr(doctor, "open_confirmers", lambda ready: (object(), "two detectors"))
    monkeypatch.setattr(doctor, "build_synthesiser", lambda languages: (spoken, {"en": "spoken by Piper."}))
    monkeypatch.setattr(doctor, "verify", lambda folder: [Verdict("a", True, "All digests are the pinned ones.")])
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: SimpleNamespace(free=50e9, total=100e9))
    monkeypatch.setattr(doctor, "_ports", lambda settings: iter(()))


def found(about: str) -> list[tuple[str, str]]:
    """Verdict and sentence of what was found about one thing."""
    return [(one.verdict.value, one.sentence) for one in doctor.examine() if one.about == about]


def test_a_good_place_has_nothing_bad(place: Place, capsys: Out) -> None:
    guarded(upgrade_database)
    capsys.readouterr()
    assert doctor.run_doctor(as_json=False) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"good  settings     development, read from {place.config}",
        "good  database     up to date, and what is committed survives a power cut",
        "good  carrier      https://api.twilio.com, account and token are set",
        "good  dialling     to JP, US; at most 200 calls an hour, 1000 a day, 200 texts a day",
        "good  connectors   orders.find",
        "good  flows        shop: 3 nodes, en; +15005550006",
        "good  listening    en: whisper, because it comes in a package",
        "good  listening    two detectors",
        "good  speaking     en: spoken by Piper.",
        "good  models       a: All digests are the pinned ones.",
        "good  address      http://127.0.0.1:8080: a webhook signed for this address is accepted",
        "good  address      media sockets: ws://127.0.0.1:18090/media",
        "good  disk         50 GB free (50%) for recordings and the database",
    ]


def test_json_is_one_object_of_findings(place: Place, capsys: Out) -> None:
    guarded(upgrade_database)
    capsys.readouterr()
    assert doctor.run_doctor(as_json=True) == 0
    rows = json.loads(capsys.readouterr().out)["findings"]
    assert {frozenset(row) for row in rows} == {frozenset({"about", "verdict", "sentence"})}
    assert rows[-1] == {
        "about": "disk",
        "verdict": "good",
        "sentence": "50 GB free (50%) for recordings and the database",
    }


def test_mistakes_in_the_settings_end_the_examination(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    monkeypatch.setenv("IVR_WEB__PORT", "none")
    assert doctor.run_doctor(as_json=True) == 1
    [row] = json.loads(capsys.readouterr().out)["findings"]
    assert (row["about"], row["verdict"]) == ("settings", "bad")
    assert row["sentence"].startswith("IVR_WEB__PORT: ")


def test_a_database_that_is_behind_is_a_note(place: Place) -> None:
    assert found("database") == [
        ("note", "is at nothing, this version wants 0008; `ivr serve` and `ivr db upgrade` bring it there")
    ]


def test_a_database_that_does_not_open_is_bad_and_the_rest_is_looked_at(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_DATABASE_URL", f"sqlite:///{place.config}")
    [(verdict, sentence)] = found("database")
    assert verdict == "bad"
    assert sentence.startswith("does not answer (")
    assert sentence.endswith("); look at IVR_DATABASE_URL")
    assert found("flows")


def test_without_token_and_account_the_server_would_not_start(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TWILIO_AUTH_TOKEN")
    monkeypatch.delenv("TWILIO_ACCOUNT_SID")
    assert found("start") == [
        ("bad", "TWILIO_AUTH_TOKEN is empty, so anybody could sign a webhook; set it in config/.env."),
        ("bad", "TWILIO_ACCOUNT_SID is empty, so strangers' webhooks would look like ours; set it in config/.env."),
    ]
    assert found("carrier") == []
    assert found("address") == []


def test_a_simulated_carrier_is_a_note(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_API_BASE", "http://127.0.0.1:8099")
    assert found("carrier") == [("note", "simulated (http://127.0.0.1:8099); real callers cannot reach it")]


def test_what_only_tests_set_is_bad_in_production(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_ENVIRONMENT", "production")
    monkeypatch.setenv("IVR_PUBLIC_URL", "https://calls.example.com")
    monkeypatch.setenv("IVR_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("IVR_HOURS_OVERRIDE", "open")
    assert found("start") == [("bad", "IVR_HOURS_OVERRIDE is set, which is for tests only; unset it")]


def test_rules_of_dialling_that_make_no_sense_are_bad(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_DIALLING__HOME_REGION", "XX")
    ((verdict, sentence),) = found("dialling")
    assert verdict == "bad"
    assert "a region is not an ISO 3166 code" in sentence


def test_dialling_that_is_switched_off_is_a_note(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_DIALLING__ENABLED", "false")
    assert found("dialling") == [("note", "switched off: promises are taken, and nobody is called or texted")]


def test_every_problem_of_a_flow_is_told_with_its_line(place: Place) -> None:
    place.write("call_flows/shop.yaml", FLOW.replace("then: find}", "then: nowhere}"))
    assert found("flows") == [
        ("bad", "call_flows/shop.yaml:9: welcome: `then` leads to `nowhere`, which is no node; add it or name another"),
        ("bad", "call_flows/shop.yaml:9: welcome: from here the call can never end; lead to a node with `hang_up`"),
        ("bad", "call_flows/shop.yaml:11: find: no caller can ever come here; lead to it from somewhere, or remove it"),
    ]


def test_a_flow_that_no_number_enters_is_a_note(place: Place) -> None:
    place.write("call_flows/shop.yaml", FLOW.replace('numbers: ["+15005550006"]\n', ""))
    assert found("flows") == [("note", "shop: 3 nodes, en; no number enters it; add `numbers`")]


def test_mistakes_in_the_connectors_are_told_in_place_of_the_flows(place: Place) -> None:
    place.write("config/connectors.yaml", "connectors:\n  orders: {kind: paper}\n")
    told = found("connectors")
    assert {verdict for verdict, _ in told} == {"bad"}
    assert told[0][1].startswith("config/connectors.yaml:2")
    assert found("flows") == []


def test_a_language_that_nobody_hears_is_bad(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    none = SimpleNamespace(engine=SimpleNamespace(value="none"), reason="no model is here")
    monkeypatch.setattr(doctor, "choose", lambda *_: none)
    monkeypatch.setattr(doctor, "open_confirmers", lambda ready: (None, "one detector only"))
    assert found("listening") == [("bad", "en: none, because no model is here"), ("note", "one detector only")]


def test_a_model_that_is_not_what_it_was_is_bad(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    monkeypatch.setattr(doctor, "verify", lambda folder: [Verdict("a", False, "It cannot be read.")])
    assert found("models") == [("bad", "a: It cannot be read.")]
    assert doctor.run_doctor(as_json=False) == 1
    assert "bad   models       a: It cannot be read." in capsys.readouterr().out


@pytest.mark.parametrize(("free", "verdict"), [(20e9, "note"), (21e9, "good")])
def test_a_disk_that_fills_up_is_a_note(
    free: float, verdict: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: SimpleNamespace(free=free, total=100e9))
    assert [one for one, _ in found("disk")] == [verdict]


def test_a_signature_of_our_own_that_is_refused_is_bad(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    forged: Callable[..., str] = lambda *_: "forged"  # noqa: E731 - typed
    monkeypatch.setattr(doctor, "sign", forged)
    assert found("address")[0] == ("bad", "http://127.0.0.1:8080: its own signature is refused")
