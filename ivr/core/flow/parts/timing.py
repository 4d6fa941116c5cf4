"""Choosing a time, by voice or by key: understood, checked against the queue's hours, read back.

when ─▶ said ─▶ check ─▶ checked ─▶ right ─▶ done
          └▶ date ─▶ clock ─▶ check_keyed   └ problem ─▶ suggest ─▶ when
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.core.flow.parts.kit import Kit
from ivr.core.flow.parts.sentences import CALLBACK as SAID

SLOT = "callback_when"
RECORD = "callback_time"
"""What `check_time` said last; its `when` is the wish that can be kept."""
MAX_CHECKS = 6
"""Wishes that cannot be before it is given up."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Where a time is chosen, and what follows."""

    queue: str
    around: Mapping[str, str]
    """Arguments that tell the zone."""
    asap: str
    """Node: as soon as possible after all."""
    done: str
    declined: str
    trouble: str


def timing_parts(kit: Kit, way: Timing) -> None:
    """The steps; they begin at `when`, or at `said` where the slot has been filled already."""
    _asking(kit, way)
    _keying(kit, way)
    _checking(kit, way)


def _asking(kit: Kit, way: Timing) -> None:
    at = kit.name
    kit.ask(
        "when",
        SLOT,
        "callback_time",
        SAID["when"],
        at("said"),
        again=SAID["when_again"],
        tries=2,
        failure=at("date"),
        silent=at("date"),
    )
    kit.branch(
        "said",
        (f"slots.{SLOT} == 'asap'", way.asap),
        (f"slots.{SLOT} == 'later'", at("later")),
        (f"slots.{SLOT} == 'no'", way.declined),
        otherwise=at("check"),
    )
    # Who still names no time, or has pressed 2, is asked for keys.
    kit.branch("later", (kit.visits("when"), at("date")), otherwise=at("when"))


def _keying(kit: Kit, way: Timing) -> None:
    at = kit.name
    kit.ask("date", "callback_date", "date", SAID["date"], at("clock"), tries=2, failure=way.declined)
    kit.ask("clock", "callback_clock", "time", SAID["clock"], at("check_keyed"), tries=2, failure=way.declined)


def _checking(kit: Kit, way: Timing) -> None:
    at = kit.name
    for part, wish in (
        ("check", f"{{{{ slots.{SLOT} }}}}"),
        ("check_keyed", "{{ slots.callback_date }} {{ slots.callback_clock }}"),
        ("take_suggestion", f"{{{{ {RECORD}.suggestion }}}}"),
    ):
        kit.do(part, "check_time", RECORD, at("checked"), way.trouble, queue=way.queue, when=wish, **way.around)
    kit.branch("checked", (f"{RECORD}.ok == 'yes'", at("right")), otherwise=at("time_problem"))
    kit.ask(
        "right",
        SLOT,
        "callback_time",
        SAID["when"],
        way.done,
        failure=at("when"),
        silent=way.done,
        known=kit.known(f"{{{{ {RECORD}.when }}}}", SAID["right"], corrected=at("said"), denied=at("when")),
    )
    kit.branch("time_problem", (f"{RECORD}.suggestion", at("suggest")), otherwise=at("no_time"))
    kit.say("no_time", SAID["no_time"], at("time_again"))
    kit.branch("time_again", (f"{kit.visits('time_again')} > {MAX_CHECKS}", way.declined), otherwise=at("when"))
    kit.ask(
        "suggest",
        "callback_suggested",
        "yes_no",
        SAID["suggest"],
        by_value={"yes": at("take_suggestion"), "no": at("time_again")},
        failure=way.declined,
    )
