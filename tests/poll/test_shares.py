"""How feeds are cut into shards, for worlds drawn at random."""

from __future__ import annotations

import random
from collections import Counter, defaultdict

import pytest

from newsflow.poll.shares import Share, shared_out


def world(chance: random.Random) -> list[Share]:
    """Feeds of some publishers on some origins, sitemaps that are not due among them."""
    origins, publishers = chance.randint(1, 40), chance.randint(1, 40)
    return [
        Share(number, chance.randrange(publishers), f"https://{chance.randrange(origins)}.example", None, asked)
        for number, asked in enumerate(chance.choices((True, False), (9, 1), k=chance.randint(1, 80)))
    ]


@pytest.mark.parametrize("seed", range(50))
def test_what_belongs_together_is_in_one_shard_and_all_that_is_asked_in_some(seed: int) -> None:
    chance = random.Random(seed)
    feeds, shards = world(chance), chance.randint(1, 8)
    placed = shared_out(feeds, shards)
    asked = [feed for feed in feeds if feed.asked]
    assert sorted(placed) == sorted(feed.feed_id for feed in asked)
    assert all(0 <= shard < shards for shard in placed.values())
    for name in ("origin", "publisher_id"):
        homes = defaultdict(set)
        for feed in asked:
            homes[getattr(feed, name)].add(placed[feed.feed_id])
        assert all(len(shards) == 1 for shards in homes.values()), name
    assert shared_out(list(reversed(feeds)), shards).keys() == placed.keys()


@pytest.mark.parametrize("seed", range(20))
def test_no_shard_is_much_fuller_than_its_part(seed: int) -> None:
    """Graham's bound, over sites of one feed to many."""
    chance = random.Random(seed)
    shards = chance.randint(2, 8)
    sizes = [min(60, int(chance.paretovariate(1))) for _ in range(chance.randint(20, 100))]
    feeds = [
        Share(1000 * site + n, site, f"https://{site}.example") for site, size in enumerate(sizes) for n in range(size)
    ]
    fullest = max(Counter(shared_out(feeds, shards).values()).values())
    assert fullest <= 4 / 3 * max(*sizes, -(-len(feeds) // shards)) + 1


def test_an_idle_sitemap_keeps_its_publisher_and_its_origin_together() -> None:
    feeds = [
        Share(1, 1, "https://rss.example"),
        Share(2, 2, "https://www.example"),
        Share(3, 1, "https://www.example", None, asked=False),
        *(Share(10 + n, 10 + n, f"https://{n}.example") for n in range(6)),
    ]
    placed = shared_out(feeds, 4)
    assert placed[1] == placed[2]
    assert 3 not in placed
    assert len(set(placed.values())) == 4


def test_what_a_shard_has_in_hand_it_keeps() -> None:
    feeds = [
        Share(1, 1, "https://a.example", 5),
        Share(2, 1, "https://a.example"),
        Share(3, 3, "https://c.example", 1),
        Share(4, 4, "https://d.example"),
        Share(5, 5, "https://e.example"),
    ]
    placed = shared_out(feeds, 2)
    assert (placed[1], placed[2], placed[3]) == (5, 5, 1)
    assert placed[4] == 0
    assert {placed[4], placed[5]} <= {0, 1}
