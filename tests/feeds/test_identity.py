"""Entries stay the same entries when their feed breaks, grows without end, or leaves out who wrote it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from newsflow.feeds import json_feed, loose, xml_feed
from newsflow.feeds.parse import parse

BASE = "https://feeds.host.example/x/rss.xml"
MOST = 20  # in the place of 10,000
NEW = datetime(2026, 3, 4, 12, tzinfo=timezone.utc)
RSS_ITEMS = {
    "guid that is no address": "<link>https://www.k.example/a/{i}</link><guid>post-{i}</guid>",
    "guid that is a path": "<link>https://www.k.example/a/{i}</link><guid>/a/{i}</guid>",
    "guid that is the link": "<guid isPermaLink='true'>https://www.k.example/a/{i}</guid>",
    "link alone, relative": "<link>/a/{i}?x=1</link>",
    "link without scheme": "<link>www.k.example/a/{i}</link>",
    "title alone": "<title>Title {i}</title>",
    "guid with references": "<link>/a/{i}</link><guid>https://www.k.example/?p={i}&amp;t=n&#038;x=&lt;1&gt;</guid>",
    "guid escaped twice": "<link>/a/{i}</link><guid>https://www.k.example/?p={i}&amp;amp;t=n</guid>",
    "link with references": "<link>https://www.k.example/?p={i}&amp;t=n&#038;x=1</link>",
    "escaped twice": "<link><![CDATA[https://www.k.example/?a=1&amp;id={i}]]></link>",
}
BREAKS = {
    "junk after the end": lambda body: body + "<b>0</b>",
    "a bare ampersand": lambda body: body.replace("<title>K", "<title>K & K"),
    "an unknown entity": lambda body: body.replace("<title>K", "<title>K&nbsp;&hellip;"),
    "an element left open": lambda body: body.replace("</channel>", "<p></channel>"),
    "a tag that was never opened": lambda body: body.replace("</channel>", "</i></channel>"),
    "an attribute without quotes": lambda body: body.replace("<channel>", "<channel lang=de>"),
    "cut off": lambda body: body.replace("</channel></rss>", ""),
    "a control character": lambda body: body.replace("<title>K", "<title>K\x0b"),
    "an open p in a text": lambda body: body.replace("<item>", "<item><description><p>x</description>"),
    "a br in a text": lambda body: body.replace("<item>", "<item><description>x<br>y</description>"),
    "an item never closed": lambda body: body.replace("</item><item>", "<item>", 1),
    "an author never closed": lambda body: body.replace("<item>", "<item><author>x<category>z</category>", 1),
    "a lesser sign in a text": lambda body: body.replace("<item>", "<item><description>3 < 5</description>"),
    "an undeclared prefix": lambda body: body.replace("<item>", "<item><media:x>1</media:x>"),
}


def rss(item: str, count: int = 4) -> str:
    items = "".join(f"<item>{item.format(i=i)}</item>" for i in range(count))
    head = "<title>K</title><link>https://www.k.example/</link>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'


@pytest.mark.parametrize("damage", BREAKS)
@pytest.mark.parametrize("item", RSS_ITEMS)
def test_a_feed_that_breaks_shows_the_same_entries(item: str, damage: str) -> None:
    whole = parse(rss(RSS_ITEMS[item]).encode(), BASE)
    broken = parse(BREAKS[damage](rss(RSS_ITEMS[item])).encode(), BASE)
    assert [(e.guid, e.link) for e in broken.entries] == [(e.guid, e.link) for e in whole.entries]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/politik/17.html", "https://www.k.example/politik/17.html"),
        ("politik/17.html", "https://www.k.example/politik/17.html"),
        ("?id=4", "https://www.k.example/?id=4"),
        ("//cdn.k.example/a", "https://cdn.k.example/a"),
        ("www.k.example/a/1", "https://www.k.example/a/1"),
        ("k.example/a/1", "https://k.example/a/1"),
        ("m.k.example/a/1", "https://m.k.example/a/1"),
        ("17.html", "https://www.k.example/17.html"),
        ("https:/www.k.example/a", "https://www.k.example/a"),
        ("https//www.k.example/a", "https://www.k.example/a"),
        ("http://https://www.k.example/a", "https://www.k.example/a"),
        ("https://https//www.k.example/a", "https://www.k.example/a"),
        ("https://www.k.examplehttps://www.k.example/a", "https://www.k.example/a"),
        ("https://www.k.example/https://www.k.example/a", "https://www.k.example/a"),
        ("https://archive.example/https://www.k.example/a", "https://archive.example/https://www.k.example/a"),
        ("http:///www.k.example/a", "http://www.k.example/a"),
        ("https:// www.k.example/a", "https://www.k.example/a"),
        ("ttps://www.k.example/a", "https://www.k.example/a"),
        ("htp://www.k.example/a", "http://www.k.example/a"),
        ("http;//www.k.example/a", "http://www.k.example/a"),
        ("://www.k.example/a", "https://www.k.example/a"),
        ("/www.k.example/a", "https://www.k.example/a"),
        ("https://www.k.example/it&amp;#8217;s", "https://www.k.example/it’s"),
        ("https.html", "https://www.k.example/https.html"),
        ("http/1", "https://www.k.example/http/1"),
        ("<![CDATA[ /a?x=1&amp;amp;y=2 ]]>", "https://www.k.example/a?x=1&y=2"),
        ("<![CDATA[/a?x=1&#038;y=2]]>", "https://www.k.example/a?x=1&y=2"),
        ("/a?x=1&amp;y=2", "https://www.k.example/a?x=1&y=2"),
        ("/a?b=&amp;ampere=2", "https://www.k.example/a?b=&ampere=2"),
    ],
)
def test_links_start_at_the_site(link: str, expected: str) -> None:
    assert parse(rss(f"<link>{link}</link>", 1).encode(), BASE).entries[0].link == expected


def test_a_guid_that_is_the_link_is_read_as_one() -> None:
    for guid in ("https://www.k.example/?a=1&amp;amp;id=4", "/?a=1&amp;id=4"):
        body = rss(f"<guid isPermaLink='true'>{guid}</guid>", 1)
        assert parse(body.encode(), BASE).entries[0].link == "https://www.k.example/?a=1&id=4"


def test_an_xml_base_wins_over_the_site() -> None:
    body = rss("<link>a</link>", 1).replace("<channel>", "<channel xml:base='https://other.example/b/'>")
    assert parse(body.encode(), BASE).entries[0].link == "https://other.example/b/a"


@pytest.mark.parametrize(
    ("home", "expected"),
    [("https://www.a.example/", "https://www.a.example/1"), ("/site/", "https://feeds.host.example/1")],
)
def test_atom_starts_at_its_own_address_but_on_a_feed_host(home: str, expected: str) -> None:
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><link href="{home}"/><entry><link href="/1"/></entry></feed>'
    assert parse(body.encode(), BASE).entries[0].link == expected


AUTHORS = {
    "": ("Ina Vogt",),
    "<author><name>Jo Falk</name></author>": ("Jo Falk",),
    "<source><author><name>Ada Holm</name></author></source>": ("Ada Holm",),
    "<author><name></name></author>": ("Ina Vogt",),
}


# feedparser keeps no author of a source
@pytest.mark.parametrize(("inner", "tail"), [*((inner, "") for inner in AUTHORS), ("", "<b>")])
def test_an_atom_feeds_author_holds_for_its_entries(inner: str, tail: str) -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><author><name>Ina Vogt</name></author>'
        f"<entry><id>urn:1</id><title>x</title>{inner}</entry></feed>{tail}"
    )
    assert parse(body.encode(), BASE).entries[0].authors == AUTHORS[inner]


def test_a_channels_editor_is_no_author() -> None:
    body = rss("<title>x</title>", 1).replace("<item>", "<managingEditor>Ina Vogt</managingEditor><item>", 1)
    assert parse(body.encode(), BASE).entries[0].authors == ()


@pytest.mark.parametrize("kind", ["rss", "json", "broken"])
@pytest.mark.parametrize("ascending", [True, False])
def test_of_too_many_entries_the_newest_are_kept(kind: str, ascending: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (xml_feed, json_feed, loose):
        monkeypatch.setattr(module, "MAX_ENTRIES", MOST)
    total = MOST + 5
    dates = [NEW - timedelta(minutes=n) for n in range(total)]
    if ascending:
        dates.reverse()
    if kind == "json":
        body = json.dumps({"items": [{"id": str(n), "date_published": d.isoformat()} for n, d in enumerate(dates)]})
    else:
        items = (f"<item><guid>{n}</guid><pubDate>{d.isoformat()}</pubDate></item>" for n, d in enumerate(dates))
        body = f"<rss><channel>{''.join(items)}</channel></rss>{'<b>' if kind == 'broken' else ''}"
    kept = {entry.published_at for entry in parse(body.encode(), BASE).entries}
    assert len(kept) == MOST
    assert (max(kept), min(kept)) == (NEW, NEW - timedelta(minutes=MOST - 1))


ITEM = {"id": "1", "url": "/a", "title": "x"}
WHOLE = json.dumps({"title": "J", "items": [ITEM, {**ITEM, "id": "2"}]})
LENIENT = {
    "a raw tab and line break": WHOLE.replace('"x"', '"x\t\ny"'),
    "bytes after the end": WHOLE + "\n<!-- cached -->",
    "a second object": WHOLE + "{}",
    "a byte order mark": "\ufeff" + WHOLE,
    "a guard against scripts": ")]}',\n" + WHOLE,
    "a comma too many": WHOLE.replace("]}", ",]}").replace('"J"', '"J",').replace(",,", ","),
    "cut off": WHOLE[:-2],
    "cut within a third item": WHOLE.replace("]}", ', {"id": "3", "ti'),
    "a damaged item": WHOLE.replace("]}", ', {"id": "3", "url": x}]}'),
    "blanks before": " \n" * 100 + WHOLE,
    "a comment before": "<!-- cached -->\n" + WHOLE,
    "a warning before": "<br />\n<b>Notice</b>: x in /www/y.php on line 3\n" + WHOLE,
    "a script's comment before": "/* x */ // y\n" + WHOLE,
    "the call of a script": f"callback({WHOLE});",
    "the value of a script": f"var feed = {WHOLE};",
    "a blank that breaks no line": "\u00a0" + WHOLE,
    "an escape of JavaScript": WHOLE.replace('"x"', r'"it\'s"'),
    "escapes that are none": WHOLE.replace('"x"', r'"\x41 \u12 C:\dir"'),
    "two commas": WHOLE.replace("}, {", "},, {"),
    "items by number": WHOLE.replace("[{", '{"0": {').replace("}, {", '}, "2": {').replace("}]", "}}"),
}


@pytest.mark.parametrize("text", LENIENT.values(), ids=LENIENT)
def test_a_damaged_json_feed_loses_no_whole_item(text: str) -> None:
    found = parse(text.encode(), BASE)
    assert (found.title, [entry.guid for entry in found.entries]) == ("J", ["1", "2"])
