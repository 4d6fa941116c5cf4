"""`/` and what its form does: sign in, sign out. Supervisors, and this machine, also see there what is running."""

from __future__ import annotations

import secrets
import threading
from datetime import datetime, timedelta

import structlog
from flask import Blueprint, redirect, render_template, request, session
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from ivr.core.accounts.model import Role
from ivr.ports import Accounts, Attempt, Entry, NoEntry, StoreFailed
from ivr.web.asking import device_of, own_path, source_of
from ivr.web.deps import WebDeps
from ivr.web.frame import home_of
from ivr.web.guard import Guard, current_person
from ivr.web.local import is_local
from ivr.web.metrics import SignIn, WebMetrics
from ivr.web.pages import status_of

log = structlog.get_logger(__name__)

WRONG = "This name and password do not fit."
DEVICE_DAYS = 180
LONGEST_TYPED = 1024
AT_ONCE = 3
"""Passwords looked at at the same time; checking one takes a while, and the other threads belong to callers."""


def sign_in_blueprint(deps: WebDeps, guard: Guard, metrics: WebMetrics) -> Blueprint:
    """`/`, `/sign-in`, `/sign-out`."""
    pages = Blueprint("pages", __name__)
    views = _Views(deps, guard, metrics)
    pages.add_url_rule("/", "home", views.home)
    pages.add_url_rule("/sign-in", "sign_in", views.sign_in, methods=["POST"])
    pages.add_url_rule("/sign-out", "sign_out", views.sign_out, methods=["POST"])
    return guard.protect(pages, None)


class _Views:
    def __init__(self, deps: WebDeps, guard: Guard, metrics: WebMetrics) -> None:
        self._deps, self._guard, self._metrics = deps, guard, metrics
        self._devices = URLSafeTimedSerializer(deps.settings.secret_key.get_secret_value(), salt="denwaban device")
        self._door = threading.BoundedSemaphore(AT_ONCE)
        self._device_cookie = guard.named("denwaban-device")

    def home(self) -> Response | str:
        """What somebody sees first."""
        person = current_person()
        if person is not None and (person.must_change_password or not person.role.may(Role.SUPERVISOR)):
            return redirect(home_of(Role.AGENT), 303)
        return self._page()

    def sign_in(self) -> Response | tuple[str, int]:
        """The form. Whatever is wrong with it, the answer is the same."""
        accounts, now = self._deps.accounts, self._deps.clock.now()
        name, password = _typed("name").strip().lower(), _typed("password")
        if accounts is None or len(name) + len(password) > LONGEST_TYPED:
            return self._page(WRONG, name=""), 422
        if not self._door.acquire(blocking=False):
            return self._page("Too many people are signing in just now. Try again in a few seconds.", name), 503
        try:
            entry = accounts.sign_in(self._attempt(name, password), now)
        except StoreFailed as problem:
            log.warning("nobody can sign in", problem=problem.reason)
            return self._page(
                "The database does not answer, so nobody can sign in now. Try again in a minute.", name
            ), 503
        finally:
            self._door.release()
        if isinstance(entry, NoEntry):
            return self._no(entry, name)
        return self._let_in(accounts, entry, now)

    def sign_out(self) -> Response:
        """Ends the session here and in the database."""
        if self._deps.accounts is not None:
            self._deps.accounts.sign_out(self._guard.token, self._deps.clock.now())
        session.clear()
        return self._guard.give_token(redirect("/", 303), "")

    def _attempt(self, name: str, password: str) -> Attempt:
        source = source_of(request, self._deps.settings.accounts.proxies)
        return Attempt(name, password, source, self._known_device(name), device_of(request))

    def _no(self, entry: NoEntry, name: str) -> tuple[str, int]:
        if entry.wait > timedelta():
            self._metrics.sign_in(SignIn.LIMITED)
            return self._page(f"Too many tries. The next one counts in {_words(entry.wait)}.", name), 429
        self._metrics.sign_in(SignIn.WRONG)
        return self._page(WRONG, name), 422

    def _let_in(self, accounts: Accounts, entry: Entry, now: datetime) -> Response:
        accounts.sign_out(self._guard.token, now)
        session.clear()
        self._metrics.sign_in(SignIn.DONE)
        person = entry.person
        way = own_path(_typed("next")) or home_of(person.role)
        answer = self._guard.give_token(redirect("/account" if person.must_change_password else way, 303), entry.token)
        mark = self._devices.dumps([person.id, secrets.token_hex(16)])
        if not self._known_device(person.id):
            answer.set_cookie(
                *(self._device_cookie, mark, DEVICE_DAYS * 86_400),
                path="/",
                httponly=True,
                samesite="Lax",
                secure=self._guard.is_secure,
            )
        return answer

    def _known_device(self, account_id: str) -> str:
        """The mark of a browser that signed in to this account before."""
        try:
            sent = request.cookies.get(self._device_cookie, "")
            of, mark = self._devices.loads(sent, max_age=DEVICE_DAYS * 86_400)
        except (BadSignature, ValueError, TypeError):
            return ""
        return str(mark) if of == account_id else ""

    def _page(self, problem: str = "", name: str = "") -> str:
        person, accounts = current_person(), self._deps.accounts
        is_known = person is not None or is_local(request)
        return render_template(
            "home.html",
            problem=problem,
            name=name,
            way_back=own_path(request.values.get("next", "")),
            has_form=accounts is not None and person is None,
            is_empty=is_known and _is_empty(accounts),
            **status_of(self._deps, is_known=is_known),
        )


def _is_empty(accounts: Accounts | None) -> bool:
    try:
        return accounts is not None and not accounts.has_any()
    except StoreFailed:
        return False


def _typed(field: str) -> str:
    return request.form.get(field, "")


def _words(wait: timedelta) -> str:
    secs = max(1, round(wait.total_seconds()))
    return f"{secs} s" if secs < 120 else f"{-(-secs // 60)} min"
