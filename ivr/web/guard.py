"""Who asks, and whether they may: before every page and every action. The desk's pages use it as well.

signed in, role reaches        → the page
signed in, role does not       → 403, a page with a way on
not signed in, a page          → `/` with the way back in `next`
not signed in, a script's call → 401 `{"error": "signed_out"}`, for which open pages say so over what they show
the database does not answer   → 503; nobody is let in on a guess
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from urllib.parse import quote

import structlog
from flask import Blueprint, Flask, flash, g, jsonify, redirect, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response

from ivr.core.accounts.model import Person, Role
from ivr.ports import Accounts, Clock, StoreFailed
from ivr.settings import Settings
from ivr.web.asking import POLL, is_from_here, is_script, own_path
from ivr.web.local import is_local

log = structlog.get_logger(__name__)

SIGNED_OUT = "Signed out – sign in again"
HERE = "supervisor on this machine"
"""Who acts where nobody has signed in."""
_NAME = "denwaban_guard"

Answer = Response | tuple[Response | str, int]


class Local(Enum):
    """What somebody on this machine may do without signing in."""

    NOTHING = "nothing"
    UNTIL_ACCOUNTS = "until_accounts"
    """Look and act while there is no account at all."""
    ALWAYS = "always"
    """Programs on this machine, where the settings let them."""


def current_person() -> Person | None:
    """Who is signed in; None: nobody, or somebody on this machine."""
    person: Person | None = g.get("person")
    return person


def acting() -> str:
    """Who did it, for histories: the id of who is signed in."""
    person = current_person()
    return person.id if person is not None else HERE


def may(role: Role) -> bool:
    """Whether a page of this role would be shown to whoever asks."""
    person = current_person()
    if person is None:
        return bool(g.get("is_open_here", False)) and Role.SUPERVISOR.may(role)
    return person.role.may(role) and not person.must_change_password


def guard_of(app: Flask) -> Guard:
    """The app's guard, for blueprints that are registered from outside `create_app`."""
    guard: Guard = app.extensions[_NAME]
    return guard


