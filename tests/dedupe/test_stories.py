"""Components, origins, roundups and alarms, without a database."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.dedupe.candidates import EVERYBODY, HOT, STOP_STORIES, StoryCount, partners, stopped, suspects
from newsflow.dedupe.stories import NOWHERE, Edge, Member, carriers, components, origin, published
from newsflow.dedupe.suspicious_stories import alarms

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
LINKS = st.lists(st.tuples(st.integers(1, 20), st.integers(21, 40)), max_size=40)


def members(*ids: int) -> list[Member]:
    return [Member(i, None, NOON + timedelta(hours=i)) for i in ids]


@given(LINKS, st.randoms(use_true_random=False))
def test_the_order_of_edges_and_members_makes_no_difference(links: list[tuple[int, int]], rng: random.Random) -> None:
    everyone, edges = members(*range(1, 41)), [Edge(*link) for link in links]
    expected = components(everyone, edges)
    rng.shuffle(everyone)
    rng.shuffle(edges)
    assert components(everyone, edges) == expected


@given(LINKS)
def test_stories_are_a_partition_named_by_their_smallest(links: list[tuple[int, int]]) -> None:
    found = components(members(*range(1, 41)), [Edge(*link) for link in links])
    assert sorted(i for story in found for i in story.members) == list(range(1, 41))
    assert all(story.story_id == min(story.members) for story in found)
    assert all(story.origin in story.members for story in found)


def test_equal_texts_need_no_edge() -> None:
    one, two, three = Member(1, b"x"), Member(2, b"x"), Member(3, None)
    assert [s.members for s in components([one, two, three], [])] == [(1, 2), (3,)]


def test_an_edge_to_a_page_outside_is_left_alone() -> None:
    assert [s.members for s in components(members(1), [Edge(1, 2)])] == [(1,)]


def test_origin_order() -> None:
    exact, day = Member(1, None, NOON, "exact"), Member(2, None, NOON.replace(hour=0), "day")
    unknown = Member(3, None, None)
    assert sorted([unknown, day, exact], key=published) == [exact, day, unknown]
    assert published(Member(9, None, NOON, "", b"a")) < published(Member(1, None, NOON, "", b"b"))


def test_a_page_with_two_items_in_different_places_carries_them() -> None:
    items = [Edge(1, 9, True, (0, 60), (0, 60)), Edge(2, 9, False, NOWHERE, (70, 130))]
    assert carriers(items) == {9}
    assert [s.members for s in components(members(1, 2, 9), items)] == [(1,), (2,), (9,)]


def test_two_copies_of_a_roundup_are_copies() -> None:
    items = [Edge(1, n, True, (0, 60), (0, 60)) for n in (8, 9)] + [
        Edge(2, n, False, NOWHERE, (70, 130)) for n in (8, 9)
    ]
    links = [*items, Edge(8, 9, True, (0, 400), (0, 400), whole=True)]
    assert [s.members for s in components(members(1, 2, 8, 9), links)] == [(1,), (2,), (8, 9)]


def test_excerpts_of_different_lengths_from_one_top_are_no_items() -> None:
    excerpts = [Edge(1, 9, True, (0, 60), (0, 60)), Edge(2, 9, True, (0, 200), (0, 200))]
    assert carriers(excerpts) == set()
    assert [s.members for s in components(members(1, 2, 9), excerpts)] == [(1, 2, 9)]


def test_a_piece_made_of_two_ties_them_not_together_whichever_is_longer() -> None:
    """9 is half of 1, which is longer than it, and all of 2."""
    links = [Edge(1, 9, True, (0, 300), (0, 300)), Edge(2, 9, True, (0, 150), (320, 470))]
    assert carriers(links) == {9}
    assert [s.members for s in components(members(1, 2, 9), links)] == [(1,), (2,), (9,)]


def test_a_passage_of_unknown_place_makes_no_carrier() -> None:
    links = [Edge(1, 9, True, (0, 60), (0, 60)), Edge(2, 9)]
    assert carriers(links) == set()


def test_alarms() -> None:
    large = components(members(*range(1, 60)), [Edge(1, i) for i in range(2, 60)])
    assert [a.kind for a in alarms(large, {m.page_id: m for m in members(*range(1, 60))}, {})] == ["large"]
    edges = {Edge(1, 2): 0.95, Edge(3, 4): 0.9, Edge(2, 3): 0.61}
    chain = components(members(1, 2, 3, 4), edges)
    found = alarms(chain, {m.page_id: m for m in members(1, 2, 3, 4)}, edges)
    assert [(a.kind, a.story_id, a.members) for a in found] == [("weak_chain", 1, 4)]
    assert "2, 2" in found[0].detail


def test_candidates() -> None:
    assert partners({5: [10, 11], 7: [11], 9: [12]}, {11: [1, 5, 7], 12: [9]}) == {5: [1], 7: [1, 5]}
    assert suspects({1: list(range(HOT)), 2: [1]}) == [1]


def used(h: int, *counts: tuple[int, int]) -> list[StoryCount]:
    """(stories, own) of publishers 1, 2, …"""
    return [StoryCount(h, publisher, *count) for publisher, count in enumerate(counts, 1)]


@pytest.mark.parametrize(
    ("counts", "stops"),
    [
        ([(1, 1)] * STOP_STORIES, set()),
        ([(1, 1)] * (STOP_STORIES + 1), {EVERYBODY}),
        ([(STOP_STORIES, STOP_STORIES)], set()),
        ([(STOP_STORIES + 1, STOP_STORIES + 1)], {1}),
        ([(1000, 1000), (1, 1), (1, 0)], {1}),
        ([(1, 1)] + [(1, 0)] * 100, set()),  # one big story
        ([(61, 61), (61, 61), (61, 61)], {1, 2, 3}),
        ([(61, 0), (61, 0), (1, 1)], {1, 2}),  # copies of others' stories
        ([(20, 20)] * 11, {EVERYBODY}),
    ],
)
def test_one_publisher_stops_a_hash_for_itself_only(counts: list[tuple[int, int]], stops: set[int]) -> None:
    assert {publisher for _, publisher in stopped(used(7, *counts))} == stops


def seen(page_id: int, claims_h: float, seen_h: float, watched_h: float | None = -1000, **more: Any) -> Member:
    """A member by hours from noon: what it claims, when it was seen, since when its publisher was polled."""
    return Member(
        page_id,
        b"same",
        NOON + timedelta(hours=claims_h),
        url_hash=bytes([255 - page_id]),
        first_seen_at=NOON + timedelta(hours=seen_h),
        watched_since=None if watched_h is None else NOON + timedelta(hours=watched_h),
        **more,
    )


TRUE = seen(1, 0, 3)


@pytest.mark.parametrize(
    ("copy", "wins"),
    [
        (seen(2, 1, 4), False),  # it says that it is later
        (seen(2, -1, 4), True),  # earlier, and we polled it all the time
        (seen(2, -9999, 4, published_quality="doubtful"), False),
        (seen(2, -1, 4, watched_h=3.5), False),  # we began to poll it when we had the story
        (seen(2, -1, 4, watched_h=2), True),  # before that: its first poll showed the story
        (seen(2, -1, 2, watched_h=None), True),  # an archive's
        (seen(2, -1, 2.5, watched_h=3.5), True),  # seen before the other, through a third one's feed
        (seen(2, 0, 3, elsewhere=True), False),  # its page leads to another site's
    ],
)
def test_an_earlier_date_makes_an_origin_where_it_could_have_been_seen(copy: Member, wins: bool) -> None:
    for members in permutations((TRUE, copy, seen(3, 5, 6))):
        assert origin(members) == (copy if wins else TRUE)


def test_a_story_of_doubtful_members_has_an_origin() -> None:
    one, two = (seen(n, -n, 4, published_quality="doubtful") for n in (1, 2))
    assert origin([one, two]) == origin([two, one]) == two
