"""Work shared out among processes: all of it, once, in parts of about one size."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal

import psycopg2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from newsflow.dedupe.comparer_pool import PIECES, ComparerPool, pieces, shares, take
from newsflow.settings import Settings
from tests.dedupe.conftest import Desk
from tests.isolation.processes import gone

ASKED = st.dictionaries(st.integers(100, 200), st.lists(st.integers(0, 99), min_size=1, max_size=9), max_size=40)


@given(ASKED, st.integers(1, 5))
def test_each_page_is_in_one_share_and_none_is_much_larger(asked: dict[int, list[int]], count: int) -> None:
    found = shares(asked, count)
    assert len(found) == count
    assert sorted((page, list(others)) for share in found for page, others in share.items()) == sorted(asked.items())
    sizes = [sum(map(len, share.values())) for share in found]
    assert max(sizes) <= sum(sizes) / count + 9


def test_pages_of_one_story_stay_together() -> None:
    asked = {100 + n: [n % 2] for n in range(20)}
    assert [{others[0] for others in share.values()} for share in shares(asked, 2)] == [{0}, {1}]


@given(ASKED, st.integers(1, 4), st.randoms())
def test_whoever_is_done_takes_from_the_others_until_nothing_is_left(
    asked: dict[int, list[int]], count: int, turn: random.Random
) -> None:
    left, busy, found = pieces(asked, count), list(range(count)), list[int]()
    while busy:
        number = turn.choice(busy)
        if piece := take(left, number):
            found += piece
        else:
            busy.remove(number)
    assert sorted(found) == sorted(asked)


def test_one_s_own_come_first_and_in_order() -> None:
    """Stories follow one another in a share: their texts are at hand."""
    left = pieces({100 + n: [0] for n in range(4 * PIECES)}, 2)
    first = [min(piece) for piece in left[0]]
    assert [min(take(left, 0) or ()) for _ in first] == first
    assert take(left, 0) == {100 + n: [0] for n in range(4 * PIECES - 2, 4 * PIECES)}


@pytest.fixture
def copies(desk: Desk) -> tuple[dict[int, list[int]], dict[int, int]]:
    """Twelve copies of four texts, of which one has far more candidates than all others; and their extractions."""
    for n in range(12):
        desk.file(
            f"https://a.example/{n}", "".join(f"Sentence {k} of text {n % 4} goes on for a while. " for k in range(9))
        )
    versions = dict(desk.rows("select page_id, extraction_id from ingest.extraction"))
    last = max(versions)
    asked = {last: sorted(versions.keys() - {last}), last - 1: [last - 5], last - 2: [last - 6, last - 4]}
    return asked, versions


@pytest.fixture
def two(desk: Desk) -> Settings:
    return desk.settings.model_copy(update={"dedupe_workers": 2})


def test_a_pool_comes_to_the_verdicts_of_one(
    desk: Desk, two: Settings, copies: tuple[dict[int, list[int]], dict[int, int]]
) -> None:
    with ComparerPool(two, desk.conn, 0) as pool, ComparerPool(desk.settings, desk.conn, 0) as alone:
        for _ in range(3):  # a process outlives the thread that first asked it
            found = pool.comparisons(*copies)
            assert found == alone.comparisons(*copies)
            assert {pair for pair, verdict in found.items() if verdict.copies}


def test_a_pool_outlives_its_processes(
    desk: Desk, two: Settings, copies: tuple[dict[int, list[int]], dict[int, int]]
) -> None:
    with ComparerPool(two, desk.conn, 0) as pool:
        found = pool.comparisons(*copies)
        pids = [other.submit(os.getpid).value() for other in pool._others]
        os.kill(pids[0], signal.SIGKILL)
        assert gone(pids[0])
        assert pool.comparisons(*copies) == found
        assert pool._others[1].submit(os.getpid).value() == pids[1]


def test_a_daemonic_process_compares_by_a_pool(
    desk: Desk,
    two: Settings,
    copies: tuple[dict[int, list[int]], dict[int, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A task of a Celery worker is one."""
    config = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    monkeypatch.setitem(config, "daemon", True)
    with ComparerPool(two, desk.conn, 0) as pool:
        assert pool.comparisons(*copies) == pool.own.comparisons(*copies)


def test_a_process_without_a_database_ends_the_step(desk: Desk, two: Settings) -> None:
    elsewhere = two.model_copy(update={"database_url": SecretStr("postgresql://127.0.0.1:1/none")})
    with ComparerPool(elsewhere, desk.conn, 0) as pool, pytest.raises(psycopg2.OperationalError):
        pool.plan([[1]])
        pool.readings([1])


def test_what_was_read_ahead_is_taken_up_and_the_rest_is_read_now(desk: Desk, two: Settings) -> None:
    for n in range(6):
        desk.file(f"https://a.example/{n}", f"Text {n} " + "(Reuters) of a few words more " * 8)
    numbers = [row[0] for row in desk.rows("select extraction_id from ingest.extraction order by 1")]
    with ComparerPool(two, desk.conn, 0) as pool, ComparerPool(desk.settings, desk.conn, 0) as alone:
        pool.plan([numbers[:3], numbers[3:5]])
        for some in (numbers[:3], numbers[3:], numbers[:1]):
            found = pool.readings(some)
            assert list(found) == some
            assert found == alone.readings(some)
