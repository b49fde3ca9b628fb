"""Publishers whose pages cost far more than others'."""

from __future__ import annotations

from newsflow.extract.cpu_shares import CpuShares


def given(shares: CpuShares, publisher_id: int, pages: int, cpu_s: float) -> int:
    """How many of a publisher's pages are given out, one after the other."""
    taken = 0
    for _ in range(pages):
        if shares.give(publisher_id):
            shares.note(publisher_id, cpu_s)
            taken += 1
    return taken


def test_a_publisher_of_usual_pages_has_no_limit() -> None:
    assert given(CpuShares(), 1, 100_000, 0.2) == 100_000


def test_a_publisher_of_dear_pages_gets_two_minutes() -> None:
    assert given(CpuShares(), 1, 400, 10.0) == 12


def test_others_pay_nothing_for_it() -> None:
    shares = CpuShares()
    given(shares, 1, 400, 10.0)
    assert given(shares, 2, 400, 0.1) == 400


def test_pages_under_way_count_as_dear_as_those_that_came_back() -> None:
    shares = CpuShares()
    assert all(shares.give(1) for _ in range(10))
    shares.note(1, 10.0)
    assert [shares.give(1) for _ in range(4)] == [True, True, False, False]
