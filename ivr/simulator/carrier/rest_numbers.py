"""Numbers and callback addresses of a call that REST makes: what is refused, with which code (rest.md section 6)."""

from __future__ import annotations

from ivr.simulator.carrier.call import CallHooks
from ivr.simulator.carrier.callbacks import Progress
from ivr.simulator.carrier.errors import RequestRefused
from ivr.simulator.carrier.rest_form import NUMBER, Form, address, method, text, texts
from ivr.simulator.carrier.settings import CarrierSettings

_REFUSALS = {
    21211: "The 'To' number is not a valid phone number",
    21214: "The 'To' number cannot be reached",
    21215: "Account not authorized to call this number. Geographic permissions do not permit it",
    21216: "Account not allowed to call this number",
    21217: "The 'To' phone number does not appear to be valid",
    21219: "The 'To' number is not verified",
}


def numbers(settings: CarrierSettings, form: Form) -> tuple[str, str]:
    """`From` and `To`; raises `RequestRefused` in the order in which the real carrier looks."""
    from_number, to_number = text(form, "From"), text(form, "To")
    if not to_number:
        raise RequestRefused(400, 21201, "No 'To' number is specified")
    if not from_number:
        raise RequestRefused(400, 21213, "No 'From' number is specified")
    if not NUMBER.fullmatch(to_number):
        raise RequestRefused(400, 21211, _REFUSALS[21211])
    if not NUMBER.fullmatch(from_number):
        raise RequestRefused(400, 21212, "The 'From' number is not a valid phone number")
    if from_number not in settings.numbers and from_number not in settings.verified_callers:
        raise RequestRefused(400, 21210, "The source phone number is not verified for this account")
    code = settings.refusal_of(to_number)
    if code:
        raise RequestRefused(400, code, _REFUSALS.get(code, "Call refused"))
    return from_number, to_number


def call_hooks(form: Form) -> CallHooks:
    """The callbacks a new call was made with."""
    hooks = CallHooks()
    change_hooks(hooks, form)
    wanted = texts(form, "StatusCallbackEvent")
    if wanted:
        known = {progress.value: progress for progress in Progress}
        hooks.status_events = frozenset(known[name] for name in wanted if name in known)
    return hooks


def change_hooks(hooks: CallHooks, form: Form) -> None:
    """Replace the addresses that the form names."""
    if text(form, "FallbackUrl"):
        hooks.fallback_url, hooks.fallback_method = address(form, "FallbackUrl"), method(form, "FallbackMethod")
    if text(form, "StatusCallback"):
        hooks.status_callback = address(form, "StatusCallback")
        hooks.status_callback_method = method(form, "StatusCallbackMethod")
