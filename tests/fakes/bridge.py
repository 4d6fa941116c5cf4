"""A bridge without a carrier: it notes what was asked, and answers as it is told to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ivr.core.bridging.followups import CheckBack, FollowUp
from ivr.core.bridging.model import Bridge, Target
from ivr.ports.bridge import Answer, BridgeResult, Offered, Why

DONE = BridgeResult(Answer.DONE)


class FakeBridge:
    """`ivr.ports.bridge.BridgeService`; set `next_result` to have something refused."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.bridges: dict[str, Bridge] = {}
        self.next_result = DONE

    def offer(self, agent: str) -> Offered | None:
        return None

    def bridge_of(self, agent: str) -> Bridge | None:
        return self.bridges.get(agent)

    def open_bridges(self) -> Sequence[Bridge]:
        return list(self.bridges.values())

    def _note(self, *words: str) -> BridgeResult:
        self.asked.append(words)
        return self.next_result

    def accept(self, agent: str, now: datetime) -> BridgeResult:
        return self._note("accept", agent)

    def decline(self, agent: str, now: datetime) -> BridgeResult:
        return self._note("decline", agent)

    def hold(self, agent: str, now: datetime) -> BridgeResult:
        return self._note("hold", agent)

    def resume(self, agent: str, now: datetime) -> BridgeResult:
        return self._note("resume", agent)

    def mute(self, agent: str, now: datetime) -> BridgeResult:
        return self._note("mute", agent)

    def unmute(self, agent: str, now: datetime) -> BridgeResult:
        return self._note("unmute", agent)

    def keys(self, agent: str, digits: str, now: datetime) -> BridgeResult:
        return self._note("keys", agent, digits)

    def consult(self, agent: str, target: Target, now: datetime) -> BridgeResult:
        return self._note("consult", agent, target.kind.value, target.value)

    def join(self, agent: str, now: datetime) -> BridgeResult:
        return self._note("join", agent)

    def complete(self, agent: str, now: datetime) -> BridgeResult:
        return self._note("complete", agent)

    def cancel_consult(self, agent: str, now: datetime) -> BridgeResult:
        return self._note("cancel_consult", agent)

    def cold(self, agent: str, target: Target, now: datetime) -> BridgeResult:
        return self._note("cold", agent, target.kind.value, target.value)

    def end(self, agent: str, now: datetime) -> BridgeResult:
        return self._note("end", agent)

    def listen(self, supervisor: str, number: str, agent: str, now: datetime) -> BridgeResult:
        return self._note("listen", supervisor, agent)

    def whisper(self, supervisor: str, now: datetime) -> BridgeResult:
        return self._note("whisper", supervisor)

    def barge(self, supervisor: str, now: datetime) -> BridgeResult:
        return self._note("barge", supervisor)

    def leave(self, supervisor: str, now: datetime) -> BridgeResult:
        return self._note("leave", supervisor)


class FakeFollowUps:
    """`ivr.ports.bridge.FollowUps` over a list."""

    def __init__(self) -> None:
        self.rows: list[FollowUp] = []
        self.asked: list[tuple[str, ...]] = []

    def for_agent(self, agent: str) -> Sequence[FollowUp]:
        return [one for one in self.rows if one.agent == agent and one.done_at is None]

    def done(self, follow_up_id: str, agent: str, note: str, now: datetime) -> FollowUp | None:
        self.asked.append(("done", follow_up_id, note))
        return self._take(follow_up_id, agent)

    def check_back(self, follow_up_id: str, agent: str, how: CheckBack, now: datetime) -> FollowUp | None:
        self.asked.append((how.value, follow_up_id))
        return next((one for one in self.rows if one.id == follow_up_id and one.agent == agent), None)

    def _take(self, follow_up_id: str, agent: str) -> FollowUp | None:
        found = next((one for one in self.rows if one.id == follow_up_id and one.agent == agent), None)
        if found is not None:
            self.rows.remove(found)
        return found


def refused(why: Why, sentence: str) -> BridgeResult:
    """Nothing was changed."""
    return BridgeResult(Answer.REFUSED, why, sentence)
