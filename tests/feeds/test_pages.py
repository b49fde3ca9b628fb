"""Pages read as feeds: which links are chosen, by all that a page shows and what is known of its site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsflow.feeds.pages.addresses import taken_apart
from newsflow.feeds.pages.memory import MOST_LINKS, PageKnowledge, PageMemory, from_json, looked, to_json
from newsflow.feeds.pages.reading import MOST_CHOSEN, read
from newsflow.feeds.pages.words import length
from newsflow.feeds.parsed import FeedError, ParsedFeed
from newsflow.feeds.parser_process import ParserProcesses
from newsflow.outcomes import Outcome
from tests.worlds.page_sites import REPORTED, sites
from tests.worlds.page_watch import watch

NOW = datetime(2026, 3, 4, 12, tzinfo=timezone.utc)
BASE = "https://www.example.org/news"
MENU = ("Politics", "Sport", "Culture", "World", "About us", "Contact", "Imprint")
HEADLINES = tuple(
    f"{who} {what} after a long night"
    for who in ("The council", "A ferry", "The union", "Her brother")
    for what in ("gives up the old bridge", "returns to the harbour", "asks for more money")
)


def page(links: str, *, menu: bool = True, head: str = "") -> bytes:
    bar = "".join(f'<li><a href="/{word.lower().replace(" ", "-")}">{word}</a></li>' for word in MENU) if menu else ""
    return f"<html><head>{head}</head><body><div><ul>{bar}</ul></div>{links}</body></html>".encode()


def cards(addresses: Sequence[str], card: str = '<div class="c"><h3><a href="{url}">{text}</a></h3></div>') -> str:
    return "".join(card.format(url=url, text=text) for url, text in zip(addresses, HEADLINES, strict=False))


def seen(body: bytes, known: PageKnowledge | None = None, base: str = BASE) -> ParsedFeed:
    return read(body, base, "text/html", known or PageKnowledge(NOW))


def links(body: bytes, known: PageKnowledge | None = None) -> list[str]:
    return [entry.link.removeprefix("https://www.example.org") for entry in seen(body, known).entries]


ADDRESSES = {
    "dated": [f"/2026/03/0{n % 9 + 1}/bridge-{n}" for n in range(12)],
    "numbers": [f"/a/{70_000 + n}" for n in range(12)],
    "queries": [f"/index.php?story={4_000 + n}" for n in range(12)],
    "keys": [f"/s/x7h{n}d8k2q" for n in range(12)],
    "slugs": [f"/the-old-bridge-is-given-up-{n}" for n in range(12)],
    "names": [f"/blog/bridge{chr(97 + n)}" for n in range(12)],
    "subdomains": [f"https://sport.example.org/the-old-bridge-{n}-98765" for n in range(12)],
}


@pytest.mark.parametrize("kind", sorted(ADDRESSES))
def test_articles_are_told_from_menus_whatever_their_addresses(kind: str) -> None:
    assert links(page(cards(ADDRESSES[kind]))) == ADDRESSES[kind]


CARDS = {
    "the whole card is a link": '<li><a href="{url}"><img><h3>{text}</h3><p>Words that follow it.</p></a></li>',
    "no heading": '<p><a href="{url}">{text}</a></p>',
    "only the rest is linked": '<div><h3>{text}</h3><p>Some words.</p><a href="{url}">Read on</a></div>',
    "several links": '<p><a href="{url}"><img></a><a href="{url}">{text}</a> <a href="{url}#12">12 posts</a></p>',
    "a picture's words": '<td><a href="{url}"><img alt="{text}"></a></td>',
}


@pytest.mark.parametrize("kind", sorted(CARDS))
def test_articles_are_found_and_named_whatever_their_cards(kind: str) -> None:
    found = seen(page(cards(ADDRESSES["numbers"], CARDS[kind])))
    assert [entry.title for entry in found.entries] == list(HEADLINES)


def test_an_entry_is_a_canonical_link_without_a_date() -> None:
    """First sight stands for the date; the same article under a tracking address is the same entry."""
    twice = [f"{url}?utm_source=home" for url in ADDRESSES["dated"]]
    found = seen(page(cards(ADDRESSES["dated"]) + cards(twice)))
    assert [entry.guid for entry in found.entries] == [f"https://www.example.org{url}" for url in ADDRESSES["dated"]]
    assert not any(entry.published_at or entry.updated_at or entry.summary for entry in found.entries)


def test_links_to_other_sites_and_files_are_none_of_its_articles() -> None:
    others = [f"https://partner.example.com/2026/03/04/story-{n}" for n in range(12)]
    files = [f"/2026/03/04/the-old-bridge-{n}.pdf" for n in range(12)]
    assert links(page(cards(ADDRESSES["dated"]) + cards(others) + cards(files))) == ADDRESSES["dated"]


def test_relative_links_start_at_the_base_of_the_page() -> None:
    body = page(cards([url[1:] for url in ADDRESSES["dated"]]), head='<base href="/sub/">')
    assert links(body) == [f"/sub{url}" for url in ADDRESSES["dated"]]


def test_further_pages_of_the_list_tags_and_authors_are_left_alone() -> None:
    around = "".join(f'<a href="/news?page={n}">The page with the number {n} of them</a>' for n in range(2, 9))
    around += "".join(
        f'<a rel="tag" href="/tag/the-old-bridge-{n}-9876{n}">Everything about bridge number {n}</a>' for n in range(9)
    )
    assert links(page(cards(ADDRESSES["dated"]) + around)) == ADDRESSES["dated"]


def test_a_page_without_articles_is_no_feed() -> None:
    with pytest.raises(FeedError) as caught:
        seen(page("<p>Nothing</p>"))
    assert caught.value.outcome is Outcome.NOT_A_FEED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Council gives up old bridge", 5),
        ("Donaudampfschifffahrtsgesellschaftskapitän zurück", 8),
        ("政治", 1),
        ("東京都が新しい計画を発表した", 7),
        ("エンターテインメント", 2),
        ("อาชญากรรม", 2),
        ("경제", 1),
        ("정부가 새로운 경제 정책을 발표했다", 5),
        ("12 345", 0),
        ("→", 0),
    ],
)
def test_texts_are_measured_alike_in_all_scripts(text: str, words: int) -> None:
    assert abs(length(text) - words) < 1


@pytest.mark.parametrize(
    ("url", "form", "strong"),
    [
        ("https://a.example/2026/03/04/some-words-of-it/", "a.example/Y/n/n/*", True),
        ("https://a.example/news/20260304/some.html", "a.example/news/D/*.html", True),
        ("https://a.example/?p=1234", "a.example/?p", True),
        ("https://a.example/sport", "a.example/*", False),
        ("https://a.example/sport/football/", "a.example/sport/*", False),
        ("https://a.example/archive/2026/03", "a.example/archive/Y/n", False),
        ("https://a.example/news?page=2", "a.example/*?page", False),
        ("https://a.example/x/c05v28eqjyvo", "a.example/x/x", True),
    ],
)
def test_addresses_have_forms(url: str, form: str, strong: bool) -> None:
    found = taken_apart(url)
    assert (found.form, found.strength > 0) == (form, strong)


# -- history --


def after(looks: Sequence[bytes], hours: float = 6, **known: tuple[str, ...]) -> list[ParsedFeed]:
    """A page looked at again and again."""
    found, memory = [], PageMemory()
    for n, body in enumerate(looks):
        found.append(seen(body, PageKnowledge(NOW + timedelta(hours=n * hours), memory, **known)))
        look = found[-1].look
        assert look is not None
        memory = from_json(to_json(look.memory))
    return found


@pytest.mark.parametrize("card", [*CARDS.values(), '<td><a href="{url}">{text:.14}</a></td>'])
@pytest.mark.parametrize("kind", sorted(ADDRESSES))
def test_a_second_look_at_the_same_page_chooses_the_same(kind: str, card: str) -> None:
    """Whatever is known by then, and before anything became of the pages: else a page would seem to have changed."""
    body = page(cards(ADDRESSES[kind], card) + cards(ADDRESSES["dated"][:4]))
    found = after([body] * 3)
    assert found[1].entries == found[0].entries == found[2].entries


LISTS = [f"/topic/all-about-the-old-bridge-{n}" for n in range(9)]


def test_what_became_of_pages_tells_of_others_of_their_form() -> None:
    """Lists that look like articles are taken once; what is found out of them holds for the others."""
    body = page(cards(ADDRESSES["numbers"]) + cards(LISTS))
    assert set(LISTS) < set(links(body))
    known = PageKnowledge(NOW, others=tuple(f"https://www.example.org{url}" for url in LISTS[:5]))
    assert links(body, known) == ADDRESSES["numbers"]


def test_short_links_of_a_known_form_are_articles() -> None:
    body = page(cards(ADDRESSES["numbers"][:11]) + '<p><a href="/a/71000">Obituary</a></p>')
    known = PageKnowledge(NOW, articles=tuple(f"https://www.example.org/a/{n}" for n in range(60_000, 60_020)))
    assert "/a/71000" in links(body, known)


def test_far_fewer_links_than_ever_is_a_change_that_is_told_for_days_and_then_is_the_page() -> None:
    whole, less = page(cards(ADDRESSES["dated"])), page(cards(ADDRESSES["dated"][:3]))
    found = after([whole] * 4 + [less] * 60 + [whole])
    troubles = [bool(one.look and one.look.trouble) for one in found]
    assert troubles[:4] == [False] * 4
    assert troubles[4] and found[4].look and "3 of its 10 links" in found[4].look.trouble
    assert len(found[4].entries) == 3  # what can be read is
    days = troubles[4:].index(False) * 6 / 24
    assert 1 < days < 14
    assert not any(troubles[4 + troubles[4:].index(False) :])


def test_no_link_at_all_is_never_taken_for_the_page() -> None:
    found = after([page(cards(ADDRESSES["dated"]))] + [page("<p>Please turn on JavaScript</p>")] * 99)
    assert all(one.look and one.look.trouble and not one.entries for one in found[1:])


def test_the_turnover_of_a_page_is_told_by_when_its_links_came() -> None:
    urls = [f"/a/{70_000 + n}" for n in range(40)]
    looks = [page(cards(urls[n : n + 10])) for n in range(20)]
    found = after(looks, hours=2)
    assert found[0].look and found[0].look.turnover_s is None
    assert found[-1].look and found[-1].look.turnover_s == 5 * 2 * 3600


def test_what_has_always_stood_there_is_no_news_once_all_else_is_gone() -> None:
    """A promotion that looks like an article, and of which nothing was found out."""
    promotion = '<h3><a href="/letters/all-that-happens-in-town">Get our letters on all that happens</a></h3>'
    urls = [f"/2026/03/0{n % 9 + 1}/bridge-{n}" for n in range(40)]
    found = after([page(cards(urls[n : n + 10]) + promotion) for n in range(30)], hours=12)
    chosen = [["letters" in entry.link for entry in one.entries] for one in found]
    assert not any(chosen[-1])


@settings(max_examples=15)
@given(st.lists(st.integers(0, 9_999), max_size=60), st.integers(0, 3))
def test_memory_is_bounded_and_keeps_what_was_seen_last(numbers: list[int], looks: int) -> None:
    memory = PageMemory()
    for n in range(looks + 1):
        shown = [f"https://a.example/{number}" for number in (*numbers, *range(n * 900, n * 900 + 900))]
        found = looked(PageKnowledge(NOW + timedelta(hours=n), memory), shown, shown[:5])
        memory = from_json(to_json(found.memory))
        assert memory == found.memory
        assert list(memory.links) == list(found.memory.links)
    assert len(memory.links) <= MOST_LINKS
    assert replace(memory, links={}) == replace(found.memory, links={})


# -- the world --


def test_links_of_invented_sites_against_the_feeds_that_they_hide() -> None:
    """A part of `make bench PART=page_sources`: other languages and layouts, two days, through a redesign."""
    found = []
    for site in sites(5, replace(REPORTED, hard=0.0), seed=11):
        site.redesigned_h = 24
        found.append(watch(site, hours=48, every=12))
    for figure in ("first_precision", "first_recall", "precision", "recall"):
        assert fmean(getattr(one, figure) for one in found) >= 0.97, figure
    assert not any(one.troubles for one in found)


# -- hostile pages --

HREFS = (
    *("javascript:x()", "http://[::1", "//", "http://u:p@www.example.org/a", "data:text/html,x", "file:///etc/passwd"),
    *(
        "/" + "a" * 99_999,
        "https://www.example.org:99999/",
        "/a/" * 999,
        "%00%ff",
        "/\udc80\x00",
        "\\\\169.254.169.254",
    ),
)
MANY = "".join(f'<p><a href="/a/{n}">A story about number {n}</a></p>' for n in range(50_000))
ODD = "".join(f'<a href="{href}">A headline of some more words {n}</a>' for n, href in enumerate(HREFS))
STORIES = cards(ADDRESSES["dated"])
HOSTILE = {
    "50,000 links": page(MANY),
    "deep": page(STORIES + "<div>" * 100_000),
    "a link that is never closed": page(STORIES + '<a href="/x">' + "<b><i>word</i></b>" * 50_000),
    "hrefs": page(STORIES + ODD.encode("utf-8", "replace").decode()),
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_hostile_pages_are_read_in_bounds(kind: str) -> None:
    with ParserProcesses(1, memory_mb=512, timeout_s=10, max_bytes=10**8) as children:
        found = children.parse(HOSTILE[kind], BASE, "text/html", page=PageKnowledge(NOW))
    assert 12 <= len(found.entries) <= MOST_CHOSEN
    assert all(entry.link.startswith("https://www.example.org/") for entry in found.entries)


def test_a_page_that_takes_too_long_is_stopped() -> None:
    body = b"<a " + b" ".join(b'a%d="x"' % n for n in range(200_000)) + b">"
    with ParserProcesses(1, memory_mb=512, timeout_s=0.5, max_bytes=10**8) as children:
        with pytest.raises(FeedError) as caught:
            children.parse(body, BASE, "text/html", page=PageKnowledge(NOW))
        assert caught.value.outcome is Outcome.PARSE_TIMEOUT
        assert children.parse(page(cards(ADDRESSES["dated"])), BASE, "text/html", page=PageKnowledge(NOW)).entries
