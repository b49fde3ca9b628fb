"""Work cut into shards: even, whole, and the same whoever cuts."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow import sharding

SIZES = st.dictionaries(st.integers(0, 10_000), st.integers(0, 500), max_size=80)
SHARDS = st.integers(1, 20)


def loads(sizes: dict[int, int], found: dict[int, int], shards: int) -> list[int]:
    return [sum(size for part, size in sizes.items() if found[part] == shard) for shard in range(shards)]


@given(SIZES, SHARDS)
def test_each_part_has_one_shard_and_the_largest_shard_is_near_the_best(sizes: dict[int, int], shards: int) -> None:
    found = sharding.spread(sizes, shards)
    assert found.keys() == sizes.keys()
    # what came last to the fullest shard came when it was the emptiest: it had the mean at most
    assert max(loads(sizes, found, shards)) <= sum(sizes.values()) / shards + max(sizes.values(), default=0)


@given(SIZES, SHARDS, st.randoms(use_true_random=False))
def test_the_order_of_the_parts_does_not_matter(sizes: dict[int, int], shards: int, shuffle: random.Random) -> None:
    items = list(sizes.items())
    shuffle.shuffle(items)
    assert sharding.spread(dict(items), shards) == sharding.spread(sizes, shards)


@given(SIZES, SIZES, SHARDS, SHARDS)
def test_what_has_its_place_keeps_it(first: dict[int, int], then: dict[int, int], before: int, after: int) -> None:
    had = sharding.spread(first, before)
    found = sharding.spread(then, after, {part: (had[part], first[part]) for part in first})
    assert {part: found[part] for part in then.keys() & had.keys()} == {p: had[p] for p in then.keys() & had.keys()}
    assert all(found[part] < after for part in then.keys() - had.keys())


def test_new_work_goes_where_least_is_left() -> None:
    assert sharding.spread({"b": 3, "c": 2, "a": 9}, 2, {"a": (0, 1)}) == {"a": 0, "b": 1, "c": 1}


@pytest.mark.parametrize(
    ("work", "shards"), [(0, 1), (1, 1), (200, 1), (201, 2), (800, 4), (3000, 4)]
)  # fmt: skip
def test_shards_are_as_many_as_the_work_is_worth(work: int, shards: int) -> None:
    assert sharding.count(work, 200, 4) == shards


@pytest.mark.parametrize("shards", [4, 16])
@pytest.mark.parametrize("origins", [60, 400, 3000])
def test_origins_by_zipf_s_law_are_cut_as_well_as_whole_origins_can_be(origins: int, shards: int) -> None:
    sizes = {rank: max(1, round(origins * 4 / rank)) for rank in range(1, origins + 1)}
    largest = max(loads(sizes, sharding.spread(sizes, shards), shards))
    assert max(sum(sizes.values()) / shards, sizes[1]) / largest >= 0.98
