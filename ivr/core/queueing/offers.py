"""A call back that is offered by text to somebody who hung up before one was promised. Pure."""

from __future__ import annotations

from dataclasses import dataclass

_KIND = "offer"
_GAP = ":"


@dataclass(frozen=True, slots=True)
class TextOffer:
    """What a promise needs to know of the call that was given up. It travels in the key of the text."""

    call_id: str
    queue: str
    flow: str
    language: str

    @property
    def key(self) -> str:
        """One text per call."""
        return _GAP.join((_KIND, self.call_id, self.queue, self.flow, self.language))

    @classmethod
    def of(cls, key: str) -> TextOffer | None:
        """The offer that a text with this key made; None: it made none."""
        kind, _, rest = key.partition(_GAP)
        parts = rest.split(_GAP)
        return cls(*parts) if kind == _KIND and len(parts) == 4 else None
