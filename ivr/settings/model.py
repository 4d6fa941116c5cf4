"""What can be set, with a sentence and a unit for each key. Values only; reading them is `load`'s work."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
REAL_CARRIER_HOST = "api.twilio.com"
DEVELOPMENT_KEY = "denwaban-development-only"


class Environment(Enum):
    """How careful start-up has to be."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"


class RecordingMode(Enum):
    """Whether calls are recorded."""

    OFF = "off"
    NOTICE_ALL = "notice_all"
    """Recorded after the notice was played to its end."""


class Engine(Enum):
    """Which recogniser listens."""

    AUTO = "auto"
    """An installed Vosk model of the language, else Whisper."""
    VOSK = "vosk"
    WHISPER = "whisper"


class LogLevel(Enum):
    """The least severe level that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(Enum):
    """How a log line looks."""

    AUTO = "auto"
    """Console in a terminal, JSON elsewhere."""
    JSON = "json"
    CONSOLE = "console"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=True)


class Web(_Section):
    """The web process: webhooks, pages, API."""

    host: str = "127.0.0.1"
    """Address to listen on; `0.0.0.0` for every network."""
    port: int = Field(default=8080, ge=1, le=65535)
    """TCP port to listen on."""
    threads: int = Field(default=8, ge=1, le=256)
    """Requests worked on at the same time."""
    processes: int = Field(default=2, ge=1, le=16)
    """Web processes that share the port: while a dead one is replaced, the others answer."""
    calls_per_source: int = Field(default=0, ge=0, le=10_000)
    """Calls at the same time from one calling number; more get the busy tone. 0: no limit."""
    door: int = Field(default=20, ge=1, le=10_000)
    """Callers at the same time who hear that all lines are busy and are offered a call back; more get the busy tone."""


class Media(_Section):
    """The media processes: one socket per call."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(default=8090, ge=1, le=65535)
    """TCP port to listen on."""
    public_url: str | None = Field(default=None, pattern=r"^wss?://[^/?#\s]+(/[^?#\s]*)?$")
    """The sockets' address as the carrier sees it, such as `wss://calls.example.com/media`; derived when not set."""
    capacity: int = Field(default=40, ge=1, le=2000)
    """Calls at the same time in one media process."""
    spare: bool = True
    """Whether a second media process stands by, without engines, to take a dead one's calls over within a second."""
    lead_ms: int = Field(default=200, ge=40, le=2000)
    """How far ahead of real time speech is sent, in milliseconds."""


class Speech(_Section):
    """Listening and speaking."""

    engine: Engine = Engine.AUTO
    """The recogniser."""
    models_dir: Path = Path("var/models")
    """Folder of installed models."""
    cache_dir: Path = Path("var/prompts")
    """Folder of prompts already spoken."""
    languages: tuple[str, ...] = Field(default=("en", "ja"), min_length=1)
    """Languages loaded at start; the first is used where nothing else is known."""


class Recording(_Section):
    """Recordings of calls."""

    mode: RecordingMode = RecordingMode.NOTICE_ALL
    """Whether calls are recorded."""
    dir: Path = Path("var/recordings")
    """Folder of recordings."""


class Flows(_Section):
    """Where supervisors' files are."""

    dir: Path = Path("call_flows")
    """Folder of call flows, intents, knowledge and prompts."""


class Dialling(_Section):
    """Calling people back, and texting them: limits of the whole house. Each queue's own rules are in queues.yaml."""

    enabled: bool = True
    """The kill switch: when false, nobody new is dialled or texted. Promises are still taken."""
    home_region: str = Field(default="US", pattern=r"^[A-Z]{2}$")
    """Country (ISO 3166) whose national numbers are meant when there is no country code."""
    allowed_countries: tuple[str, ...] = ("US", "JP")
    """Countries that may be dialled; only the home region when empty. Premium and satellite numbers never are."""
    denied_prefixes: tuple[str, ...] = ()
    """Beginnings of numbers (E.164) that are not dialled although their country may be."""
    per_hour: int = Field(default=200, ge=0, le=100_000)
    """Calls to customers and agents in an hour, at most."""
    per_day: int = Field(default=1000, ge=0, le=1_000_000)
    """Calls to customers and agents in 24 hours, at most."""
    texts_per_day: int = Field(default=200, ge=0, le=1_000_000)
    """Texts sent in 24 hours, at most. Queues send none unless they say so."""
    settle_secs: float = Field(default=90.0, ge=1, le=3600)
    """Seconds after which the carrier is believed when it knows nothing of a call we may have asked for."""
    lease_secs: float = Field(default=15.0, ge=1, le=600)
    """Seconds after which a worker that was not heard of has lost what it was doing."""
    per_caller_hour: int = Field(default=3, ge=1, le=1000)
    """Promises one calling number may ask for in an hour."""
    per_prefix_hour: int = Field(default=30, ge=1, le=100_000)
    """Promises to numbers with the same first digits (all but the last four) in an hour."""
    per_forged_hour: int = Field(default=10, ge=0, le=100_000)
    """Promises in an hour to all callers together whose number their telephone company calls forged."""
    unanswered: int = Field(default=3, ge=1, le=1000)
    """Promises to one number that failed and wait for a person; with so many it gets no further one."""
    allow_fictional: bool | None = None
    """Whether numbers kept for films and tests may be dialled; None: where no stranger's call can arrive."""


