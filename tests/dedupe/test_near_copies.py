"""Near copies on a real server: a made-up wire's copies meet, look-alikes stay apart."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations

import pytest

from tests.dedupe.conftest import Desk, at
from tests.worlds.story_world import CHANGES, Item, World, build
from tests.worlds.story_writer import TEMPLATES, Event, account, article

pytestmark = pytest.mark.slow

WIRE = account(random.Random(7), Event(random.Random(7)), 18)


def score(desk: Desk, items: list[Item]) -> tuple[float, float]:
    """Precision and recall of pairs."""
    label = {url: story for story in desk.stories() for url in story}
    same = [(a.story == b.story, label[a.url] == label[b.url]) for a, b in combinations(items, 2)]
    counts = Counter(same)
    hit = counts[True, True]
    return hit / (hit + counts[False, True]), hit / (hit + counts[True, False])


def test_a_world_of_copies_and_look_alikes(desk: Desk) -> None:
    items = build(901, stories=25, texts=[]).items
    desk.file_world(items)
    desk.deduplicate()
    precision, recall = score(desk, items)
    assert precision >= 0.98
    assert recall >= 0.97


@pytest.mark.parametrize("kind", sorted(CHANGES))
def test_each_kind_of_copy_meets_its_wire(desk: Desk, kind: str) -> None:
    desk.file("https://wire.example/1", WIRE)
    desk.file("https://paper.example/2", CHANGES[kind](random.Random(3), WIRE, "en"), published_at=at(3))
    desk.deduplicate()
    assert len(desk.stories()) == 1
    assert desk.origins() == {"https://wire.example/1"}


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_pages_of_a_template_stay_apart(desk: Desk, kind: str) -> None:
    rng = random.Random(11)
    for number in range(6):
        desk.file(f"https://local{number}.example/{kind}", TEMPLATES[kind](rng))
    desk.deduplicate()
    assert len(desk.stories()) == 6


def test_a_roundup_joins_nothing_even_where_a_brief_stands_first(desk: Desk) -> None:
    rng = random.Random(5)
    wires = [article(rng) for _ in range(3)]
    briefs = ["\n".join(wire.split("\n")[:2]) for wire in wires]
    for number, (wire, brief) in enumerate(zip(wires, briefs, strict=True)):
        desk.file(f"https://wire.example/{number}", wire)
        desk.file(f"https://paper.example/{number}", brief, published_at=at(1))
    desk.file("https://paper.example/roundup", "\n".join(briefs), published_at=at(2))
    desk.deduplicate()
    assert frozenset({"https://paper.example/roundup"}) in desk.stories()
    assert len(desk.stories()) == 4


def test_copies_of_a_roundup_meet_and_nothing_else_meets_them(desk: Desk) -> None:
    rng = random.Random(5)
    briefs = ["\n".join(article(rng).split("\n")[:2]) for _ in range(3)]
    for number, brief in enumerate(briefs):
        desk.file(f"https://wire.example/{number}", brief)
    desk.file("https://paper.example/roundup", "\n".join(briefs), published_at=at(1))
    desk.file(
        "https://other.example/roundup", "\n".join([*briefs, "That is all for this morning."]), published_at=at(2)
    )
    desk.deduplicate()
    assert frozenset({"https://paper.example/roundup", "https://other.example/roundup"}) in desk.stories()
    assert len(desk.stories()) == 4


def test_a_roundup_that_came_first_is_left_when_its_second_item_turns_up(desk: Desk) -> None:
    """What is known later must not depend on the order in which it came to be known."""
    rng = random.Random(5)
    briefs = ["\n".join(article(rng).split("\n")[:2]) for _ in range(3)]
    desk.file("https://paper.example/roundup", "\n".join(briefs))
    for number, brief in enumerate(briefs):
        desk.file(f"https://wire.example/{number}", brief)
        desk.deduplicate()
    assert len(desk.stories()) == 4


def test_a_live_blog_that_grew_is_another_text(desk: Desk) -> None:
    rng = random.Random(5)
    event = Event(rng)
    entries = [f"{9 + i // 2}:{i % 2 * 30:02} {account(rng, event, 2)}" for i in range(12)]
    desk.file("https://a.example/live", "\n".join(entries[7::-1]), page_type="live")
    desk.file("https://b.example/live", "\n".join(entries[::-1]), page_type="live")
    desk.deduplicate()
    assert len(desk.stories()) == 2


def test_similarity_is_the_share_of_the_shorter_text(desk: Desk) -> None:
    desk.file("https://wire.example/1", WIRE)
    desk.file("https://paper.example/2", CHANGES["excerpt"](random.Random(3), WIRE, "en"), published_at=at(3))
    desk.file("https://paper.example/3", CHANGES["edits"](random.Random(3), WIRE, "en"), published_at=at(3))
    desk.deduplicate()
    found = dict(desk.rows("select url, similarity from ingest.story_member join ingest.page using (page_id)"))
    assert found["https://wire.example/1"] == 1
    assert found["https://paper.example/2"] == pytest.approx(1, abs=0.1)
    assert 0.35 < found["https://paper.example/3"] < 1


def test_the_same_template_months_apart_needs_equal_numbers(desk: Desk) -> None:
    text = account(random.Random(1), Event(random.Random(1)), 6)
    desk.file("https://a.example/1", text)
    desk.file("https://b.example/2", text.replace("$", "£").replace("1", "7"), published_at=at(24 * 40))
    desk.deduplicate()
    assert len(desk.stories()) == 2


def test_an_old_article_reprinted_whole_is_still_a_copy(desk: Desk) -> None:
    desk.file("https://a.example/1", WIRE)
    desk.file("https://b.example/2", WIRE + "\nThis article first appeared last year.", published_at=at(24 * 300))
    desk.deduplicate()
    assert len(desk.stories()) == 1


def test_chinese_copies_meet(desk: Desk) -> None:
    text = (
        "新华社北京十月三日电 国家统计局今天公布的数据显示，前三季度全国居民人均可支配收入比上年同期增长百分之五点一，"
        "其中农村居民收入增长快于城镇居民。统计局负责人在新闻发布会上表示，就业形势总体稳定，服务业继续恢复，"
        "消费对经济增长的贡献率明显提高。多位专家认为，下一阶段应继续扩大内需，支持中小企业发展，并加快推进重点领域改革。"
    )
    desk.file("https://a.example/1", text)
    desk.file("https://b.example/2", "【财经】" + text.replace("今天", "三日") + "（完）")
    desk.file("https://c.example/3", TEMPLATES["cn_weather"](random.Random(1)))
    desk.deduplicate()
    assert len(desk.stories()) == 2


def test_hashes_of_many_stories_are_stopped_and_those_of_one_big_story_are_not(desk: Desk) -> None:
    rng = random.Random(2)
    disclaimer = "This text was made by our partners under a licence that allows us to show it to readers of this page."
    for number in range(130):
        desk.file(f"https://a.example/{number}", account(rng, Event(rng), 3) + "\n" + disclaimer)
        desk.file(f"https://b{number}.example/", WIRE + f"\n{account(rng, Event(rng), 1)}")
    desk.deduplicate(dedupe_batch=60)
    stopped = {row[0] for row in desk.rows("select h from ingest.sketch_stop")}
    wire = {h for (hs,) in desk.rows("select hashes from ingest.sketch join ingest.page using (page_id)"
                                     " where url = 'https://b1.example/'") for h in hs}  # fmt: skip
    assert stopped
    assert not stopped & wire
    sizes = Counter(len(story) for story in desk.stories())
    assert sizes == {1: 130, 130: 1}


@pytest.mark.parametrize("before", [True, False])
def test_what_one_publisher_repeats_hides_no_copies_of_others(desk: Desk, before: bool) -> None:
    """Hundreds of its pages carry the very hashes by which two others' copies are found."""
    one, other = "https://b.example/1", "https://c.example/2"
    copy = CHANGES["excerpt"](random.Random(3), WIRE, "en")
    if before:
        desk.file(one, WIRE)
    for number in range(230):
        desk.file(f"https://a.example/{number}", f"Notice {number}.")
    desk.file("https://probe.example/", WIRE)
    desk.deduplicate()
    desk.execute(
        "insert into ingest.sketch_hash select h, f.page_id, s.sketched_on from ingest.sketch s"
        " join ingest.page p using (page_id) cross join unnest(s.hashes) h, ingest.page f"
        " where p.url = 'https://probe.example/' and f.url like 'https://a.example/%%'"
    )
    desk.execute(
        "update ingest.sketch s set hashes = probe.hashes from ingest.page p, (select hashes from ingest.sketch"
        " join ingest.page using (page_id) where url = 'https://probe.example/') probe"
        " where p.page_id = s.page_id and p.url like 'https://a.example/%%'"
    )
    if not before:
        desk.file(one, WIRE + "\nOne more line.")
    desk.file(other, copy, published_at=at(3))
    desk.deduplicate()
    assert desk.rows("select distinct publisher_id = 0 from ingest.sketch_stop") == [(False,)]
    story = next(story for story in desk.stories() if one in story)
    assert other in story
    assert not [url for url in story if "a.example" in url]


def test_alarms_name_large_stories_and_go_with_their_cause(desk: Desk) -> None:
    for number in range(52):
        desk.file(f"https://a{number}.example/1", WIRE)
    desk.deduplicate()
    assert desk.rows("select kind, members from ingest.story_alarm") == [("large", 52)]
    desk.load()
    for number in range(3):
        desk.file(f"https://a{number}.example/1", f"Another text {number} altogether, about something else.")
    desk.deduplicate()
    assert desk.rows("select kind, members from ingest.story_alarm") == []


def test_world_is_reproducible() -> None:
    one, other = build(3, stories=5, texts=[]), build(3, stories=5, texts=[])
    assert one.items == other.items
    assert isinstance(one, World)
