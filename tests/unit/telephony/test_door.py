"""The listening socket that keeps unfinished upgrades from piling up."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from ivr.telephony.door import Door

pytestmark = pytest.mark.unit


@pytest.fixture
def door() -> Iterator[Door]:
    with Door("127.0.0.1", 0, waiting=3, waiting_per_address=2) as opened:
        opened.setblocking(True)
        yield opened


def visit(door: Door, source: str = "127.0.0.1") -> tuple[socket.socket, socket.socket]:
    visitor = socket.create_connection(door.getsockname(), source_address=(source, 0))
    guest, _ = door.accept()
    return visitor, guest


def close(*sockets: socket.socket) -> None:
    for each in sockets:
        each.close()


def test_a_guest_waits_until_it_is_closed(door: Door) -> None:
    visitor, guest = visit(door)
    assert door.waiting == 1
    close(guest, guest)
    assert door.waiting == 0
    close(visitor)


def test_a_guest_that_passed_waits_no_more(door: Door) -> None:
    visitor, guest = visit(door)
    door.passed(visitor.getsockname())
    door.passed(visitor.getsockname())
    assert door.waiting == 0
    close(visitor, guest)


def test_one_address_too_many_drops_its_own_oldest(door: Door) -> None:
    other, other_guest = visit(door, "127.0.0.2")
    first, first_guest = visit(door)
    second, second_guest = visit(door)
    third, third_guest = visit(door)
    assert first.recv(1) == b""
    assert (door.waiting, door.dropped) == (3, 1)
    close(other, first, second, third, other_guest, first_guest, second_guest, third_guest)
    assert door.waiting == 0


def test_all_that_wait_can_be_dropped(door: Door) -> None:
    visits = [visit(door), visit(door)]
    door.drop_waiting()
    assert [visitor.recv(1) for visitor, _ in visits] == [b"", b""]
    assert door.waiting == 0
    for pair in visits:
        close(*pair)


def test_too_many_altogether_drop_the_oldest_of_all(door: Door) -> None:
    visits = [visit(door, f"127.0.0.{last}") for last in (2, 3, 4, 5)]
    assert visits[0][0].recv(1) == b""
    assert (door.waiting, door.dropped) == (3, 1)
    for pair in visits:
        close(*pair)
