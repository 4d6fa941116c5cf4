"""`/account`: what somebody may see and change of their own account."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from ivr.core.accounts.model import Person, Session
from ivr.core.accounts.passwords import SHORTEST
from ivr.ports import Accounts, Entry
from ivr.web.deps import WebDeps
from ivr.web.guard import Guard, current_person


def account_blueprint(deps: WebDeps, accounts: Accounts, guard: Guard) -> Blueprint:
    """The page and its forms; `guard` sees to it that somebody is signed in."""
    pages = Blueprint("account", __name__, url_prefix="/account")
    views = _Views(deps, accounts, guard)
    pages.add_url_rule("", "mine", views.mine)
    pages.add_url_rule("/password", "password", views.password, methods=["POST"])
    pages.add_url_rule("/keys", "keys", views.keys, methods=["POST"])
    pages.add_url_rule("/sessions/end", "end_others", views.end_others, methods=["POST"])
    pages.add_url_rule("/sessions/<session_id>/end", "end", views.end, methods=["POST"])
    return pages


class _Views:
    def __init__(self, deps: WebDeps, accounts: Accounts, guard: Guard) -> None:
        self._accounts, self._clock, self._guard = accounts, deps.clock, guard

    def mine(self) -> str:
        """The page."""
        return self._page()

    def password(self) -> Response | tuple[str, int]:
        """Another password; every other browser is signed out, and this one gets a new session."""
        wanted = request.form.get("wanted", "")
        if wanted != request.form.get("again", ""):
            return self._page("The two new passwords are not the same."), 422
        done = self._accounts.change_password(
            self._guard.token, request.form.get("present", ""), wanted, self._clock.now()
        )
        if not isinstance(done, Entry):
            return self._page(done), 422
        session.clear()
        flash("Your password is changed. Everywhere else you are signed out.", "ok")
        return self._guard.give_token(self._back(), done.token)

    def keys(self) -> Response:
        """Single letters as shortcuts, or not."""
        is_on = request.form.get("letters") == "on"
        self._accounts.prefer_letter_keys(_me().id, is_on)
        flash(f"Single-letter keys are {'on' if is_on else 'off'}.", "ok")
        return self._back()

    def end(self, session_id: str) -> Response:
        """One session; the own one is signing out."""
        me = _me()
        is_own = session_id == me.session_id
        if not self._accounts.end_session(me.id, session_id, self._clock.now(), by=me.id):
            abort(404)
        if is_own:
            session.clear()
            return self._guard.give_token(redirect("/", 303), "")
        flash("That browser is signed out.", "ok")
        return self._back()

    def end_others(self) -> Response:
        """All sessions but this one."""
        me = _me()
        ended = self._accounts.end_sessions(me.id, self._clock.now(), by=me.id, but=me.session_id)
        flash(f"{ended} other {'browser is' if ended == 1 else 'browsers are'} signed out.", "ok")
        return self._back()

    @staticmethod
    def _back() -> Response:
        return redirect(url_for("account.mine"), 303)

    def _page(self, problem: str = "") -> str:
        me, now = _me(), self._clock.now()
        return render_template(
            "accounts/account.html",
            problem=problem,
            shortest=SHORTEST,
            sessions=[_line(one, me, now) for one in self._accounts.sessions(me.id, now)],
        )


def _me() -> Person:
    person = current_person()
    if person is None:  # The guard lets nobody come so far.
        abort(401)
    return person


def _line(one: Session, me: Person, now: datetime) -> dict[str, object]:
    minutes = int((now - one.seen_at).total_seconds() // 60)
    return {
        "id": one.id,
        "device": one.device,
        "since": one.created_at.strftime("%m-%d %H:%M UTC"),
        "seen": "just now" if minutes < 2 else f"{minutes} min ago",
        "is_this": one.id == me.session_id,
    }
