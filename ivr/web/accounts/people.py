"""`/accounts`: who may sign in, for administrators."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ivr.core.accounts.model import AccountNote, Role
from ivr.ports import Accounts, Added
from ivr.web.deps import WebDeps
from ivr.web.guard import acting

SHOWN_NOTES = 30
WORDS = {
    "signed_in": "signed in",
    "wrong": "wrong password",
    "signed_out": "signed out",
    "ended": "sessions ended",
    "added": "account added",
    "password": "password changed",
    "reset": "new password given",
    "role": "role changed",
    "disabled": "disabled",
    "enabled": "enabled",
    "removed": "removed",
}


def people_blueprint(deps: WebDeps, accounts: Accounts) -> Blueprint:
    """The list and its forms; `guard` sees to it that an administrator asks."""
    pages = Blueprint("people", __name__, url_prefix="/accounts")
    views = _Views(deps, accounts)
    pages.add_url_rule("", "listing", views.listing)
    pages.add_url_rule("", "add", views.add, methods=["POST"])
    pages.add_url_rule("/<account_id>/<action>", "act", views.act, methods=["POST"])
    return pages


class _Views:
    def __init__(self, deps: WebDeps, accounts: Accounts) -> None:
        self._accounts, self._clock = accounts, deps.clock

    def listing(self) -> str:
        """Everybody."""
        return self._page()

    def add(self) -> str | tuple[str, int]:
        """Somebody new."""
        account_id, name = request.form.get("id", "").strip(), request.form.get("name", "").strip()
        added = self._accounts.add(account_id, name, _role(), self._clock.now(), by=acting())
        return self._with_password(account_id, added)

    def act(self, account_id: str, action: str) -> Response | str | tuple[str, int]:
        """One order about one account."""
        now, by = self._clock.now(), acting()
        if action == "reset":
            return self._with_password(account_id, self._accounts.reset(account_id, now, by=by))
        match action:
            case "role":
                problem = self._accounts.set_role(account_id, _role(), now, by=by)
            case "disable" | "enable":
                problem = self._accounts.set_disabled(account_id, action == "disable", now, by=by)
            case "end-sessions":
                self._accounts.end_sessions(account_id, now, by=by)
                problem = ""
            case _:
                abort(404)
        flash(problem or f"Done: {_DONE[action]} {account_id}.", "bad" if problem else "ok")
        return redirect(url_for("people.listing"), 303)

    def _with_password(self, account_id: str, added: Added) -> str | tuple[str, int]:
        """The page itself, and no redirect: the password is in this answer and nowhere else."""
        if added.problem:
            return self._page(problem=added.problem), 422
        return self._page(account_id=account_id, password=added.password)

    def _page(self, *, problem: str = "", account_id: str = "", password: str = "") -> str:
        now = self._clock.now()
        return render_template(
            "accounts/people.html",
            problem=problem,
            fresh={"id": account_id, "password": password} if password else None,
            people=[(one, len(self._accounts.sessions(one.id, now))) for one in self._accounts.all()],
            roles=[role.value for role in Role],
            notes=[_line(note) for note in self._accounts.notes(SHOWN_NOTES)],
        )


_DONE = {
    "role": "another role for",
    "disable": "disabled",
    "enable": "enabled",
    "end-sessions": "signed out everywhere",
}


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        abort(400)


def _line(note: AccountNote) -> dict[str, str]:
    return {
        "at": note.at.strftime("%m-%d %H:%M:%S"),
        "what": WORDS[note.kind.value],
        "account": note.account_id or "unknown name",
        "by": note.by or "a stranger",
    }
