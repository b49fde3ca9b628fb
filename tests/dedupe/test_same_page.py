"""Another address of a page that we have: believed only where rel=canonical and the text agree."""

from __future__ import annotations

from tests.dedupe.conftest import Desk
from tests.dedupe.test_step import HARBOUR, LIBRARY

PAGE = "https://paper.example/news/1"


def test_a_page_whose_canonical_is_known_ends_as_its_twin(desk: Desk) -> None:
    known = desk.file(PAGE, HARBOUR)
    twin = desk.file("https://m.paper.example/1?amp", HARBOUR, canonical_url=PAGE)
    report = desk.deduplicate()
    assert desk.state(twin) == ("rejected", "same_page", known)
    assert desk.state(known) == ("clustered", "ok", None)
    assert report.counts == {"ok": 1, "same_page": 1}
    assert desk.rows("select page_id from ingest.story_member") == [(known,)]


def test_the_twin_may_come_first(desk: Desk) -> None:
    twin = desk.file("https://m.paper.example/1", HARBOUR, canonical_url=PAGE)
    known = desk.file(PAGE, HARBOUR)
    desk.deduplicate()
    assert desk.state(twin) == ("rejected", "same_page", known)


def test_two_pages_that_name_each_other_keep_one(desk: Desk) -> None:
    other = "https://m.paper.example/1"
    first = desk.file(other, HARBOUR, canonical_url=PAGE)
    second = desk.file(PAGE, HARBOUR, canonical_url=other)
    desk.deduplicate()
    assert {desk.state(first)[0], desk.state(second)[0]} == {"rejected", "clustered"}


def test_a_canonical_that_leads_to_another_text_is_not_believed(desk: Desk) -> None:
    desk.file(PAGE, LIBRARY)
    other = desk.file("https://paper.example/news/2", HARBOUR, canonical_url=PAGE)
    desk.deduplicate()
    assert desk.state(other)[0] == "clustered"


def test_a_canonical_at_the_home_page_is_not_believed(desk: Desk) -> None:
    desk.file("https://paper.example/", HARBOUR)
    other = desk.file("https://paper.example/news/2", HARBOUR, canonical_url="https://paper.example/")
    desk.deduplicate()
    assert desk.state(other)[0] == "clustered"


def test_another_publishers_canonical_makes_a_copy_not_a_twin(desk: Desk) -> None:
    desk.file(PAGE, HARBOUR)
    copy = desk.file("https://reprint.example/x", HARBOUR, canonical_url=PAGE)
    desk.deduplicate()
    assert desk.state(copy)[0] == "clustered"
    assert len(desk.stories()) == 1


def test_a_canonical_that_was_never_fetched_counts_for_nothing(desk: Desk) -> None:
    page = desk.file("https://paper.example/news/2", HARBOUR, canonical_url="https://paper.example/unknown")
    desk.deduplicate()
    assert desk.state(page)[0] == "clustered"


def test_an_article_stays_one_though_its_revision_names_a_canonical(desk: Desk) -> None:
    desk.file(PAGE, HARBOUR)
    other = desk.file("https://paper.example/news/2", HARBOUR)
    desk.deduplicate()
    desk.load()
    desk.file("https://paper.example/news/2", HARBOUR, canonical_url=PAGE)
    desk.deduplicate()
    assert desk.state(other)[0] == "clustered"
