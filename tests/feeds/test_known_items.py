"""Items that stand in a feed as they stood last time are not read again, and no other item is left out."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.feeds.dates import times_in
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


@pytest.mark.parametrize("guid", ["", "<guid isPermaLink='false'>1</guid>"])
def test_an_item_without_link_is_read_each_time(guid: str) -> None:
    """Its title is its identity, where another item has the same guid."""
    alone = f"<item><title>Only a title</title>{guid}</item>"
    other = f"<item><title>b</title><link>/b</link>{guid}</item>"
    known = kept(FEED.format(items=alone + ITEM.format(n=1)))
    both = FEED.format(items=alone + other)
    assert again(both, known) == parse(both.encode(), BASE).entries
    assert again(FEED.format(items=alone), known)[0].title == "Only a title"


def test_a_feed_with_a_small_breakage_is_known_too() -> None:
    body = feed(1, 2).replace("<title>K", "<title>K & K")
    assert [entry.known for entry in again(body, kept(body))] == [True, True]


WITHIN = {
    "an item's end in CDATA": "<item><guid>1</guid><description><![CDATA[a</item><item>b]]></description></item>",
    "an item in a comment": "<!-- <item><guid>0</guid></item> --><item><guid>1</guid></item>",
    "an item without end": "<item/><item><guid>1</guid><link>/1</link></item>",
    "items in an item": "<item><guid>1</guid><item><guid>2</guid></item></item>",
    "items and entries": "<item><guid>1</guid></item><entry><id>2</id></entry>",
    "a prefix": "<rss:item xmlns:rss='http://purl.org/rss/1.0/'><guid>1</guid></rss:item><item><guid>2</guid></item>",
    "other elements that begin so": "<items><itemid>3</itemid></items><item><guid>1</guid></item >",
    "an attribute that looks so": "<x y='&lt;item>'/><item a='</item'><guid>1</guid></item>",
    "nothing between": "<item><guid>1</guid></item><item><guid>2</guid></item>" * 3,
}


@pytest.mark.parametrize("inner", WITHIN.values(), ids=WITHIN)
def test_however_items_are_written_each_keeps_its_identity(inner: str) -> None:
    body = FEED.format(items=inner)
    read, known = parse(body.encode(), BASE).entries, again(body, kept(body))
    assert [identity(entry) for entry in known] == [identity(entry) for entry in read]


@pytest.mark.parametrize("declaration", ["<!ENTITY a 'b'>", "<!ATTLIST item xml:base CDATA 'https://x.example/'>"])
def test_what_a_declaration_may_change_is_read(declaration: str) -> None:
    body = f"<!DOCTYPE rss [{declaration}]>{feed(1)}"
    assert not kept(body)


def test_another_zone_of_the_publisher_is_read() -> None:
    body = FEED.format(items="<item><guid>1</guid><pubDate>Wed, 04 Mar 2026 12:00:00</pubDate></item>")
    known = kept(body)
    with times_in("Asia/Tokyo"):
        entry = again(body, known)[0]
    assert not entry.known
    assert entry.published_at == datetime(2026, 3, 4, 3, tzinfo=timezone.utc)


def identities(entries: Iterable[Entry]) -> list[tuple[object, ...]]:
    return [identity(entry) for entry in entries]


@pytest.mark.parametrize("link", ["news/", "/news", "?x=1", "https://other.example/x/"])
def test_the_home_of_a_feed_is_the_same_at_each_poll(link: str) -> None:
    body = (
        feed(1, 2).replace(' xml:base="https://www.k.example/"', "").replace("<title>K", f"<link>{link}</link><title>K")
    )
    whole = parse(body.encode(), BASE)
    for known in (kept(body), joined(entry.record for entry in whole.entries[1:])):
        assert parse(body.encode(), BASE, known=known).home == whole.home


def identity(entry: Entry) -> tuple[object, ...]:
    return entry.guid, entry.link, entry.published_at, entry.published_raw, entry.updated_at, entry.language


OTHER = ITEM.format(n=1)
ELSEWHERE = {
    "in a comment": f"<!--{ITEM.format(n=2)}-->{OTHER}",
    "in CDATA": f"<note><![CDATA[{ITEM.format(n=2)}]]></note>{OTHER}",
    "in an element of another name": f"<old>{ITEM.format(n=2)}</old>{OTHER}",
    "in an entry's source": f"<source>{ITEM.format(n=2)}</source>{OTHER}",
    "in a box that doesn't count beside others": f"<items>{ITEM.format(n=2)}</items>{OTHER}",
    "in a box of another language": f"<items xml:lang='it' xml:base='https://it.example/'>{ITEM.format(n=2)}</items>",
    "behind the channel": f"{OTHER}</channel>{ITEM.format(n=2)}<channel>",
    "before an empty one": f"{ITEM.format(n=2)}<item a='1'/><language>pt</language><!--</item>-->",
    "in another namespace": f"<old xmlns='http://other.example/'>{ITEM.format(n=2)}</old>{OTHER}",
    "in a comment, and read with a prefix": (
        f"<!--{ITEM.format(n=2)}--><r:item xmlns:r='http://purl.org/rss/1.0/'><link>/3</link></r:item>{OTHER}"
    ),
}


@pytest.mark.parametrize("inner", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_known_item_that_moves_is_what_a_whole_reading_makes_of_it(inner: str) -> None:
    """Also when it comes back, with what that poll kept."""
    before, now = feed(1, 2), FEED.format(items=inner)
    assert identities(again(now, kept(before))) == identities(again(now, b""))
    assert identities(again(before, kept(now))) == identities(again(before, b""))


def test_items_before_the_channel_keep_their_own_identity() -> None:
    """They are read behind those of the channel, and stand before them."""
    both = f"<rss>{ITEM.format(n=2)}<channel><title>K</title>{OTHER}</channel></rss>"
    alone = f"<rss>{ITEM.format(n=2)}<channel><title>K</title></channel></rss>"
    assert identities(again(alone, kept(both))) == identities(again(alone, b""))


def test_a_break_between_known_items_is_told_as_ever() -> None:
    body, known = feed(1, 2, 3), kept(feed(1, 2))
    for broken in (body.replace("</item><item>", "</item>&nbsp;<item>", 1), body.replace("</channel>", "")):
        found, whole = parse(broken.encode(), BASE, known=known), parse(broken.encode(), BASE)
        assert (identities(found.entries), found.repairs) == (identities(whole.entries), whole.repairs)


def test_no_feed_makes_us_keep_much() -> None:
    long = [f"{n:04}".encode() + b"x" * 8_000 for n in range(1_000)]
    assert 400_000 < len(zlib.decompress(joined(long))) <= 1_000_000


@pytest.mark.parametrize("place", ["<item", "<rss"])
def test_many_attributes_are_read_in_the_time_of_their_number(place: str) -> None:
    """By the square it took ten minutes, and any feed may have them; the parser's own limit is ten seconds."""
    many = " ".join(f"a{n}='1'" for n in range(30_000))
    body = feed(1).replace(place, f"{place} {many}", 1)
    began = time.process_time()
    assert identities(again(body, kept(feed(1)))) == identities(again(feed(1), b""))
    assert time.process_time() - began < 4


ITEMS = st.lists(
    st.builds(
        "<item><guid>{}</guid><title>{}</title><pubDate>Wed, 04 Mar 2026 12:0{}:00 GMT</pubDate></item>".format,
        st.integers(0, 6),
        st.sampled_from(["a", "b &amp; c", "<![CDATA[<item>]]>", "<![CDATA[</item>]]>"]),
        st.integers(0, 1),
    ),
    max_size=6,
)


@given(ITEMS, ITEMS)
def test_a_poll_reads_as_if_nothing_were_known(before: list[str], after: list[str]) -> None:
    known = kept(FEED.format(items="".join(before)))
    body = FEED.format(items=" ".join(after))
    for entry, whole in zip(again(body, known), parse(body.encode(), BASE).entries, strict=True):
        assert identity(entry) == identity(whole)
        assert entry == whole or entry.known


@given(st.binary(max_size=100))
def test_whatever_is_kept_of_items_is_harmless(known: bytes) -> None:
    assert [replace(entry, known=False) for entry in again(feed(1), known)] == list(again(feed(1), b""))
