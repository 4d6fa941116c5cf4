"""Before a promise: what can be offered, and whether a time, a number, a zone will do. Nothing is stored here."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from ivr.core.flow import spoken
from ivr.core.hours import Hours
from ivr.core.queueing.policy import order_at
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.wall_clock import shown_at
from ivr.core.queueing.wished_times import Slot, TimeProblem, keep_to_calling_hours, openings, time_problem
from ivr.core.queueing.wording import place_text, when_text, window_text
from ivr.ports import CallbackStore
from ivr.runtime.desk.parts import Arguments, DeskParts, Record, yes
from ivr.runtime.desk.sentences import number_problem, sentence, wrong_time
from ivr.runtime.desk.windows import Wanted, expected
from ivr.runtime.desk.zones import is_one_clock, zone_showing
from ivr.runtime.dispatch.permission import calling_hours

ASAP = "asap"
_YEARS = (1970, 9000)
"""Beyond them, clocks of other zones cannot be reckoned."""
WHOLE_DAY = timedelta(hours=10)
"""A wish this long names a day, not a time: it is kept within calling hours."""


class Offering:
    """Operations `offer`, `check_time`, `check_number`, `guess_zone`."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts

    def offer(self, given: Arguments) -> Record:
        """What a caller can be offered now."""
        parts, now, language = self._parts, self._parts.now(), given.language()
        rules, caller = parts.queue(given.needed("queue")), given.text("caller", 40)
        checked = parts.numbers.check(caller) if caller else None
        zones = checked.zones if checked is not None and not checked.problem else ()
        zone = zones[0] if zones else parts.hours(rules).zone.key
        arrived = given.moment("arrived_at", now)
        priority = given.whole("priority", 5, 0, 9)
        wanted = Wanted(
            language, skills_of(given), order_at(arrived, priority, rules), given.text("call_id") or caller, caller
        )
        found = expected(parts, rules, wanted, now)
        problem = self._refusal(rules.name, rules.max_waiting, language, now)
        waiting = [one for one in parts.callbacks.open_for(caller) if not one.state.is_final] if caller else []
        return {
            "ok": yes(not problem),
            "problem_text": problem,
            "is_waiting": yes(any(one.queue == rules.name for one in waiting)),
            "is_open": yes(parts.hours(rules).is_open(now)),
            "window_text": window_text(found.start, found.end, now, zone, language),
            "place_text": place_text(found.ahead, found.is_capped, language),
            "zone": zone,
            "zone_is_sure": yes(is_one_clock(zones, now)),
            "local_time_text": local_time_text(zone, now, language),
            "number_ok": yes(checked is not None and not checked.problem),
        }

    def _refusal(self, queue: str, limit: int, language: str, now: datetime) -> str:
        if limit and self._parts.callbacks.waiting(queue, now, cap=limit) >= limit:
            return sentence("full", language)
        return ""

    def check_time(self, given: Arguments) -> Record:
        """Whether somebody can be called then; else what is wrong, and the nearest time that will do."""
        parts, now, language, zone = self._parts, self._parts.now(), given.language(), given.zone()
        rules = parts.queue(given.needed("queue"))
        found = slot_of(parts, rules.name, given.text("when"), zone, now)
        if found is None:
            return _no_time(sentence("unclear", language)) | _none()
        if isinstance(found, TimeProblem):
            return _no_time(wrong_time(found.reason, language)) | suggestion(found, now, zone, language)
        return {
            "ok": "yes",
            "when": given.text("when"),
            "text": when_text(found.start, found.end, now, zone, language),
            "from": found.start.isoformat(),
            "to": found.end.isoformat(),
            "problem_text": "",
            **_none(),
        }

    def check_number(self, given: Arguments) -> Record:
        """Whether a number may be called; another one than the calling one wants a key (T8)."""
        parts, now, language = self._parts, self._parts.now(), given.language()
        rules, caller = parts.queue(given.needed("queue")), given.text("caller", 40)
        checked = parts.numbers.check(given.text("number", 60), near=caller)
        problem = number_problem(checked.problem, language)
        is_other = bool(checked.e164) and checked.e164 != caller
        if not problem and is_other and parts.callbacks.is_stopped(checked.e164, rules.name):
            problem = number_problem("stopped", language)
        if not problem and is_other and caller:
            others = others_promised(parts.callbacks, caller, now)
            problem = sentence("other_numbers", language) if others >= rules.other_numbers_per_day else ""
        zones = checked.zones if not problem else ()
        zone = zones[0] if zones else given.zone()
        return {
            "ok": yes(not problem),
            "number": checked.e164 if not problem else "",
            "problem_text": problem,
            "needs_key": yes(is_other and rules.keypad_for_other_number),
            "zone": zone,
            "zone_is_sure": yes(is_one_clock(zones, now)),
            "local_time_text": local_time_text(zone, now, language),
        }

    def guess_zone(self, given: Arguments) -> Record:
        """The zone in which it is that time now: one of the number's, else any, as near as can be."""
        now = self._parts.now()
        likely = self._parts.numbers.check(given.text("number", 60)).zones or (self._home_zone(),)
        try:
            told = time.fromisoformat(given.text("local_time", 5))
        except ValueError:
            return {"ok": "no", "zone": likely[0]}
        return {"ok": "yes", "zone": zone_showing(told, likely, now)}

    def _home_zone(self) -> str:
        """Where our own people are."""
        rules = self._parts.rules().values()
        return next((self._parts.hours(one).zone.key for one in rules if one.hours), "UTC")


