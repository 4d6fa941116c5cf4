from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from ivr.settings import Engine, Environment, LogLevel, RecordingMode, SettingsError, load_settings, refusals

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
ACCOUNT = "AC" + "0" * 32
TOKEN = "canary-token-0123456789"
GOOD_PRODUCTION = {
    "IVR_PUBLIC_URL": "https://calls.example.com",
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "IVR_SECRET_KEY": "k" * 48,
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "config"
    folder.mkdir(parents=True)
    (folder / "default.yaml").write_text("web:\n  port: 8080\n", encoding="utf-8")
    return folder


def mistakes_of(config: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(config, environ or {})
    return [str(mistake) for mistake in caught.value.mistakes]


def test_shipped_file_says_the_defaults() -> None:
    settings = load_settings(ROOT / "config", {})
    assert (settings.web.host, settings.web.port, settings.web.threads) == ("127.0.0.1", 8080, 8)
    assert (settings.media.port, settings.media.capacity, settings.media.lead_ms) == (8090, 40, 200)
    assert settings.speech.engine is Engine.AUTO
    assert settings.speech.languages == ("en", "ja")
    assert settings.recording.mode is RecordingMode.NOTICE_ALL
    dialling = settings.dialling
    assert (dialling.enabled, dialling.home_region, dialling.allowed_countries) == (True, "US", ("US", "JP"))
    assert (dialling.denied_prefixes, dialling.allow_fictional) == ((), None)
    assert (dialling.per_hour, dialling.per_day, dialling.texts_per_day) == (200, 1000, 200)
    assert (dialling.settle_secs, dialling.lease_secs) == (90, 15)
    assert (dialling.per_caller_hour, dialling.per_prefix_hour) == (3, 30)
    assert (dialling.per_forged_hour, dialling.unanswered) == (10, 3)
    assert settings.log.level is LogLevel.INFO
    assert settings.environment is Environment.DEVELOPMENT


def test_shipped_file_names_every_key() -> None:
    text = (ROOT / "config" / "default.yaml").read_text(encoding="utf-8")
    settings = load_settings(ROOT / "config", {})
    for section in ("web", "media", "speech", "recording", "flows", "dialling", "timeouts", "log"):
        for key, field in type(getattr(settings, section)).model_fields.items():
            assert f"  {key}:" in text
            assert field.description


def test_settings_are_frozen(config: Path) -> None:
    settings = load_settings(config, {})
    with pytest.raises(ValidationError):
        settings.web.port = 1  # type: ignore[misc]


def test_variable_wins_over_file(config: Path) -> None:
    settings = load_settings(config, {"IVR_WEB__PORT": "8081", "IVR_SPEECH__LANGUAGES": "ja, en"})
    assert settings.web.port == 8081
    assert settings.speech.languages == ("ja", "en")


def test_env_file_is_read_and_the_environment_wins(config: Path) -> None:
    (config / ".env").write_text(
        f'# comment\nexport TWILIO_AUTH_TOKEN="{TOKEN}"\nIVR_WEB__PORT=8082 # why\nIVR_LOG__LEVEL=debug\n',
        encoding="utf-8",
    )
    settings = load_settings(config, {"IVR_WEB__PORT": "8083"})
    assert settings.carrier.auth_tokens[0].get_secret_value() == TOKEN
    assert settings.web.port == 8083
    assert settings.log.level is LogLevel.DEBUG


def test_two_tokens_while_changing_them(config: Path) -> None:
    settings = load_settings(config, {"TWILIO_AUTH_TOKEN": "new, old,"})
    assert [token.get_secret_value() for token in settings.carrier.auth_tokens] == ["new", "old"]


def test_folders_and_database_are_below_the_project(config: Path) -> None:
    settings = load_settings(config, {})
    project = config.parent
    assert settings.flows.dir == project / "call_flows"
    assert settings.speech.models_dir == project / "var" / "models"
    assert settings.speech.cache_dir == project / "var" / "prompts"
    assert settings.recording.dir == project / "var" / "recordings"
    assert settings.database_url == f"sqlite:///{project}/var/denwaban.sqlite"


def test_absolute_database_and_postgresql_stay_as_they_are(config: Path) -> None:
    path = "sqlite:////srv/x.sqlite"
    assert load_settings(config, {"IVR_DATABASE_URL": path}).database_url == path
    url = "postgresql+psycopg://u:p@db/x"
    assert load_settings(config, {"IVR_DATABASE_URL": url}).database_url == url


def test_secrets_do_not_show(config: Path) -> None:
    settings = load_settings(config, {**GOOD_PRODUCTION, "IVR_DATABASE_URL": "postgresql://u:canary-password@db/x"})
    shown = f"{settings!r} {settings!s}"
    assert TOKEN not in shown
    assert "canary-password" not in shown
    assert "kkkk" not in shown


@pytest.mark.parametrize(
    ("environ", "public", "media"),
    [
        ({}, "http://127.0.0.1:8080", "ws://127.0.0.1:8090/media"),
        ({"IVR_WEB__PORT": "9000", "IVR_MEDIA__PORT": "9001"}, "http://127.0.0.1:9000", "ws://127.0.0.1:9001/media"),
        ({"IVR_PUBLIC_URL": "http://localhost:8080/"}, "http://localhost:8080", "ws://127.0.0.1:8090/media"),
        ({"IVR_PUBLIC_URL": "http://10.0.0.5:8080"}, "http://10.0.0.5:8080", "ws://10.0.0.5:8090/media"),
        ({"IVR_PUBLIC_URL": "http://[::1]:8080"}, "http://[::1]:8080", "ws://127.0.0.1:8090/media"),
        ({"IVR_PUBLIC_URL": "https://a.example"}, "https://a.example", "wss://a.example/media"),
        ({"IVR_PUBLIC_URL": "https://a.example:8443/x/"}, "https://a.example:8443/x", "wss://a.example:8443/x/media"),
        ({"IVR_MEDIA__PUBLIC_URL": "wss://m.example/s/"}, "http://127.0.0.1:8080", "wss://m.example/s"),
    ],
)
def test_public_addresses(config: Path, environ: dict[str, str], public: str, media: str) -> None:
    settings = load_settings(config, environ)
    assert settings.public_url == public
    assert settings.media_public_url == media


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, Environment.DEVELOPMENT),
        ({"IVR_PUBLIC_URL": "http://calls.example.com"}, Environment.DEVELOPMENT),
        ({"IVR_PUBLIC_URL": "https://localhost"}, Environment.DEVELOPMENT),
        ({"IVR_PUBLIC_URL": "https://calls.example.com"}, Environment.PRODUCTION),
        ({"IVR_PUBLIC_URL": "https://calls.example.com", "IVR_ENVIRONMENT": "development"}, Environment.DEVELOPMENT),
        ({"IVR_ENVIRONMENT": "production"}, Environment.PRODUCTION),
    ],
)
def test_environment_is_derived_unless_said(config: Path, environ: dict[str, str], expected: Environment) -> None:
    assert load_settings(config, environ).environment is expected


