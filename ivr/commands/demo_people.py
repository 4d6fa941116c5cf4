"""Who can sign in to a demo. Passwords are new each time and good in the demo's own database only."""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.app import House
from ivr.core.accounts.model import Role
from ivr.core.queueing.legs import Agent
from ivr.runtime.accounts.managing import made_password

PEOPLE = {"ana": ("Ana Ruiz", Role.AGENT), "kim": ("Kim Novak", Role.SUPERVISOR)}
TELEPHONE = "+12025550110"
"""Ana's: kept for films and tests."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who can sign in."""

    id: str
    role: Role
    password: str = field(repr=False)


def demo_people(house: House) -> list[DemoPerson]:
    """Makes them, or gives those of an earlier demo new passwords. Ana takes calls."""
    now, made = house.clock.now(), []
    for account_id, (name, role) in PEOPLE.items():
        one = DemoPerson(account_id, role, made_password())
        if house.accounts.add(account_id, name, role, now, by="demo", password=one.password).problem:
            house.accounts.set_role(account_id, role, now, by="demo")
            house.accounts.set_disabled(account_id, False, now, by="demo")
            house.accounts.reset(account_id, now, by="demo", password=one.password)
        made.append(one)
    if house.agents.get("ana") is None:
        house.agents.add(Agent("ana", PEOPLE["ana"][0], TELEPHONE, ("general",), ("en", "ja")))
    return made
