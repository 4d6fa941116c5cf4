"""Forged, replayed, doubled, late and shuffled webhooks against the running server."""

from __future__ import annotations

import http.client
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from ivr.simulator.scripts.wire_server import free_port
from tests.integration.carrier_by_hand import Answer, Pairs, Webhooks, new_sid
from tests.integration.server_process import PROJECT, RunningServer

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

VECTORS: list[dict[str, Any]] = json.loads((PROJECT / "tests/data/signature_vectors.json").read_text("utf-8"))
FORMS = [vector for vector in VECTORS if vector["params"] and vector["body"] is None]
PATHS = ("/voice/incoming", "/voice/fallback", "/voice/status", "/voice/after-stream?resume=1")


def mutations(path: str, form: Pairs, signature: str, seed: int) -> Iterator[tuple[str, Pairs, str]]:
    """Twenty requests that the signature does not fit."""
    chance = random.Random(seed)
    name, value = chance.choice(form)
    at = chance.randrange(len(signature) - 1)
    flipped = "A" if signature[at] != "A" else "B"
    rest = [pair for pair in form if pair[0] != name]
    yield path, [*rest, (name, value + "x")], signature
    yield path, [*rest, (name, value + " ")], signature
    yield path, [*rest, (name.lower() + "_", value)], signature
    yield path, rest, signature
    yield path, [*form, ("Extra", "")], signature
    yield path, [*form, ("", "x")], signature
    yield path, [*form, (name, value + "2")], signature
    yield path, [], signature
    yield path + ("&" if "?" in path else "?") + "a=b", form, signature
    yield path + ("&" if "?" in path else "?"), form[:-1], signature
    yield path.replace("/voice/", "/voice/%2e/"), form, signature
    yield path, form, signature[:at] + flipped + signature[at + 1 :]
    yield path, form, signature[:-1]
    yield path, form, signature + "="
    yield path, form, signature.swapcase()
    yield path, form, ""
    yield path, form, "=" * 28
    yield path, form, "A" * 5000
    yield path, form, "é" * 14
    yield path, form, RequestValidator("").compute_signature(path, dict(form))


def test_every_good_signature_is_taken_and_twenty_mutations_of_each_are_refused(server: RunningServer) -> None:
    webhooks = Webhooks(server)
    refused = 0
    for seed, (vector, path) in enumerate((vector, path) for vector in FORMS for path in PATHS[:2]):
        form = [(str(name), str(value)) for name, value in vector["params"]]
        if len(dict(form)) != len(form):
            continue
        assert webhooks.post(path, form).status in (200, 400), vector["name"]
        for changed_path, changed, signature in mutations(path, form, webhooks.signature(path, form), seed):
            answer = webhooks.post(changed_path, changed, signature)
            assert answer.status in (403, 404), (vector["name"], answer.status)
            assert answer.status == 403 or "%2e" in changed_path
            refused += 1
    assert refused >= 20 * len(PATHS)
    counted = sum(value for name, value in server.counters().items() if 'reason="signature"' in name)
    assert counted >= refused * 0.9


@pytest.mark.parametrize("path", PATHS)
def test_missing_signature_is_refused_on_every_webhook(server: RunningServer, path: str) -> None:
    webhooks = Webhooks(server)
    form = webhooks.form(new_sid())
    assert webhooks.post(path, form, "-").status == 403
    assert server.get(path)[0] in (404, 405)


FORWARDED = [
    {"Host": "evil.example.com"},
    {"X-Forwarded-Host": "evil.example.com", "X-Forwarded-Proto": "https"},
    {"Forwarded": "host=evil.example.com;proto=https"},
    {"X-Original-URL": "/voice/incoming", "X-Rewrite-URL": "/voice/incoming"},
]


@pytest.mark.parametrize("headers", FORWARDED, ids=lambda headers: next(iter(headers)))
def test_forwarding_headers_neither_help_a_forger_nor_harm_the_carrier(
    server: RunningServer, headers: dict[str, str]
) -> None:
    forger, carrier = Webhooks(server, "https://evil.example.com"), Webhooks(server)
    form = carrier.form(new_sid())
    assert forger.post("/voice/incoming", form, headers=headers).status == 403
    assert carrier.post("/voice/incoming", form, headers=headers).status == 200


def test_moved_parameter_borders_under_a_good_signature_have_no_effect(server: RunningServer) -> None:
    webhooks, sid = Webhooks(server), new_sid()
    form = webhooks.form(sid)
    signature = webhooks.signature("/voice/incoming", form)
    moved = [pair for pair in form if pair[0] not in ("From", "FromCity")] + [
        ("From", ""),
        ("FromCity", form_value(form, "From")),
    ]
    recut = [(name, value) for name, value in form if name != "CallSid"] + [("CallS", "id" + sid)]
    for changed in (moved, recut):
        answer = webhooks.post("/voice/incoming", changed, signature)
        assert answer.status in (400, 403)
    assert server.call(sid) is None


def form_value(form: Pairs, name: str) -> str:
    """One value of a form."""
    return dict(form)[name]