def test_every_mistake_is_told_at_once_with_its_place(config: Path) -> None:
    (config / "default.yaml").write_text(
        "web:\n  prot: 80\n  port: many\nmeddia:\n  port: 1\nlog: loud\nspeech:\n  engine: ears\n", encoding="utf-8"
    )
    found = mistakes_of(config, {"IVR_MEDIA__CAPACITY": "0", "IVR_WEB__PROT": "1", "TWILIO_ACCOUNT_SID": "AC1"})
    expected = (
        "config/default.yaml:2: no such setting 'web.prot'; did you mean 'port'?",
        "config/default.yaml:3: web.port",
        "config/default.yaml:4: no such section 'meddia'; did you mean 'media'?",
        "config/default.yaml:6: 'log' must hold keys",
        "config/default.yaml:8: speech.engine should be 'auto', 'vosk' or 'whisper'",
        "IVR_MEDIA__CAPACITY: media.capacity",
        "IVR_WEB__PROT: no such setting; did you mean 'IVR_WEB__PORT'?",
        "TWILIO_ACCOUNT_SID: must be AC",
    )
    for beginning in expected:
        assert any(line.startswith(beginning) for line in found), beginning
    assert len(found) == 8


def test_mistakes_never_repeat_a_secret(config: Path) -> None:
    text = "secret_key: canary-key\ncarrier: {auth_tokens: canary-token}\n"
    (config / "default.yaml").write_text(text, encoding="utf-8")
    (config / ".env").write_text("TWILIO_AUTH_TOKEN canary-line\nX=1\nX=2\n", encoding="utf-8")
    found = mistakes_of(config, {"IVR_DATABASE_URL": "mysql://u:canary-password@h/x", "IVR_ENVIRONMENT": "canary"})
    assert "canary" not in "\n".join(found)
    assert any(line.startswith("config/default.yaml:1: 'secret_key' comes from the environment only") for line in found)
    assert any(line.startswith("config/.env:1: is not NAME=value") for line in found)
    assert any(line.startswith("config/.env:3: X is there twice") for line in found)
    assert any(line.startswith("IVR_DATABASE_URL: must begin with") for line in found)


