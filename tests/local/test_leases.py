from __future__ import annotations

import threading

from config.local.leases import Lease, leased

Pair = tuple[Lease, Lease]


def test_the_first_command_starts_the_server_and_the_second_joins_it(leases: Pair) -> None:
    first, second = leases
    first.take()
    second.take()
    assert first.started_here
    assert not second.started_here
    assert first.others()


def test_whoever_joined_leaves_the_server_running(leases: Pair) -> None:
    first, second = leases
    first.take()
    second.take()
    second.give_back()
    assert first.server.running()
    assert not first.others()


def test_whoever_started_it_waits_for_the_others(leases: Pair) -> None:
    first, second = leases
    first.take()
    second.take()
    leaving = threading.Thread(target=first.give_back)
    leaving.start()
    leaving.join(0.2)
    assert leaving.is_alive()
    assert second.server.running()
    second.give_back()
    leaving.join(5)
    assert not first.server.running()


def test_the_demo_does_not_wait(leases: Pair) -> None:
    first, second = leases
    first.take()
    second.take()
    first.give_back(wait=False)
    assert not second.server.running()


def test_a_command_that_fails_stops_what_it_started(leases: Pair) -> None:
    server = leases[0].server
    try:
        with leased(server):
            raise RuntimeError
    except RuntimeError:
        assert not server.running()
