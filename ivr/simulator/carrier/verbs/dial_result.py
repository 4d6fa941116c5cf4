"""How a `<Dial>` ended: the parameters of its `action` (webhooks.md section 3)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class DialResult:
    """Filled in while dialling; read when the verb ends or the caller has gone."""

    status: str = "canceled"
    """`completed`, `answered` (conference), `busy`, `no-answer`, `failed` or `canceled`."""
    call_sid: str = ""
    """The child that answered; none for a conference."""
    duration_secs: int | None = None
    """Of that child."""
    is_bridged: bool | None = None
    """Whether the child was joined to the caller; not told for a conference."""

    def params(self) -> dict[str, str]:
        """`DialCallStatus` and what else is known."""
        params = {"DialCallStatus": self.status}
        if self.call_sid:
            params["DialCallSid"] = self.call_sid
        if self.duration_secs is not None:
            params["DialCallDuration"] = str(self.duration_secs)
        if self.is_bridged is not None:
            params["DialBridged"] = "true" if self.is_bridged else "false"
        return params
