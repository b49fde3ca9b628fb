"""Items that stand in a feed as they stood last time are not read again, and no other item is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.feeds.known_items import joined
from newsflow.feeds.parse import parse
from newsflow.model import Entry

BASE = "https://www.k.example/rss"
FEED = (
    '<rss version="2.0"><channel xml:base="https://www.k.example/"><title>K</title><language>en</language>{items}'
    "</channel></rss>"
)
ITEM = (
    "<item><title>Title {n}</title><link>/a/{n}</link><guid>g{n}</guid>"
    "<description>&lt;b&gt;x&lt;/b&gt;</description></item>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><author><name>Ina</name></author>'
    "<entry><id>1</id><title>One</title><link href='https://a.example/1'/></entry></feed>"
)


def feed(*numbers: int) -> str:
    return FEED.format(items="".join(ITEM.format(n=n) for n in numbers))


def kept(body: str) -> bytes:
    return joined(entry.record for entry in parse(body.encode(), BASE).entries)


def again(body: str, known: bytes) -> tuple[Entry, ...]:
    return parse(body.encode(), BASE, known=known).entries


def test_what_is_known_keeps_its_identity_and_nothing_else() -> None:
    first = parse(feed(1, 2).encode(), BASE).entries
    found = again(feed(3, 1, 2), kept(feed(1, 2)))
    assert [entry.known for entry in found] == [False, True, True]
    assert [(e.guid, e.link, e.published_at) for e in found[1:]] == [(e.guid, e.link, e.published_at) for e in first]
    assert (found[0].title, found[1].title, found[1].summary) == ("Title 3", "", "")
    assert joined(entry.record for entry in found) == kept(feed(1, 2, 3))


CHANGES: dict[str, Callable[[str], str]] = {
    "a title": lambda body: body.replace("Title 1", "Title one"),
    "an attribute": lambda body: body.replace("<guid>g1", "<guid isPermaLink='false'>g1"),
    "a text's markup": lambda body: body.replace("&lt;b&gt;x", "&lt;b class='y'&gt;x", 1),
    "an element more": lambda body: body.replace("<item>", "<item><category>c</category>", 1),
    "the base of its links": lambda body: body.replace("www.k.example/", "new.k.example/", 1),
    "the feed's language": lambda body: body.replace(">en<", ">de<"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changes_is_read(change: Callable[[str], str]) -> None:
    changed = change(feed(1, 2))
    assert again(changed, kept(feed(1, 2)))[0] == parse(changed.encode(), BASE).entries[0]


def test_an_author_of_the_feed_counts_for_its_entries() -> None:
    changed = ATOM.replace("Ina", "Jo")
    assert again(changed, kept(ATOM))[0].authors == ("Jo",)
    assert again(ATOM, kept(ATOM))[0].known


def test_an_item_without_guid_and_link_is_read_each_time() -> None:
    body = FEED.format(items="<item><title>Only a title</title></item>")
    assert again(body, kept(body))[0].title == "Only a title"


def test_a_feed_with_a_small_breakage_is_known_too() -> None:
    body = feed(1, 2).replace("<title>K", "<title>K & K")
    assert [entry.known for entry in again(body, kept(body))] == [True, True]


@given(st.binary(max_size=100))
def test_whatever_is_kept_of_items_is_harmless(known: bytes) -> None:
    assert [replace(entry, known=False) for entry in again(feed(1), known)] == list(again(feed(1), b""))
