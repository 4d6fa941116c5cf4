"""The command line `ivr …`. Each command's work is in `ivr/commands`; here are names, options and help."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from ivr.cli_users import users_app
from ivr.commands import common

app = typer.Typer(
    name="ivr",
    help="Denwaban answers a company's support line with local speech, and knows when to ask a person.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
flows_app = typer.Typer(help="Look at call flows.", no_args_is_help=True)
models_app = typer.Typer(help="Speech models: list, install, verify.", no_args_is_help=True)
db_app = typer.Typer(help="The database's schema.", no_args_is_help=True)
callbacks_app = typer.Typer(help="Promised calls: who waits, why, and what to do about it.", no_args_is_help=True)
bench_app = typer.Typer(help="Measure, and print figures.", no_args_is_help=True)
app.add_typer(flows_app, name="flows")
app.add_typer(models_app, name="models")
app.add_typer(db_app, name="db")
app.add_typer(bench_app, name="bench")
app.add_typer(callbacks_app, name="callbacks")
app.add_typer(users_app, name="users")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object; progress goes to standard error.")]

AsSpare = Annotated[
    bool, typer.Option("--spare", hidden=True, help="Stand by; serve on being told so over standard input.")
]


@app.command()
def serve() -> None:
    """Start the server: web, media and worker processes, watched and restarted. Ctrl-C drains."""
    from ivr.commands.serve import serve as run

    raise typer.Exit(common.guarded(run))


@app.command()
def web() -> None:
    """Run one web process (webhooks, pages, API)."""
    from ivr.web_process import run_web

    raise typer.Exit(common.guarded(lambda: run_web(common.settings())))


@app.command()
def media(spare: AsSpare = False) -> None:
    """Run one media process (sockets, speech, calls)."""
    from ivr.media_process import run_media

    raise typer.Exit(common.guarded(lambda: run_media(common.settings(), as_spare=spare)))


@app.command()
def worker() -> None:
    """Run one worker process (background work)."""
    from ivr.worker_process import run_worker

    raise typer.Exit(common.guarded(lambda: run_worker(common.settings())))


@app.command()
def carrier(
    port: Annotated[int, typer.Option(help="Port of the REST interface.")] = 8099,
    voice_url: Annotated[str, typer.Option(help="Webhook of its numbers.")] = "http://127.0.0.1:8080/voice/incoming",
    number: Annotated[list[str] | None, typer.Option(help="A number it owns, in E.164; may be repeated.")] = None,
    parties: Annotated[Path | None, typer.Option(help="YAML or JSON file: what dialled numbers do.")] = None,
) -> None:
    """Run the simulated carrier: the real one's public interface, without telephones."""
    from ivr.commands.carrier import run_simulated_carrier

    raise typer.Exit(common.guarded(lambda: run_simulated_carrier(port, voice_url, number or [], parties)))


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the call.")] = False,
    language: Annotated[str, typer.Option(help="Language of the caller: en or ja.")] = "en",
) -> None:
    """Start the server and a simulated carrier, and show one whole call as it is spoken."""
    from ivr.commands.demo import run_demo

    raise typer.Exit(common.guarded(lambda: run_demo(once=once, language=language)))


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Look at engines, models, database, ports and addresses, and say what to do about each problem."""
    from ivr.commands.doctor import run_doctor

    raise typer.Exit(common.guarded(lambda: run_doctor(as_json=as_json)))


@app.command()
def call(
    scripts: Annotated[list[Path], typer.Argument(help="Call scripts (*.call.yaml), or folders of them.")],
    level: Annotated[str, typer.Option(help="text: the dialogue only; wire: real speech over the protocol.")] = "text",
    speed: Annotated[float, typer.Option(help="Wire level: line time per real time.")] = 1.0,
    save_audio: Annotated[Path | None, typer.Option(help="Folder for a WAV of each call.")] = None,
    report: Annotated[str | None, typer.Option(help="`json` prints one object.")] = None,
    against: Annotated[str | None, typer.Option(help="Base URL of a running server, for the wire level.")] = None,
    jobs: Annotated[int, typer.Option(help="Wire level: calls at the same time.")] = 1,
) -> None:
    """Run simulated calls and compare what is heard with what was expected."""
    from ivr.commands.call import run_scripts

    raise typer.Exit(
        common.guarded(
            lambda: run_scripts(
                scripts, level=level, speed=speed, save_audio=save_audio, report=report, against=against, jobs=jobs
            )
        )
    )


@flows_app.command("check")
def flows_check(
    folder: Annotated[Path | None, typer.Argument(help="Folder of flows, or one flow file.")] = None,
) -> None:
    """Print every problem as `file:line: node: what is wrong, and how to mend it`."""
    from ivr.commands.flows import check_flows

    raise typer.Exit(common.guarded(lambda: check_flows(folder)))


@models_app.command("list")
def models_list(as_json: AsJson = False) -> None:
    """Print the catalogue, and what is here."""
    from ivr.commands.models import list_all

    raise typer.Exit(common.guarded(lambda: list_all(as_json=as_json)))


@models_app.command("install")
def models_install(
    name: Annotated[str, typer.Argument(help="A name from `ivr models list`.")],
    sha256: Annotated[str | None, typer.Option(help="The digest to trust where the catalogue has none.")] = None,
    base_url: Annotated[str | None, typer.Option(help="A mirror to fetch from.")] = None,
) -> None:
    """Fetch a model: resumable, checked, unpacked safely, in place only when whole."""
    from ivr.commands.models import install_one

    raise typer.Exit(common.guarded(lambda: install_one(name, sha256=sha256, base_url=base_url)))


@models_app.command("verify")
def models_verify() -> None:
    """Check every model that is here against its digest."""
    from ivr.commands.models import verify_all

    raise typer.Exit(common.guarded(verify_all))


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the schema of this version."""
    from ivr.commands.db import upgrade_database

    raise typer.Exit(common.guarded(upgrade_database))


