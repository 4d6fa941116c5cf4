"""`ivr doctor`: looks at everything a call needs, and says what to do about each problem. Changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import Enum

from ivr.app import dialling_problems, hooks_of_tests, open_connectors
from ivr.commands.common import say
from ivr.flows.book import FlowBook
from ivr.flows.problems import FlowInvalid
from ivr.places import config_dir
from ivr.ports import StoreFailed
from ivr.settings import Settings, SettingsError, load_settings, refusals
from ivr.storage import check_safety, open_database
from ivr.storage.migrate import current, head
from ivr.telephony.signature import SignatureCheck, SignatureHeaders, sign, signed_parameters
from speech.models import verify
from speech.stt import choose
from speech.tts.build import build_synthesiser
from speech.vad import open_confirmers

LOW_DISK = 0.2
"""Share of free disk below which recordings are in danger."""


class Verdict(Enum):
    """How a finding is meant."""

    GOOD = "good"
    NOTE = "note"
    """Works, but could be better."""
    BAD = "bad"
    """Must be mended before calls arrive."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    about: str
    verdict: Verdict
    sentence: str


Findings = Iterator[Finding]


def run_doctor(*, as_json: bool) -> int:
    """Prints every finding; 1 when something is bad."""
    findings = list(examine())
    if as_json:
        rows = [asdict(one) | {"verdict": one.verdict.value} for one in findings]
        say(json.dumps({"findings": rows}, indent=2, ensure_ascii=False))
    else:
        for one in findings:
            say(f"{one.verdict.value:<5} {one.about:<12} {one.sentence}")
    return 1 if any(one.verdict is Verdict.BAD for one in findings) else 0


def examine() -> Findings:
    """Looks at one thing after another."""
    try:
        settings = load_settings(config_dir(), os.environ)
    except SettingsError as error:
        for mistake in error.mistakes:
            yield Finding("settings", Verdict.BAD, str(mistake))
        return
    yield Finding("settings", Verdict.GOOD, f"{settings.environment.value}, read from {settings.config_dir}")
    looks: list[Callable[[Settings], Findings]] = [
        _database, _starting, _dialling, _flows, _listening, _speaking, _models, _ports, _address, _disk,
    ]  # fmt: skip
    for look in looks:
        yield from look(settings)


def _database(settings: Settings) -> Findings:
    try:
        database = open_database(settings.database_url)
        try:
            problems, at = check_safety(database.engine), current(database.engine)
        finally:
            database.close()
    except StoreFailed as error:
        yield Finding("database", Verdict.BAD, f"does not answer ({error}); look at IVR_DATABASE_URL")
        return
    for problem in problems:
        yield Finding("database", Verdict.BAD, problem)
    if at != head():
        note = f"is at {at or 'nothing'}, this version wants {head()}; `ivr serve` and `ivr db upgrade` bring it there"
        yield Finding("database", Verdict.NOTE, note)
    elif not problems:
        yield Finding("database", Verdict.GOOD, "up to date, and what is committed survives a power cut")


def _starting(settings: Settings) -> Findings:
    reasons = refusals(settings) + hooks_of_tests(settings)
    for reason in reasons:
        yield Finding("start", Verdict.BAD, reason)
    if settings.carrier.is_simulated and not settings.is_production:
        yield Finding("carrier", Verdict.NOTE, f"simulated ({settings.carrier.api_base}); real callers cannot reach it")
    elif not reasons:
        yield Finding("carrier", Verdict.GOOD, f"{settings.carrier.api_base}, account and token are set")


def _dialling(settings: Settings) -> Findings:
    problems, rules = dialling_problems(settings), settings.dialling
    for problem in problems:
        yield Finding("dialling", Verdict.BAD, problem)
    if problems:
        return
    if not rules.enabled:
        yield Finding("dialling", Verdict.NOTE, "switched off: promises are taken, and nobody is called or texted")
        return
    countries = ", ".join(sorted(rules.allowed_countries or (rules.home_region,)))
    budget = f"{rules.per_hour} calls an hour, {rules.per_day} a day, {rules.texts_per_day} texts a day"
    yield Finding("dialling", Verdict.GOOD, f"to {countries}; at most {budget}")