@pytest.mark.parametrize(
    "address",
    [
        "calls.example.com",
        "ftp://a",
        "https://",
        "https://u:p@a.example",
        "https://a.example/?x=1",
        "https://a_b.example",
        "https://a.example/#x",
        "https://a.example:99999",
        "https://[::1",
    ],
)
def test_unusable_public_address_is_a_mistake(config: Path, address: str) -> None:
    assert mistakes_of(config, {"IVR_PUBLIC_URL": address}) == [
        "IVR_PUBLIC_URL: must look like https://calls.example.com (no user, query, fragment or underscore)"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web: {port: 1", "config/default.yaml:1: this is not YAML"),
        ("web:\n  port: 1\n  port: 2\n", "config/default.yaml:3: `port` stands here twice"),
        ("web: &a {port: 1}\nmedia: *a\n", "config/default.yaml:1: anchors and aliases"),
        ("web: !!python/object:os.system {port: 1}\n", "config/default.yaml:1: tags (!)"),
        ("web: !x {port: 1}\n", "config/default.yaml:1: tags (!)"),
        ("- a\n- b\n", "config/default.yaml:1: must be a mapping"),
        ("web: {}\n---\nweb: {}\n", "config/default.yaml: holds more than one document"),
        ("? [a]\n: 1\n", "config/default.yaml:1: a name must be a plain word"),
        ("web: " + "[" * 40 + "]" * 40, "config/default.yaml:1: nested deeper"),
        ("web: " + "[" * 50_000, "config/default.yaml:1: nested deeper"),
        ("x" * 600_000, "config/default.yaml:1: the file is larger than 512 KiB"),
        ("web:\n  threads: yes\n", "config/default.yaml:2: web.threads"),
    ],
)
def test_broken_file_is_a_mistake_with_its_line(config: Path, text: str, expected: str) -> None:
    (config / "default.yaml").write_text(text, encoding="utf-8")
    assert mistakes_of(config)[0].startswith(expected)


def test_missing_or_garbled_file_is_a_mistake(config: Path) -> None:
    (config / "default.yaml").write_bytes(b"web: \xff\xfe")
    assert mistakes_of(config) == ["config/default.yaml:1: this is not UTF-8 text; save the file as UTF-8"]
    (config / "default.yaml").unlink()
    assert mistakes_of(config)[0].startswith("config/default.yaml:1: the file cannot be read")


def test_empty_file_and_empty_sections_mean_defaults(config: Path) -> None:
    (config / "default.yaml").write_text("", encoding="utf-8")
    assert load_settings(config, {}).web.port == 8080
    (config / "default.yaml").write_text("web:\nmedia: {port: 9}\n", encoding="utf-8")
    assert load_settings(config, {}).media.port == 9


def test_lists_come_with_commas(config: Path) -> None:
    environ = {"IVR_DIALLING__ALLOWED_COUNTRIES": "US, CA", "IVR_DIALLING__DENIED_PREFIXES": "+1242,+1284,"}
    dialling = load_settings(config, environ).dialling
    assert dialling.allowed_countries == ("US", "CA")
    assert dialling.denied_prefixes == ("+1242", "+1284")
    assert load_settings(config, {"IVR_DIALLING__ALLOWED_COUNTRIES": ""}).dialling.allowed_countries == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOME_REGION", "us"),
        ("PER_HOUR", "-1"),
        ("SETTLE_SECS", "0"),
        ("LEASE_SECS", "soon"),
        ("ENABLED", "perhaps"),
    ],
)
def test_limits_of_dialling_that_make_no_sense_are_mistakes(config: Path, name: str, value: str) -> None:
    assert len(mistakes_of(config, {f"IVR_DIALLING__{name}": value})) == 1