@db_app.command("prepare", hidden=True)
def db_prepare() -> None:
    """Bring the database up to date and look for reasons not to start."""
    from ivr.commands.db import prepare

    raise typer.Exit(common.guarded(prepare))


@db_app.command("downgrade")
def db_downgrade(revision: Annotated[str, typer.Argument(help="The older version's, such as 0001.")]) -> None:
    """Go back to an older schema, before an older version is started. Promises are kept for the next upgrade."""
    from ivr.commands.db import downgrade_database

    raise typer.Exit(common.guarded(lambda: downgrade_database(revision)))


@db_app.command("current")
def db_current() -> None:
    """Print the schema the database is at."""
    from ivr.commands.db import print_current

    raise typer.Exit(common.guarded(print_current))


CallbackId = Annotated[str, typer.Argument(help="Its id, or how the id begins.")]


@callbacks_app.command("list")
def callbacks_list(
    bucket: Annotated[
        str | None, typer.Option(help="overdue, now, later, another_day, needs_person or done; all when left out.")
    ] = None,
    find: Annotated[str, typer.Option(help="In name, number, reason, code or id.")] = "",
    queue: Annotated[str, typer.Option(help="Only this queue.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Lines at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Print promises by the time they are due."""
    from ivr.commands.callbacks import list_callbacks

    raise typer.Exit(common.guarded(lambda: list_callbacks(bucket, find, queue, limit, as_json=as_json)))


@callbacks_app.command("show")
def callbacks_show(callback: CallbackId, as_json: AsJson = False) -> None:
    """Print one promise with its history and every leg that was dialled."""
    from ivr.commands.callbacks import show_callback

    raise typer.Exit(common.guarded(lambda: show_callback(callback, as_json=as_json)))


@callbacks_app.command("why")
def callbacks_why(callback: CallbackId, language: Annotated[str, typer.Option(help="en or ja.")] = "en") -> None:
    """Say in one sentence why a promise is where it is in the line."""
    from ivr.commands.callbacks import why_callback

    raise typer.Exit(common.guarded(lambda: why_callback(callback, language)))


@callbacks_app.command("cancel")
def callbacks_cancel(
    callback: CallbackId, reason: Annotated[str, typer.Option(help="Why; kept in its history.")]
) -> None:
    """Take a promise back. The customer will not be called."""
    from ivr.commands.callbacks import cancel_callback

    raise typer.Exit(common.guarded(lambda: cancel_callback(callback, reason)))


@callbacks_app.command("dial-now")
def callbacks_dial_now(callback: CallbackId) -> None:
    """Put a promise before all others: dialled as soon as an agent is free."""
    from ivr.commands.callbacks import dial_callback_now

    raise typer.Exit(common.guarded(lambda: dial_callback_now(callback)))


@bench_app.command("latency")
def bench_latency(
    calls: Annotated[list[int] | None, typer.Option(help="Calls at the same time; may be repeated.")] = None,
    rounds: Annotated[int, typer.Option(help="Calls of each caller.")] = 3,
    as_json: AsJson = False,
) -> None:
    """First sound, turn gap, barge-in and longest silence, at wire level with real speech."""
    from ivr.commands.bench_latency import run_latency

    raise typer.Exit(common.guarded(lambda: run_latency(calls or [1, 8], rounds, as_json=as_json)))


@bench_app.command("media")
def bench_media(
    seconds: Annotated[float, typer.Option(help="Longest time to spend.")] = 40.0, as_json: AsJson = False
) -> None:
    """Echo calls on one core, and CPU per frame."""
    from ivr.commands.bench_media import run_media_bench

    raise typer.Exit(common.guarded(lambda: run_media_bench(seconds, as_json=as_json)))


@bench_app.command("day")
def bench_day(
    callers: Annotated[int, typer.Option(min=1, help="Of the day, in each shape.")] = 2000,
    agents: Annotated[int, typer.Option(min=1, help="At work all day.")] = 12,
    seed: Annotated[int, typer.Option(help="The same one gives the same days.")] = 1,
    plot: Annotated[Path | None, typer.Option(help="A PNG to be written.")] = None,
    as_json: AsJson = False,
) -> None:
    """Play nine hours of callbacks on the virtual clock, and see which promises are kept."""
    from ivr.bench.day.day import DaySize
    from ivr.commands.bench_day import run_day_bench

    size = DaySize(callers, agents, seed)
    raise typer.Exit(common.guarded(lambda: run_day_bench(size, plot, as_json=as_json)))


@bench_app.command("faults")
def bench_faults(
    runs: Annotated[int, typer.Option(min=1, help="Runs in all; the controls come on top.")] = 500,
    seed: Annotated[int, typer.Option(help="Of the first run; each further one has the next.")] = 1,
    database: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "both",
    lanes: Annotated[int, typer.Option(min=1, help="Runs at the same time.")] = 2,
    pace: Annotated[float, typer.Option(min=0.2, help="Length of runs; a busy machine stretches it by itself.")] = 0.6,
    mins: Annotated[float, typer.Option(help="No run is begun after so long.")] = math.inf,
    as_json: AsJson = False,
) -> None:
    """Kill and freeze workers beside a carrier that lies, and look for promises lost, dialled twice or overtaken."""
    from ivr.commands.bench_faults import Options, run_faults

    options = Options(runs, seed, database, lanes, pace, mins)
    raise typer.Exit(common.guarded(lambda: run_faults(options, as_json=as_json)))


@bench_app.command("queue")
def bench_queue(
    rows: Annotated[list[int] | None, typer.Option(help="Stored callbacks; may be repeated.")] = None,
    claim_secs: Annotated[float, typer.Option(help="How long 8 workers claim; 0: not at all.")] = 5.0,
    postgresql: Annotated[str, typer.Option(help="URL of a server on which a database may be made.")] = "",
    as_json: AsJson = False,
) -> None:
    """Who is next, which place, how long, and claims a second, in both databases."""
    from ivr.commands.bench_queue import ROWS, run_queue_bench

    raise typer.Exit(common.guarded(lambda: run_queue_bench(rows or ROWS, claim_secs, postgresql, as_json=as_json)))


def main() -> None:
    """Runs the command line."""
    app(prog_name="ivr")


if __name__ == "__main__":
    main()