def _flows(settings: Settings) -> Findings:
    base = settings.config_dir.resolve().parent
    try:
        connectors = open_connectors(settings, base, None)
    except (SettingsError, ValueError) as error:
        for line in str(error).splitlines():
            yield Finding("connectors", Verdict.BAD, line)
        return
    operations = connectors.operations()
    connectors.close()
    yield Finding("connectors", Verdict.GOOD, ", ".join(sorted(operations)))
    try:
        book = FlowBook(settings.flows.dir, settings.config_dir / "hours.yaml", operations, base)
    except FlowInvalid as error:
        for problem in error.problems:
            yield Finding("flows", Verdict.BAD, str(problem))
        return
    for flow in book.flows.values():
        numbers = ", ".join(flow.numbers) or "no number enters it; add `numbers`"
        verdict = Verdict.GOOD if flow.numbers else Verdict.NOTE
        yield Finding(
            "flows", verdict, f"{flow.name}: {len(flow.authored)} nodes, {', '.join(flow.languages)}; {numbers}"
        )


def _listening(settings: Settings) -> Findings:
    for language in settings.speech.languages:
        choice = choose(language, settings.speech.models_dir, settings.speech.engine.value)
        verdict = Verdict.BAD if choice.engine.value == "none" else Verdict.GOOD
        yield Finding("listening", verdict, f"{language}: {choice.engine.value}, because {choice.reason}")
    pool, sentence = open_confirmers(ready=1)
    yield Finding("listening", Verdict.GOOD if pool is not None else Verdict.NOTE, sentence)


def _speaking(settings: Settings) -> Findings:
    synthesiser, reasons = build_synthesiser(settings.speech.languages)
    synthesiser.close()
    for language, reason in reasons.items():
        yield Finding("speaking", Verdict.GOOD, f"{language}: {reason}")


def _models(settings: Settings) -> Findings:
    for verdict in verify(settings.speech.models_dir):
        found = Verdict.GOOD if verdict.is_good else Verdict.BAD
        yield Finding("models", found, f"{verdict.name}: {verdict.reason}")


def _ports(settings: Settings) -> Findings:
    for name, host, port in (
        ("web", settings.web.host, settings.web.port),
        ("media", settings.media.host, settings.media.port),
    ):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                note = f"{name} cannot have {host}:{port} ({error.strerror}); a running server has it, or set another"
                yield Finding("ports", Verdict.NOTE, note)
            else:
                yield Finding("ports", Verdict.GOOD, f"{name}: {host}:{port} is free")


def _address(settings: Settings) -> Findings:
    """Signs a webhook as the carrier would, and checks it as the server does."""
    tokens = [token.get_secret_value() for token in settings.carrier.auth_tokens]
    if not tokens or not tokens[0]:
        return
    check = SignatureCheck(settings.public_url, tokens)
    form = [("CallSid", "CA" + "0" * 32), ("From", "+12025550123")]
    signature = sign(tokens[0], f"{settings.public_url}/voice/incoming" + signed_parameters(form))
    is_good = check.is_form_genuine("/voice/incoming", "", form, SignatureHeaders(signature))
    sentence = "a webhook signed for this address is accepted" if is_good else "its own signature is refused"
    yield Finding("address", Verdict.GOOD if is_good else Verdict.BAD, f"{settings.public_url}: {sentence}")
    yield Finding("address", Verdict.GOOD, f"media sockets: {settings.media_public_url}")


def _disk(settings: Settings) -> Findings:
    place = next(folder for folder in (settings.recording.dir, *settings.recording.dir.parents) if folder.exists())
    usage = shutil.disk_usage(place)
    share = usage.free / usage.total
    verdict = Verdict.GOOD if share > LOW_DISK else Verdict.NOTE
    yield Finding("disk", verdict, f"{usage.free / 1e9:.0f} GB free ({share:.0%}) for recordings and the database")


__all__ = ["Finding", "Verdict", "examine", "run_doctor"]