def test_numbers_that_are_texts_stay_texts(config: Path) -> None:
    (config / "default.yaml").write_text("speech:\n  languages: [no, ja]\nweb:\n  host: '8080'\n", encoding="utf-8")
    settings = load_settings(config, {})
    assert settings.speech.languages == ("no", "ja")
    assert settings.web.host == "8080"


def test_development_without_account_is_refused(config: Path) -> None:
    found = refusals(load_settings(config, {"TWILIO_AUTH_TOKEN": " , "}))
    assert found[0].startswith("TWILIO_AUTH_TOKEN is empty")
    assert found[1].startswith("TWILIO_ACCOUNT_SID is empty")
    assert len(found) == 2


def test_good_production_is_not_refused(config: Path) -> None:
    assert refusals(load_settings(config, GOOD_PRODUCTION)) == []


@pytest.mark.parametrize("base", ["https://api.twilio.com/", "https://api.dublin.ie1.twilio.com"])
def test_regional_carrier_is_the_real_one(config: Path, base: str) -> None:
    settings = load_settings(config, {**GOOD_PRODUCTION, "TWILIO_API_BASE": base})
    assert not settings.carrier.is_simulated
    assert refusals(settings) == []


def test_numbers_of_nobody_are_dialled_only_where_no_stranger_calls(config: Path) -> None:
    assert load_settings(config, {}).dialling_in_force.allow_fictional is True
    assert load_settings(config, GOOD_PRODUCTION).dialling_in_force.allow_fictional is False
    never = {"IVR_DIALLING__ALLOW_FICTIONAL": "false"}
    assert load_settings(config, never).dialling_in_force.allow_fictional is False


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TWILIO_API_BASE": "https://127.0.0.1:8099"}, "TWILIO_API_BASE is not the real carrier"),
        ({"TWILIO_API_BASE": "https://api.twilio.com.evil.example"}, "TWILIO_API_BASE is not the real carrier"),
        ({"TWILIO_API_BASE": "http://api.twilio.com"}, "TWILIO_API_BASE is not https"),
        ({"IVR_SECRET_KEY": ""}, "IVR_SECRET_KEY is not set"),
        ({"IVR_SECRET_KEY": "short"}, "IVR_SECRET_KEY is not set or shorter"),
        ({"IVR_MEDIA__PUBLIC_URL": "ws://m.example/media"}, "media.public_url is not wss"),
        ({"IVR_PUBLIC_URL": "https://localhost", "IVR_ENVIRONMENT": "production"}, "IVR_PUBLIC_URL is this machine"),
        ({"IVR_DIALLING__ALLOW_FICTIONAL": "true"}, "dialling.allow_fictional would dial numbers"),
    ],
)
def test_unsafe_production_is_refused(config: Path, environ: dict[str, str], expected: str) -> None:
    found = refusals(load_settings(config, {**GOOD_PRODUCTION, **environ}))
    assert len(found) == 1
    assert found[0].startswith(expected)


def test_plain_http_production_is_refused(config: Path) -> None:
    environ = {**GOOD_PRODUCTION, "IVR_PUBLIC_URL": "http://calls.example.com", "IVR_ENVIRONMENT": "production"}
    found = refusals(load_settings(config, environ))
    assert found[0].startswith("IVR_PUBLIC_URL is not https")
    assert found[1].startswith("media.public_url is not wss")


def test_unsafe_database_is_refused(config: Path) -> None:
    found = refusals(load_settings(config, GOOD_PRODUCTION), ["synchronous is NORMAL"])
    assert found == ["The database could lose promises: synchronous is NORMAL"]


def test_readable_secrets_are_refused_in_production(config: Path) -> None:
    secrets = config / ".env"
    secrets.write_text("", encoding="utf-8")
    os.chmod(secrets, 0o644)
    settings = load_settings(config, GOOD_PRODUCTION)
    assert refusals(settings)[0].startswith("config/.env can be read by other users")
    os.chmod(secrets, 0o600)
    assert refusals(settings) == []
