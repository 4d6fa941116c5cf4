"""How fast a line was, from what its caller heard. Pure: stretches and inputs in, milliseconds out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.simulator.caller import Caller, Input, InputKind, Stretch
from ivr.simulator.scripts.results import Figures


@dataclass(frozen=True, slots=True)
class Waiting:
    """A time in which the caller listened: since when, and to what until the words had come."""

    since: int
    stretches: tuple[Stretch, ...]


def gap_after(done: Input, following: Input | None, stretches: Sequence[Stretch]) -> int | None:
    """From the end of an input to the first sound of the reply.

    None when the line's words went on over it, or when no reply came before the `following` input.
    """
    for stretch in stretches:
        if following is not None and stretch.started_at >= following.started_at:
            return None
        if stretch.is_rest and stretch.ended_at > done.ended_at > stretch.started_at:
            return None
        if not stretch.is_rest and stretch.started_at >= done.started_at:
            return max(0, stretch.started_at - done.ended_at)
    return None


def barge_in_ms(done: Input, caller: Caller) -> int | None:
    """From the caller's first sound to the end of the line's, where the caller broke in and the line gave way."""
    if not done.broke_in or done.kind is not InputKind.SPEECH:
        return None
    cleared = [at - done.started_at for at in caller.clears if at >= done.started_at]
    rests = [rest.ended_at - done.started_at for rest in caller.stretches if _is_rest_of(rest, done)]
    return min(cleared[:1] + rests, default=None)


def _is_rest_of(stretch: Stretch, done: Input) -> bool:
    return stretch.is_rest and stretch.started_at == done.started_at


def longest_silence_ms(waits: Sequence[Waiting]) -> int:
    """Longest time in which a caller listened and heard nothing."""
    longest = 0
    for wait in waits:
        since = wait.since
        for stretch in wait.stretches:
            longest = max(longest, stretch.started_at - since)
            since = max(since, stretch.ended_at)
    return longest


def figures_of(caller: Caller, waits: Sequence[Waiting]) -> Figures:
    """Everything that can be told of one call."""
    pairs = zip(caller.inputs, [*caller.inputs[1:], None], strict=False)
    gaps = [(done.kind, gap) for done, next_ in pairs if (gap := gap_after(done, next_, caller.stretches)) is not None]
    first = caller.stretches[0].started_at if caller.stretches else None
    barge_ins = (barge_in_ms(done, caller) for done in caller.inputs)
    return Figures(
        first_sound_ms=first,
        turn_gaps_ms=tuple(gap for kind, gap in gaps if kind is InputKind.SPEECH),
        key_gaps_ms=tuple(gap for kind, gap in gaps if kind is InputKind.KEYS),
        barge_in_ms=tuple(ms for ms in barge_ins if ms is not None),
        longest_silence_ms=longest_silence_ms(waits),
        duration_ms=max(0, caller.at_ms),
    )
