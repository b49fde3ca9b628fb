"""The bound that rules out candidates: never below what two texts share, and cheap to trust."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from newsflow.dedupe.comparison_text import prepare
from newsflow.dedupe.overlap import most_shared, places, promising
from newsflow.dedupe.verify import EDITED, SHARED, SHORT, compare
from tests.worlds.story_world import build

HASHES = st.sets(st.integers(0, 2**64 - 1), min_size=1, max_size=60)


def unique(values: set[int]) -> np.ndarray:
    return np.array(sorted(values), dtype=np.uint64)


@settings(max_examples=200)
@given(page=HASHES, others=st.lists(HASHES, min_size=1, max_size=6), shared=HASHES)
def test_the_count_is_never_below_what_is_shared(page: set[int], others: list[set[int]], shared: set[int]) -> None:
    texts = [unique(other | shared) for other in others]
    found = most_shared(places(unique(page | shared)), [places(text) for text in texts])
    assert all(found >= [len((page | shared) & (other | shared)) for other in others])


def test_without_shingles_that_meet_it_is_exact() -> None:
    page, others = unique(set(range(100))), [unique(set(range(50, 200))), unique({7}), unique({500, 501})]
    assert most_shared(places(page), [places(other) for other in others]).tolist() == [50, 1, 0]


def test_shingles_that_meet_count_too_much_at_worst() -> None:
    page, far = unique({1}), unique({1 + (1 << 18)})
    assert most_shared(places(page), [places(far)]).tolist() == [1]


def test_nothing_that_a_comparison_would_keep_is_ruled_out() -> None:
    items = build(31, stories=6, texts=[]).items
    random.Random(1).shuffle(items)
    texts = {n: prepare(i.title, i.body, i.published_at, publisher=i.publisher) for n, i in enumerate(items[:60])}
    partners = {n: [m for m in texts if m != n] for n in texts}
    kept = set(promising(partners, {n: places(t.unique) for n, t in texts.items()}, EDITED, SHARED, SHORT))
    pairs = [(lo, hi) for lo in texts for hi in texts if lo < hi]
    wanted = {p for p in pairs if (v := compare(texts[p[0]], texts[p[1]])).copies or v.spans}
    assert wanted
    assert wanted <= kept
    assert len(kept) < len(pairs) / 2


def test_a_pair_stands_once_and_pages_without_a_text_are_left_out() -> None:
    same = places(unique(set(range(40))))
    known = {1: same, 2: same, 4: places(unique(set()))}
    assert promising({1: [2, 3, 4], 2: [1], 4: [1], 5: [1]}, known, EDITED, SHARED, SHORT) == [(1, 2)]


def test_a_short_text_needs_most_of_its_shingles_only() -> None:
    known = {1: places(unique(set(range(10)))), 2: places(unique(set(range(4, 50))))}
    assert promising({1: [2]}, known, EDITED, SHARED, SHORT) == [(1, 2)]
    known[2] = places(unique(set(range(5, 50))))
    assert promising({1: [2]}, known, EDITED, SHARED, SHORT) == []