def test_another_account_and_doubled_parameters_are_refused(server: RunningServer) -> None:
    webhooks = Webhooks(server)
    form = [pair for pair in webhooks.form(new_sid()) if pair[0] != "AccountSid"]
    assert webhooks.post("/voice/incoming", [*form, ("AccountSid", new_sid("AC"))]).status == 400
    whole = webhooks.form(new_sid())
    signature = webhooks.signature("/voice/incoming", whole)
    assert webhooks.post("/voice/incoming", [*whole, whole[0]], signature).status in (400, 403)


# -- P7: twice, late, out of order -----------------------------------------------------------------


def day(webhooks: Webhooks, seed: int) -> list[tuple[str, list[tuple[str, Pairs]]]]:
    """Calls with their webhooks in order: the request that begins each, and its status callbacks."""
    calls: list[tuple[str, list[tuple[str, Pairs]]]] = []
    chance = random.Random(seed)
    for _ in range(20):
        sid = new_sid()
        final = chance.choice(["completed", "completed", "failed", "no-answer", "busy", "canceled"])
        stages = (
            ["initiated", "ringing", "in-progress", final] if final == "completed" else ["initiated", "ringing", final]
        )
        events = [("/voice/incoming", webhooks.form(sid))]
        for number, stage in enumerate(stages):
            extra = {"SequenceNumber": str(number), "CallbackSource": "call-progress-events"}
            events.append(("/voice/status", webhooks.form(sid, stage, **extra)))
        calls.append((sid, events))
    return calls


def ends(server: RunningServer, sids: list[str]) -> list[tuple[str, str, str]]:
    """How the calls stand."""
    records = [server.call(sid) or {} for sid in sids]
    return [(record["status"], record["outcome"], record["end_cause"]) for record in records]


def test_shuffled_doubled_and_lost_webhooks_end_in_the_same_states(server: RunningServer) -> None:
    webhooks, seed = Webhooks(server), 20261122
    clean, rough = day(webhooks, seed), day(webhooks, seed)
    for _, events in clean:
        for path, form in events:
            assert webhooks.post(path, form).status in (200, 204)
    chance = random.Random(seed)
    late: list[tuple[str, Pairs]] = []
    for _, events in rough:
        beginning, *between, final = events
        late += [beginning, final, *(event for event in between if chance.random() > 0.3)]
        late += [event for event in events if chance.random() < 0.3]
    first = {form_value(form, "CallSid"): (path, form) for path, form in reversed(late) if path == "/voice/incoming"}
    chance.shuffle(late)
    for path, form in [*first.values(), *late]:
        assert webhooks.post(path, form).status in (200, 204)
    assert ends(server, [sid for sid, _ in rough]) == ends(server, [sid for sid, _ in clean])
    assert all(status == "ended" for status, _, _ in ends(server, [sid for sid, _ in rough]))


def test_final_status_before_the_call_is_known_does_no_harm(server: RunningServer) -> None:
    webhooks, sid = Webhooks(server), new_sid()
    final = webhooks.form(sid, "completed", SequenceNumber="3")
    assert webhooks.post("/voice/status", final).status == 204
    assert webhooks.post("/voice/incoming", webhooks.form(sid)).status == 200
    later = webhooks.form(sid, "completed", SequenceNumber="3", CallDuration="1")
    assert webhooks.post("/voice/status", later).status == 204
    assert ends(server, [sid]) == [("ended", "abandoned", "caller_hung_up")]


# -- other public addresses ------------------------------------------------------------------------


def post_to(port: int, path: str, form: Pairs, signature: str) -> Answer:
    """Sends a form as a proxy would: over plain HTTP, with its own Host."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature, "Host": "inner"}
    connection.request("POST", path, urlencode(form), headers)
    answer = connection.getresponse()
    try:
        return Answer(answer.status, answer.read().decode())
    finally:
        connection.close()


def test_web_process_behind_a_proxy_believes_the_configured_address_only(server: RunningServer, tmp_path: Path) -> None:
    port = free_port()
    public = "https://calls.example.com:8443/phone"
    environment = {**os.environ, **server.environment, "IVR_PUBLIC_URL": public, "IVR_WEB__PORT": str(port)}
    with (tmp_path / "web.log").open("wb") as log:
        web = subprocess.Popen(
            [sys.executable, "-m", "ivr", "web"], cwd=PROJECT, env=environment, stdout=log, stderr=log
        )
    try:
        server.until(lambda: is_open(port), 60)
        validator, webhooks = RequestValidator(server.account.token), Webhooks(server)
        good = [public, "https://calls.example.com/phone"]
        bad = [
            server.base_url,
            f"http://127.0.0.1:{port}",
            "https://calls.example.com:8443",
            "http://calls.example.com:8443/phone",
            "https://inner/phone",
        ]
        for base, expected in [*((base, 200) for base in good), *((base, 403) for base in bad)]:
            form = webhooks.form(new_sid())
            signature = validator.compute_signature(f"{base}/voice/incoming", dict(form))
            assert post_to(port, "/voice/incoming", form, signature).status == expected, base
    finally:
        web.terminate()
        web.wait(20)


def is_open(port: int) -> bool:
    """Whether somebody answers."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
