"""`ivr callbacks …`: promises at the command line. All is done through the queue's service, by the user's name."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from ivr.app import House, open_house
from ivr.commands.common import say, settings, tell
from ivr.ports import Bucket, Done, QueueService, Search
from ivr.web.callbacks.api import detail, summary
from ivr.web.callbacks.reading import end_of_day
from ivr.web.callbacks.words import history_line, leg_line, row_of

BUCKETS = tuple(bucket.value for bucket in Bucket)


def with_queue(work: Callable[[QueueService, datetime], int]) -> int:
    """Opens the house, works, closes it."""
    house: House = open_house(settings(), process="command", guarded=False)
    try:
        return work(house.queue, house.clock.now())
    finally:
        house.close()


def list_callbacks(bucket: str | None, find: str, queue_name: str, limit: int, *, as_json: bool) -> int:
    """One line per promise; by due time."""
    if bucket is not None and bucket not in BUCKETS:
        tell(f"There is no bucket {bucket!r}; there are {', '.join(BUCKETS)}.")
        return 2

    def work(queue: QueueService, now: datetime) -> int:
        zone = queue.queues().get(queue_name) or next(iter(queue.queues().values()), "UTC")
        wanted = Bucket(bucket) if bucket else None
        search = Search(wanted, queue=queue_name, text=find, day_ends_at=end_of_day(now, zone), limit=limit)
        listed = queue.listing(search, now)
        if as_json:
            say(json.dumps({"callbacks": [summary(one) for one in listed.callbacks], "total": listed.total}))
            return 0
        table = Table(box=None, pad_edge=False)
        for heading in ("id", "promised", "caller", "why", "since", "tries", "state", "next step"):
            table.add_column(heading, no_wrap=heading in ("id", "promised"))
        for one in listed.callbacks:
            row = row_of(one, now, queue.queues().get(one.queue, zone))
            state = f"{row.state.word} {row.late}".strip()
            table.add_row(one.id[:8], row.window, row.caller, row.why, row.since, row.tries, state, row.next_step)
        Console().print(table if listed.callbacks else "Nobody is waiting for a call here.")
        counts = ", ".join(f"{name.value.replace('_', ' ')} {count}" for name, count in listed.counts.items())
        say(f"{len(listed.callbacks)} of {listed.total} shown. {counts}. Times in {zone}.")
        return 0

    return with_queue(work)


def show_callback(callback_id: str, *, as_json: bool) -> int:
    """Everything about one."""

    def work(queue: QueueService, now: datetime) -> int:
        whole = _whole_id(queue, callback_id, now)
        shown = queue.shown(whole, now) if whole else None
        if shown is None:
            return _unknown(callback_id)
        if as_json:
            say(json.dumps(detail(shown)))
            return 0
        zone = queue.queues().get(shown.callback.queue, "UTC")
        row = row_of(shown.callback, now, zone)
        say(f"{row.caller} · {row.state.word} {row.late}\n{shown.why}\nPromised {row.window} ({zone}) · {row.why}")
        for note in shown.callback.notes:
            say(f"Added: {note}")
        for line in (history_line(one, now, zone) for one in shown.history):
            say(f"  {line.at}  {line.what}  {line.by}  {line.details}".rstrip())
        for line in (leg_line(leg, now, zone) for leg in shown.legs):
            say(f"  {line.at}  dialled {line.what}  {line.details}".rstrip())
        return 0

    return with_queue(work)


def why_callback(callback_id: str, language: str) -> int:
    """One sentence: why it is where it is."""

    def work(queue: QueueService, now: datetime) -> int:
        whole = _whole_id(queue, callback_id, now)
        shown = queue.shown(whole, now, language) if whole else None
        if shown is None:
            return _unknown(callback_id)
        say(shown.why)
        return 0

    return with_queue(work)


def cancel_callback(callback_id: str, reason: str) -> int:
    """Takes a promise back."""
    return _do(callback_id, lambda queue, whole, now: queue.cancel(whole, reason, by=who(), now=now))


def dial_callback_now(callback_id: str) -> int:
    """Before all others, as soon as an agent is free."""
    return _do(callback_id, lambda queue, whole, now: queue.dial_now(whole, by=who(), now=now))


def who() -> str:
    """Who acts: the user of this machine."""
    return f"supervisor {getpass.getuser()}"


def _do(callback_id: str, order: Callable[[QueueService, str, datetime], Done]) -> int:
    def work(queue: QueueService, now: datetime) -> int:
        whole = _whole_id(queue, callback_id, now)
        if whole is None:
            return _unknown(callback_id)
        done = order(queue, whole, now)
        (say if done.refusal is None else tell)(done.sentence)
        return 0 if done.refusal is None else 1

    return with_queue(work)


def _whole_id(queue: QueueService, given: str, now: datetime) -> str | None:
    """The id that begins like this, when only one does."""
    if len(given) == 32:
        return given
    found = queue.listing(Search(text=given, limit=200, day_ends_at=now.astimezone(UTC)), now).callbacks
    fitting = [one.id for one in found if one.id.startswith(given)]
    return fitting[0] if len(fitting) == 1 else None


def _unknown(given: str) -> int:
    tell(f"There is no callback whose id begins with {given!r} (or more than one); `ivr callbacks list` shows them.")
    return 1
