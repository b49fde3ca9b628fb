"""A wire's own updates and corrections join; its next notice of the form does not."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from itertools import combinations

import pytest

from newsflow.dedupe.comparison_text import ComparisonText, prepare
from newsflow.dedupe.stories import REPEATED, REPRINTED, Member, components
from newsflow.dedupe.verify import compare
from newsflow.dedupe.versions import SOON, title_keys
from tests.dedupe.conftest import Desk
from tests.worlds.wire_world import wire

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
RESULT = "Shr 34 cts vs 19 cts\nNet 807,120 vs 258,311\nRevs 510.2 mln vs 479.7 mln"

HARBOUR = [
    "The harbour of Tarvik stays closed until the autumn, the port authority told fishermen on Monday.",
    "Divers had found deep cracks in eleven of the oldest concrete blocks below the northern quay.",
    "Ferries to the islands leave from Osterby instead, an hour by road along the coast.",
    "Repairs will be paid by a fund into which shipping lines have put money since the last storm.",
]
COUNCIL = [
    "Fishermen in Tarvik blocked the road to the town hall, where the council met behind closed doors.",
    "Their speaker asked for a share of what the lines had saved by waiting so long.",
    "Nobody in the room would say who had known of the damage, or since when.",
]


def page(title: str, body: str, hours: float = 0, publisher: str = "1") -> ComparisonText:
    return prepare(title, body, NOON + hours * HOUR, publisher=publisher)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("CORRECTED-ABBOT CORP <ABB> 4TH QTR NET", RESULT.replace("34 cts", "43 cts")),
        ("ABBOT CORP <ABB> 4TH QTR NET (Update: 1)", RESULT + "\nNOTE: Year-ago figures are restated for a split."),
        ("KORREKTUR: Abbot Corp <ABB> 4th qtr net", RESULT.replace("807,120", "870,120")),
        ("Abott Corp <ABB> 4th qtr net", RESULT),
    ],
)
def test_a_version_of_a_one_liner(title: str, body: str) -> None:
    first, later = page("ABBOT CORP <ABB> 4TH QTR NET", RESULT), page(title, body, 2)
    assert compare(first, later).rule == "version"
    assert set(title_keys(first)) & set(title_keys(later)) or "Abott" in title


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("after", [0.5, 6.0, SOON / HOUR])
def test_versions_find_each_other_at_any_hour_and_over_midnight(hour: int, after: float) -> None:
    first, later = page("ABBOT CORP 4TH QTR NET", RESULT, hour), page("ABBOT CORP 4TH QTR NET", RESULT, hour + after)
    assert set(title_keys(first)) & set(title_keys(later))


@pytest.mark.parametrize(
    "mark", ["ROUNDUP: ", "ROUNDUP 2: ", "GESAMT-ROUNDUP: ", "Roundup - ", "WRAPUP 1-", "RESUMEN: "]
)
def test_a_house_that_calls_a_version_a_roundup(mark: str) -> None:
    """It is one under the same headline; under another one it is a list of items."""
    title = "Harbour of Tarvik stays closed"
    first, later = page(title, "\n".join(HARBOUR)), page(mark + title, "\n".join([*COUNCIL, *HARBOUR[1:]]), 5)
    assert not compare(first, page("Roundup: news from the coast", later.body, 5)).copies
    assert compare(first, later).rule == "version"


@pytest.mark.parametrize(
    ("title", "body", "hours", "publisher"),
    [
        ("ZIMMER INC <ZIM> 4TH QTR NET", RESULT, 1.0, "1"),
        ("ABBOT CORP <ABB> 4TH QTR NET", "Shr 11 cts vs 12 cts\nNet 1,1 vs 2,2\nRevs 3.3 mln vs 4.4 mln", 1.0, "1"),
        ("ABBOT CORP <ABB> 4TH QTR NET", RESULT.replace("34", "43"), SOON / HOUR + 1, "1"),
        ("ABBOT CORP <ABB> 4TH QTR NET", RESULT.replace("34", "43"), 1.0, "2"),
    ],
)
def test_no_version(title: str, body: str, hours: float, publisher: str) -> None:
    """Another firm, other figures, another day, another house."""
    assert not compare(page("ABBOT CORP <ABB> 4TH QTR NET", RESULT), page(title, body, hours, publisher)).copies


PROSE = (
    "NEW YORK, March 2 - Salomon Brothers Inc said it expects interest rates to rise in coming months as the economy "
    "grows and the dollar weakens against the yen. In its weekly comments the firm said the Federal Reserve would "
    "tolerate a funds rate of 6.25 pct.\nChief economist Henry Marks said that the trade deficit would narrow to 140 "
    "billion dlrs this year from 169.8 billion in 1986, and that bonds would not like it at all."
)


@pytest.mark.parametrize(
    ("body", "joined"),
    [
        (PROSE.replace("140 billion", "142 billion"), True),
        (PROSE + "\nHe added that prices would fall two points by summer, and that investors should wait.", True),
        (PROSE.replace("6.25", "7.11").replace("140", "98").replace("169.8", "101.2"), False),
        (PROSE.replace("Henry Marks", "Ada Lane").replace("Salomon Brothers", "Morgan Reed"), False),
    ],
)
def test_a_report_under_another_headline(body: str, joined: bool) -> None:
    assert (
        compare(page("SALOMON SEES HIGHER RATES", PROSE), page("FIRM EXPECTS COSTLIER CREDIT", body, 2)).copies
        is joined
    )


def stories(*said: tuple[int, timedelta], words: int) -> int:
    members = [
        Member(n, b"k", NOON + at, url_hash=bytes([n]), publisher=house, words=words)
        for n, (house, at) in enumerate(said, 1)
    ]
    return len(components(members, []))


@pytest.mark.parametrize(("words", "limit"), [(40, REPEATED[0]), (400, REPEATED[1])])
def test_what_a_house_says_again_much_later_is_another_story(words: int, limit: timedelta) -> None:
    assert stories((1, 0 * HOUR), (1, limit), words=words) == 1
    assert stories((1, 0 * HOUR), (1, limit + HOUR), words=words) == 2


def test_another_house_may_take_a_text_up_later() -> None:
    assert stories((1, 0 * HOUR), (2, timedelta(days=8)), words=40) == 1
    assert stories((1, 0 * HOUR), (2, REPRINTED + HOUR), words=40) == 2
    assert stories((1, 0 * HOUR), (2, timedelta(days=900)), words=400) == 1


def test_the_monthly_notice_of_two_houses_is_a_story_a_month() -> None:
    month = timedelta(days=28)
    assert stories(*((house, n * month + house * HOUR) for n in range(3) for house in (1, 2)), words=40) == 3


@pytest.mark.parametrize("half", [0, 1])
def test_pairs_of_a_wire_s_pages(desk: Desk, half: int) -> None:
    """Precision and recall of all pairs in one small world of each half of the forms."""
    items = wire(7, half, pages=8)
    desk.file_world(items)
    desk.deduplicate()
    joined = {frozenset(pair) for story in desk.stories() for pair in combinations(sorted(story), 2)}
    by_story: dict[int, list[str]] = {}
    for item in items:
        by_story.setdefault(item.story, []).append(item.url)
    true = {frozenset(pair) for urls in by_story.values() for pair in combinations(sorted(urls), 2)}
    kinds = {item.url: item.kind for item in items}
    wrong = Counter(tuple(sorted(kinds[url] for url in pair)) for pair in joined - true)
    assert len(joined & true) >= 0.98 * len(joined), wrong
    assert len(joined & true) >= 0.97 * len(true), Counter(
        tuple(sorted(kinds[u] for u in pair)) for pair in true - joined
    )
