from __future__ import annotations

import pytest

from ivr.core.queueing.limits import DialLimits

pytestmark = pytest.mark.unit


def test_without_settings_people_are_dialled_within_modest_budgets() -> None:
    limits = DialLimits()
    assert limits.is_enabled
    assert 0 < limits.per_hour <= limits.per_day
    assert 0 < limits.lease_secs < limits.settle_secs