def others_promised(store: CallbackStore, caller: str, now: datetime) -> int:
    """Promises to other numbers than their own that somebody got within a day (T8)."""
    return store.promises(now - timedelta(days=1), caller=caller, others_only=True)


def slot_of(parts: DeskParts, queue: str, when: str, zone: str, now: datetime) -> Slot | TimeProblem | None:
    """The slot of a `FROM/TO` wish (or `YYYY-MM-DD HH:MM`), what is wrong with it, or None when it is no wish."""
    rules = parts.queue(queue)
    return wished_slot(when, rules, parts.hours(rules), zone, now)


def wished_slot(when: str, rules: QueueRules, hours: Hours, zone: str, now: datetime) -> Slot | TimeProblem | None:
    """The same by the queue's rules and schedule."""
    wish = _wish(when)
    if wish is None:
        return None
    found = time_problem(*wish, now.astimezone(ZoneInfo(zone)), hours, zone, rules.horizon_days)
    if isinstance(found, TimeProblem) or wish[1] - wish[0] < WHOLE_DAY:
        return found
    # A day of the caller may touch two of ours, of which the second one may be the better.
    ends = shown_at(wish[1], ZoneInfo(zone))[1]
    parts = openings(hours, found.start, ends)
    kept = [keep_to_calling_hours(part, hours, calling_hours(rules), zone, rules.horizon_days) for part in parts]
    return next((one for one in kept if isinstance(one, Slot)), kept[0])


def _wish(when: str) -> tuple[datetime, datetime] | None:
    begins, _, ends = when.partition("/")
    try:
        start = datetime.fromisoformat(begins.strip())
        end = datetime.fromisoformat(ends.strip()) if ends else start + timedelta(minutes=30)
    except ValueError:
        return None
    if (
        start.tzinfo is not None
        or end.tzinfo is not None
        or end < start
        or not _YEARS[0] < start.year <= end.year < _YEARS[1]
    ):
        return None
    return start, end


def suggestion(problem: TimeProblem, now: datetime, zone: str, language: str) -> Record:
    """The nearest time that will do, as a wish and in words; empty where there is none."""
    slot = problem.suggestion
    if slot is None:
        return _none()
    local = [moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in (slot.start, slot.end)]
    wish = "/".join(moment.isoformat(timespec="minutes") for moment in local)
    return {"suggestion": wish, "suggestion_text": when_text(slot.start, slot.end, now, zone, language)}


def _no_time(problem: str) -> Record:
    return {"ok": "no", "when": "", "text": "", "from": "", "to": "", "problem_text": problem}


def _none() -> Record:
    return {"suggestion": "", "suggestion_text": ""}


def local_time_text(zone: str, now: datetime, language: str) -> str:
    """What time it is there, rounded to five minutes."""
    local = now.astimezone(ZoneInfo(zone))
    rounded = local - timedelta(minutes=local.minute % 5)
    return spoken.time(f"{rounded:%H:%M}", language)


def skills_of(given: Arguments) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(sorted({name.strip() for name in given.text("skills").split(",") if name.strip()}))
