"""`ivr users …`: names, options and help of the commands about people; their work is in `ivr/commands`."""

from __future__ import annotations

from typing import Annotated

import typer

from ivr.commands import common

users_app = typer.Typer(help="The people who take calls, and who may sign in to the pages.", no_args_is_help=True)

UserId = Annotated[str, typer.Argument(help="Short name, such as `ana`.")]
FromInput = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object; progress goes to standard error.")]


@users_app.command("add")
def users_add(
    user: UserId,
    number: Annotated[str, typer.Option(help="Telephone of somebody who takes calls: E.164, as +12025550111.")] = "",
    name: Annotated[str, typer.Option(help="As colleagues and callers know them; the id when left out.")] = "",
    role: Annotated[str, typer.Option(help="Lets them sign in: agent, supervisor or admin.")] = "",
    password_stdin: FromInput = False,
    queue: Annotated[list[str] | None, typer.Option(help="A queue they serve; may be repeated.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="A language they speak; may be repeated.")] = None,
    skill: Annotated[list[str] | None, typer.Option(help="A skill they have; may be repeated.")] = None,
) -> None:
    """Add somebody who takes calls (--number), who signs in (--role), or both; or change who takes calls."""
    from ivr.commands.people import NewUser, add_user
    from ivr.core.queueing.legs import Agent

    lists = (tuple(queue or ["general"]), tuple(language or ["en"]), tuple(skill or []))
    agent = Agent(user, name or user, number, *lists) if number else None
    given = NewUser(user, name, role, agent, from_input=password_stdin)
    raise typer.Exit(common.guarded(lambda: add_user(given)))


@users_app.command("list")
def users_list(as_json: AsJson = False) -> None:
    """Print everybody with state and account."""
    from ivr.commands.users import list_users

    raise typer.Exit(common.guarded(lambda: list_users(as_json=as_json)))


@users_app.command("state")
def users_state(
    user: UserId,
    state: Annotated[str, typer.Argument(help="available, busy, break or offline.")],
    reason: Annotated[str, typer.Option(help="Of a break.")] = "",
    mins: Annotated[float, typer.Option(min=0, max=600, help="Minutes until somebody busy is available again.")] = 5.0,
) -> None:
    """Let calls come to somebody, or not."""
    from ivr.commands.users import set_user_state

    raise typer.Exit(common.guarded(lambda: set_user_state(user, state, reason, mins)))


@users_app.command("remove")
def users_remove(user: UserId) -> None:
    """Take somebody out, with their account. What they did stays in the histories."""
    from ivr.commands.users import remove_user

    raise typer.Exit(common.guarded(lambda: remove_user(user)))


@users_app.command("password")
def users_password(user: UserId, password_stdin: FromInput = False) -> None:
    """Give somebody another password. All their sessions end, and failed tries are forgotten."""
    from ivr.commands.people import reset_password

    raise typer.Exit(common.guarded(lambda: reset_password(user, from_input=password_stdin)))


@users_app.command("role")
def users_role(user: UserId, role: Annotated[str, typer.Argument(help="agent, supervisor or admin.")]) -> None:
    """Give somebody another role. All their sessions end."""
    from ivr.commands.people import set_role

    raise typer.Exit(common.guarded(lambda: set_role(user, role)))


@users_app.command("disable")
def users_disable(user: UserId) -> None:
    """Let somebody sign in no longer. All their sessions end."""
    from ivr.commands.people import set_disabled

    raise typer.Exit(common.guarded(lambda: set_disabled(user, is_disabled=True)))


@users_app.command("enable")
def users_enable(user: UserId) -> None:
    """Let somebody sign in again."""
    from ivr.commands.people import set_disabled

    raise typer.Exit(common.guarded(lambda: set_disabled(user, is_disabled=False)))


@users_app.command("sessions")
def users_sessions(user: UserId, as_json: AsJson = False) -> None:
    """Print where somebody is signed in."""
    from ivr.commands.people import list_sessions

    raise typer.Exit(common.guarded(lambda: list_sessions(user, as_json=as_json)))


@users_app.command("end-sessions")
def users_end_sessions(user: UserId) -> None:
    """Sign somebody out everywhere."""
    from ivr.commands.people import end_sessions

    raise typer.Exit(common.guarded(lambda: end_sessions(user)))