class Timeouts(_Section):
    """How long things may take."""

    ready_secs: float = Field(default=60.0, gt=0, le=600)
    """Seconds until every process must have become ready."""
    drain_secs: float = Field(default=30.0, ge=0, le=7200)
    """Seconds that calls may go on after a stop was asked for."""
    ticket_secs: float = Field(default=60.0, gt=0, le=300)
    """Seconds for which a media socket's single-use token is good."""
    heartbeat_secs: float = Field(default=1.0, gt=0, le=10)
    """Seconds between two signs of life of a media process; after three without, it gets no new calls."""
    lookup_secs: float = Field(default=8.0, gt=0, le=60)
    """Seconds a connector may take to answer."""


class Accounts(_Section):
    """Signing in to the pages."""

    idle_mins: float = Field(default=30.0, gt=0, le=720)
    """Minutes without use after which somebody is signed out. Pages that only keep themselves fresh do not count."""
    session_hours: float = Field(default=12.0, gt=0, le=168)
    """Hours after which one signs in again in any case."""
    local_api: bool = True
    """Whether programs on this machine may use the JSON interface without signing in."""
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Addresses of our own proxies, believed about where a request came from when failed tries are counted."""


class Log(_Section):
    """What the processes write about themselves, to standard error."""

    level: LogLevel = LogLevel.INFO
    """The least severe level that is written."""
    format: LogFormat = LogFormat.AUTO
    """How a line looks."""


class Carrier(_Section):
    """The telephone carrier's account; from the environment only."""

    account_sid: str = ""
    """TWILIO_ACCOUNT_SID: AC and 32 hexadecimal characters."""
    auth_tokens: tuple[SecretStr, ...] = Field(default=(), repr=False)
    """TWILIO_AUTH_TOKEN: one, or while changing it two, separated by a comma; the first signs our own requests."""
    api_base: str = f"https://{REAL_CARRIER_HOST}"
    """TWILIO_API_BASE: where the carrier's REST interface is."""
    api_key_sid: str = ""
    """TWILIO_API_KEY: SK…; signs the tokens of browser phones. The simulated carrier needs none."""
    api_key_secret: SecretStr = Field(default=SecretStr(""), repr=False)
    """TWILIO_API_SECRET: that key's secret."""
    application_sid: str = ""
    """TWILIO_VOICE_APP: AP…; where calls from agents' browsers go. Empty: they only receive."""

    @property
    def is_simulated(self) -> bool:
        """Whether this is anything but the real carrier."""
        host = urlsplit(self.api_base).hostname or ""
        return not (host == REAL_CARRIER_HOST or host.endswith(f".{REAL_CARRIER_HOST.removeprefix('api.')}"))


class Settings(_Section):
    """Everything, read once. Relative folders are already resolved against the project's folder."""

    environment: Environment
    """Derived: production when the public address is https and not this machine; or by IVR_ENVIRONMENT."""
    public_url: str
    """IVR_PUBLIC_URL: our address as the carrier sees it, without a slash at the end."""
    database_url: str = Field(repr=False)
    """IVR_DATABASE_URL: SQLAlchemy's notation; may hold a password."""
    secret_key: SecretStr = SecretStr(DEVELOPMENT_KEY)
    """IVR_SECRET_KEY: signs cookies and links."""
    carrier: Carrier = Carrier()
    web: Web = Web()
    media: Media = Media()
    speech: Speech = Speech()
    recording: Recording = Recording()
    flows: Flows = Flows()
    dialling: Dialling = Dialling()
    timeouts: Timeouts = Timeouts()
    accounts: Accounts = Accounts()
    log: Log = Log()
    config_dir: Path
    """The folder the settings came from."""
    secrets_file: Path | None = None
    """The `.env` file that was read, if there is one."""

    @property
    def is_production(self) -> bool:
        """Whether strangers' calls may arrive here."""
        return self.environment is Environment.PRODUCTION

    @property
    def dialling_in_force(self) -> Dialling:
        """`dialling` with everything settled that depends on where we run."""
        if self.dialling.allow_fictional is not None:
            return self.dialling
        return self.dialling.model_copy(update={"allow_fictional": not self.is_production})

    @property
    def media_public_url(self) -> str:
        """Public base of the media sockets; call id and token follow. No slash at the end."""
        if self.media.public_url is not None:
            return self.media.public_url.rstrip("/")
        public = urlsplit(self.public_url)
        if public.scheme == "https":
            return f"wss://{public.netloc}{public.path}/media"
        host = public.hostname or "127.0.0.1"
        if host in LOOPBACK_HOSTS:
            host = "127.0.0.1"
        return f"ws://{f'[{host}]' if ':' in host else host}:{self.media.port}/media"
