"""Who may have a kernel, and for how long. Time is what the test says it is."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from dashwright.server.viewer.leases import DISCONNECTED, NEVER_CONNECTED, Full, Leases


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(eq=False)
class Connection:
    closed: list[int | None] = field(default_factory=list)

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        self.closed.append(code)


def test_each_browser_has_a_limit_and_all_together_another() -> None:
    leases = Leases(total=3, each=2)
    leases.take("a", "x")
    leases.take("a", "x")
    with pytest.raises(Full) as full:
        leases.take("a", "x")
    assert (full.value.limit, full.value.own) == (2, True)
    leases.take("b", "x")
    with pytest.raises(Full) as full:
        leases.take("c", "x")
    assert (full.value.limit, full.value.own) == (3, False)


def test_a_place_given_back_can_be_taken() -> None:
    leases = Leases(total=1, each=1)
    leases.give_back(leases.take("a", "x"))
    assert len(leases) == 0
    leases.take("b", "x")


def test_a_kernel_is_found_by_its_own_browser_only() -> None:
    leases = Leases(total=3, each=3)
    lease = leases.take("a", "x")
    lease.kernel_id = "k"
    assert leases.of("k", "a") is lease
    assert leases.of("k", "b") is None
    assert leases.of("other", "a") is None


def test_a_page_that_never_connects_loses_its_kernel() -> None:
    leases = Leases(total=3, each=3, clock=(clock := Clock()))
    lease = leases.take("a", "x")
    clock.now = 1000  # a slow notebook: the page cannot connect before it is drawn
    assert leases.abandoned() == []
    leases.drawn(lease)
    clock.now += NEVER_CONNECTED
    assert leases.abandoned() == []
    clock.now += 1
    assert leases.abandoned() == [lease]


def test_a_page_that_lost_its_connection_has_time_to_come_back() -> None:
    leases = Leases(total=3, each=3, clock=(clock := Clock()))
    lease = leases.take("a", "x")
    leases.drawn(lease)
    first, second = Connection(), Connection()
    leases.connected(lease, first)
    clock.now = 5000
    assert leases.abandoned() == []
    leases.disconnected(lease, first)
    clock.now += DISCONNECTED - 1
    leases.connected(lease, second)
    clock.now += 5000
    assert leases.abandoned() == []
    leases.disconnected(lease, second)
    clock.now += DISCONNECTED + 1
    assert leases.abandoned() == [lease]


def test_under_pressure_a_lost_page_gives_way_at_once_but_not_one_that_is_loading() -> None:
    leases = Leases(total=3, each=3, clock=(clock := Clock()))
    lost, loading = leases.take("a", "x"), leases.take("b", "x")
    for lease in (lost, loading):
        leases.drawn(lease)
    connection = Connection()
    leases.connected(lost, connection)
    leases.disconnected(lost, connection)
    clock.now += 2
    assert leases.abandoned() == []
    assert leases.abandoned(under_pressure=True) == [lost]


def test_the_end_of_a_lease_ends_its_connections() -> None:
    leases = Leases(total=1, each=1)
    lease, connection = leases.take("a", "x"), Connection()
    leases.connected(lease, connection)
    leases.give_back(lease)
    assert connection.closed == [1001]
