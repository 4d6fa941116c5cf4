"""The figures of P1: what must lose nothing loses nothing, and every negative control is noticed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.durability.power_cuts import CUTS, SETTINGS, Figures, main, measure

BY_NAME = {setting.name: setting for setting in SETTINGS}


@pytest.mark.durability
@pytest.mark.parametrize("name", ["SQLite DELETE EXTRA", "SQLite WAL FULL, no sync gets through"])
def test_a_few_cuts_of_a_setting_come_out_as_they_must(name: str) -> None:
    assert measure(BY_NAME[name], 4).is_good


@pytest.mark.durability
def test_a_setting_is_good_when_it_loses_what_it_must_and_nothing_else() -> None:
    proper = Figures("x", True, 2, 10, 0, 0, 0)
    assert proper.is_good and not replace(proper, lost=1).is_good and not replace(proper, unreadable=1).is_good
    control = replace(proper, is_proper=False)
    assert not control.is_good and replace(control, lost=1).is_good and replace(control, unreadable=1).is_good


@pytest.mark.load
@pytest.mark.timeout(600)
def test_twenty_cuts_of_every_setting() -> None:
    assert main(CUTS) == 0
