"""When a lease from before the clock was set back may be taken for left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.core.queueing.model import CallbackState
from ivr.runtime.dispatch.leases import FarLeases
from tests.unit.runtime.dispatch.worker import AT, Floor

pytestmark = pytest.mark.unit

FAR = AT + timedelta(hours=1)


def test_a_lease_beyond_is_left_alone_after_as_long_as_a_lease_lasts() -> None:
    steady = [0.0]
    leases = FarLeases(lambda: steady[0])
    held = replace(Floor().promise(), state=CallbackState.DIALLING, lease_until=FAR)
    assert leases.left_alone(held, 15, AT) is None
    steady[0] = 14.9
    assert leases.left_alone(held, 15, AT) is None
    steady[0] = 15.0
    assert leases.left_alone(held, 15, AT) == FAR


def test_one_that_was_made_anew_is_watched_from_then_on() -> None:
    steady = [0.0]
    leases = FarLeases(lambda: steady[0])
    held = replace(Floor().promise(), state=CallbackState.DIALLING, lease_until=FAR)
    leases.left_alone(held, 15, AT)
    steady[0] = 20.0
    anew = replace(held, lease_until=FAR + timedelta(seconds=1))
    assert leases.left_alone(anew, 15, AT) is None
    assert leases.left_alone(replace(held, lease_until=AT + timedelta(seconds=9)), 15, AT) is None
    assert leases.left_alone(replace(held, lease_until=None), 15, AT) is None
    assert leases.left_alone(anew, 15, AT) is None, "watched anew"
    steady[0] = 40.0
    assert leases.left_alone(anew, 15, AT) == anew.lease_until