class Guard:
    """One per app; `protect` is called for each blueprint before it is registered."""

    def __init__(self, app: Flask, settings: Settings, accounts: Accounts | None, clock: Clock) -> None:
        self._settings, self._accounts, self._clock = settings, accounts, clock
        self.is_secure = settings.public_url.startswith("https://")
        self.cookie = self.named("denwaban")
        self._set_up_forms(app)
        self._forms = CSRFProtect(app)
        app.register_error_handler(CSRFError, _form_is_old)
        app.extensions[_NAME] = self

    def protect(self, pages: Blueprint, role: Role | None, local: Local = Local.NOTHING) -> Blueprint:
        """Every route of these pages wants this role, and a token (CSRF) with everything that changes something.

        Args:
            pages: Not yet registered.
            role: None: anybody may look, and who is signed in is known.
            local: What somebody on this machine may do without signing in.
        """
        pages.before_request(self._check_origin)
        pages.before_request(self._recognise)
        if role is not None:
            pages.before_request(self._checker(role, local, is_api=False))
        pages.before_request(self._forms.protect)
        return pages

    def protect_api(self, api: Blueprint, role: Role) -> Blueprint:
        """The same for JSON, without form tokens: what changes something must be JSON, which no foreign page can send.

        Programs on this machine need no sign-in, if the settings let them.
        """
        local = Local.ALWAYS if self._settings.accounts.local_api else Local.UNTIL_ACCOUNTS
        api.before_request(self._check_origin)
        api.before_request(self._recognise)
        api.before_request(self._checker(role, local, is_api=True))
        return api

    def is_open_here(self, local: Local) -> bool:
        """Whether whoever asks may do without signing in."""
        if local is Local.NOTHING or not is_local(request):
            return False
        return local is Local.ALWAYS or self._accounts is None or not self._accounts.has_any()

    def named(self, cookie: str) -> str:
        """The prefix keeps other hosts of our domain from setting it; browsers want https for it."""
        return f"__Host-{cookie}" if self.is_secure else cookie

    @property
    def token(self) -> str:
        """The secret of the session's cookie, as it was sent."""
        return request.cookies.get(self.cookie, "")

    def give_token(self, answer: Response, token: str) -> Response:
        """Sets the session's cookie; an empty token takes it away."""
        if token:
            answer.set_cookie(self.cookie, token, path="/", httponly=True, samesite="Lax", secure=self.is_secure)
        else:
            answer.delete_cookie(self.cookie, path="/", httponly=True, samesite="Lax", secure=self.is_secure)
        return answer

    def _set_up_forms(self, app: Flask) -> None:
        """Flask's own cookie carries the tokens of forms and what is told once; it opens nothing."""
        app.config["WTF_CSRF_CHECK_DEFAULT"] = False
        app.config["WTF_CSRF_TIME_LIMIT"] = None
        # Where a form came from is looked at in `_check_origin`, for http as well.
        app.config["WTF_CSRF_SSL_STRICT"] = False
        app.config["SESSION_COOKIE_NAME"] = self.named("denwaban-form")
        app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
        app.config["SESSION_COOKIE_HTTPONLY"] = True
        app.config["SESSION_COOKIE_SECURE"] = self.is_secure

    def _check_origin(self) -> Answer | None:
        if is_from_here(request, self._settings.public_url):
            return None
        log.warning("a form of another site", endpoint=request.endpoint)
        return _refused("This form was sent from another site. Nothing was changed.")

    def _recognise(self) -> Answer | None:
        token, g.person = self.token, None
        if not token or self._accounts is None:
            return None
        try:
            g.person = self._accounts.person(token, self._clock.now(), is_use=POLL not in request.headers)
        except StoreFailed as problem:
            return _no_database(problem)
        return None

    def _checker(self, role: Role, local: Local, *, is_api: bool) -> Callable[[], Answer | None]:
        def check() -> Answer | None:
            person = current_person()
            if person is not None and person.must_change_password and request.blueprint != "account":
                wants_words = is_api or is_script(request)
                return _refused("Change your password first.") if wants_words else redirect("/account", 303)
            if person is not None:
                return None if person.role.may(role) else _refused("Your account may not open this page.")
            try:
                g.is_open_here = self.is_open_here(local)
            except StoreFailed as problem:
                return _no_database(problem)
            if g.is_open_here:
                return None
            return _signed_out(is_api) if self._accounts is not None else _refused("Only this machine may do that.")

        return check


def _refused(sentence: str) -> Answer:
    if is_script(request):
        return jsonify({"error": "not_allowed", "message": sentence}), 403
    return render_template("accounts/refused.html", sentence=sentence), 403


def _signed_out(is_api: bool) -> Answer:
    way_back = own_path(request.full_path.rstrip("?")) if request.method == "GET" and not is_api else ""
    address = f"/?next={quote(way_back, safe='')}" if way_back else "/"
    if is_api or is_script(request):
        return jsonify({"error": "signed_out", "message": SIGNED_OUT, "sign_in": address}), 401
    if request.method != "GET":
        flash("You were signed out, so nothing was changed. Sign in and do it again.", "bad")
    return redirect(address, 303)


def _form_is_old(_: CSRFError) -> Answer:
    sentence = "This page was open for too long. Nothing was changed; go back, load it again, and repeat."
    if is_script(request):
        return jsonify({"error": "form", "message": sentence}), 400
    return render_template("accounts/refused.html", sentence=sentence), 400


def _no_database(problem: StoreFailed) -> Answer:
    log.warning("nobody can be recognised", problem=problem.reason)
    if is_script(request):
        return jsonify({"error": "database", "message": "The database does not answer."}), 503
    return render_template("accounts/away.html"), 503
