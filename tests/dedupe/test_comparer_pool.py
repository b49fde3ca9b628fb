"""Work shared out among processes: all of it, once, in parts of about one size."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from newsflow.dedupe.comparer_pool import PIECES, ComparerPool, pieces, shares, take
from tests.dedupe.conftest import Desk

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


def test_a_pool_comes_to_the_verdicts_of_one(desk: Desk) -> None:
    """Twelve copies of four texts, one with far more candidates than all others."""
    for n in range(12):
        desk.file(
            f"https://a.example/{n}", "".join(f"Sentence {k} of text {n % 4} goes on for a while. " for k in range(9))
        )
    versions = dict(desk.rows("select page_id, extraction_id from ingest.extraction"))
    last = max(versions)
    asked = {last: sorted(versions.keys() - {last}), last - 1: [last - 5], last - 2: [last - 6, last - 4]}
    settings = desk.settings.model_copy(update={"dedupe_workers": 2})
    with ComparerPool(settings, desk.conn, 0) as pool, ComparerPool(desk.settings, desk.conn, 0) as alone:
        for _ in range(3):  # a process must outlive the thread that first asked it
            found = pool.comparisons(asked, versions)
            assert found == alone.comparisons(asked, versions)
            assert {pair for pair, verdict in found.items() if verdict.copies}


def test_what_was_read_ahead_is_taken_up_and_the_rest_is_read_now(desk: Desk) -> None:
    for n in range(6):
        desk.file(f"https://a.example/{n}", f"Text {n} " + "(Reuters) of a few words more " * 8)
    numbers = [row[0] for row in desk.rows("select extraction_id from ingest.extraction order by 1")]
    settings = desk.settings.model_copy(update={"dedupe_workers": 2})
    with ComparerPool(settings, desk.conn, 0) as pool, ComparerPool(desk.settings, desk.conn, 0) as alone:
        pool.plan([numbers[:3], numbers[3:5]])
        for some in (numbers[:3], numbers[3:], numbers[:1]):
            found = pool.readings(some)
            assert list(found) == some
            assert found == alone.readings(some)
