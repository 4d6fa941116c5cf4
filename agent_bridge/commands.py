"""What agents and supervisors ask of a bridge. `tag` is the leg of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.core.bridging.model import Party, PassKind, Target


@dataclass(frozen=True, slots=True)
class Hold:
    """The customer waits, with words."""

    tag: str


@dataclass(frozen=True, slots=True)
class Resume:
    """The customer is back."""

    tag: str


@dataclass(frozen=True, slots=True)
class Mute:
    """Nobody hears this leg, or everybody does again."""

    tag: str
    is_muted: bool


@dataclass(frozen=True, slots=True)
class SendKeys:
    """Tones to whoever was asked in."""

    tag: str


@dataclass(frozen=True, slots=True)
class AskIn:
    """A consult, or a cold transfer: `third` is dialled."""

    tag: str
    kind: PassKind
    target: Target
    third: Party


@dataclass(frozen=True, slots=True)
class Join:
    """Three-way."""

    tag: str


@dataclass(frozen=True, slots=True)
class Complete:
    """Warm: who asks leaves, the third stays."""

    tag: str


@dataclass(frozen=True, slots=True)
class CancelConsult:
    """The third leaves."""

    tag: str


@dataclass(frozen=True, slots=True)
class End:
    """Goodbye to the customer."""

    tag: str


@dataclass(frozen=True, slots=True)
class Listen:
    """A supervisor is dialled into it, muted."""

    supervisor: Party


@dataclass(frozen=True, slots=True)
class Whisper:
    """Only the agent hears the supervisor."""

    tag: str
    coached: str
    """Tag of the agent's leg."""


@dataclass(frozen=True, slots=True)
class Barge:
    """Everybody hears the supervisor."""

    tag: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The supervisor is out."""

    tag: str


Command = (
    Hold | Resume | Mute | SendKeys | AskIn | Join | Complete | CancelConsult | End | Listen | Whisper | Barge | Leave
)
