"""How pages name their feeds, and how people write the addresses of feeds."""

from __future__ import annotations

import pytest

from newsflow.subscriptions.addresses import feed_address
from newsflow.subscriptions.autodiscovery import in_page

BASE = "https://www.z.example/news/"
FEED = "https://www.z.example/export/neu"


def urls(markup: str, codec: str = "utf-8") -> list[str]:
    return [found.url for found in in_page(f"<!doctype html><html><head>{markup}</html>".encode(codec), BASE)]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/rss+xml; charset=UTF-8" href="/export/neu">',
        '<link rel="alternate" type="application/atom+xml;type=feed" href="/export/neu">',
        '<link rel=ALTERNATE type=" Application/RSS+XML " href="/export/neu">',
        '<link rel="alternate home" type="application/rdf+xml" href="/export/neu">',
        '<link rel="alternate" type="application/xml" href="/export/neu">',
        '<link rel="alternate" type="text/xml" href="/export/neu">',
        '<link rel="alternate" type="application/json" href="/export/neu">',
        '<link rel="alternate" type="application/feed+json" href="/export/neu">',
        '<link rel="alternate" type="application/x.atom+xml" href="/export/neu">',
        '<link rel="alternate" type="text/rss" href="/export/neu">',
        '<link rel="feed" href="/export/neu">',
        '<link rel="alternate feed" type="text/html" href="/export/neu">',
        '<base href="/export/"><link rel="alternate" type="application/rss+xml" href="neu">',
        '<base href=""><link rel="alternate" type="application/rss+xml" href="/export/neu">',
        '</head><body><link rel="alternate" type="application/rss+xml" href="/export/neu">',
        '</head><body><a rel="alternate" type="application/rss+xml" href="/export/neu">Abo</a>',
        '</head><body><a href="/export/neu">RSS</a>',
        '</head><body><a href="/export/neu">RSS-Feed</a>',
        '</head><body><a href="/export/neu"><img src="i.png" alt="RSS"></a>',
        '</head><body><a href="/export/neu" title="Subscribe by RSS"><i class="icon"></i></a>',
        '</head><body><a href="/export/neu" aria-label="Atom feed"><svg></svg></a>',
        '<link rel="alternate" type="application/rss+xml" href="feed:https://www.z.example/export/neu">',
        '<link rel="alternate" type="application/rss+xml" href="www.z.example/export/neu">',
        '<link rel="alternate" type="application/rss xml" href="/export/neu">',
        '<link rel="alternate" type="rss+xml" href="/export/neu">',
        '<link rel="alternate" type="application/atom+xml, text/xml" href="/export/neu">',
        '<link rel="alternate,feed" type="application/rss+xml" href="/export/neu">',
        '<link type="application/rss+xml" href="/export/neu">',
        '</head><body><a type="application/rss+xml" href="/export/neu">Abo</a>',
        '</head><body><a href="/export/neu">RSS订阅</a>',
        '</head><body><a href="/export/neu">RSSフィード</a>',
        '</head><body><a href="/export/neu" title="RSS abonnieren">Neu</a>',
        '</head><body><a href="/export/neu"><img src="/img/rss.png"></a>',
        '</head><body><a href="/export/neu"><i class="fa fa-rss"></i></a>',
    ],
)
def test_a_feed_is_found(link: str) -> None:
    assert urls(link) == [FEED]
    assert urls(link, "utf-16") == [FEED]


def test_a_page_with_a_declaration_of_xml() -> None:
    page = (
        '<?xml version="1.0" encoding="utf-8"?><html><link rel="alternate" type="text/rss" href="/export/neu"/></html>'
    )
    assert [found.url for found in in_page(page.encode(), BASE)] == [FEED]


@pytest.mark.parametrize(
    "query", ["?format=feed&type=rss", "?feed=rss2", "?type=atom", "/x?view=rss", "/index.php?option=news&format=feed"]
)
def test_an_address_that_looks_like_a_feeds_is_found(query: str) -> None:
    link = query if query.startswith("/") else f"/{query}"
    assert urls(f'</head><body><a href="{link.replace("&", "&amp;")}">Abo</a>') == [f"https://www.z.example{link}"]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/rss+xml" title="RSS">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<link rel="alternate" type="application/rss+xml" href="#">',
        '<link rel="alternate" type="application/rss+xml" href="https://www.z.example/news/">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:void(0)">',
        '<link rel="alternate" type="application/json+oembed" href="/wp-json/oembed/1.0/embed?url=x">',
        '<link rel="alternate" type="text/xml+oembed" href="/oembed?url=x">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">',
        '<link rel="alternate" hreflang="fr" href="/fr/">',
        '<link rel="stylesheet" type="text/css" href="/feed.css">',
        '<link rel="service.post" type="application/atom+xml" href="/export/neu">',
        '<link rel="replies" type="application/atom+xml" href="/comments/1">',
        '</head><body><a class="feed-item" href="/a/1"></a>',
        '<link rel="alternate" type="text/html" href="/mobile">',
        '</head><body><a href="/a/9">How RSS feeds changed the way in which we read the news at night</a>',
        '</head><body><a href="/a/9">The feeding of the lions</a>',
        '</head><body><a href="mailto:rss@z.example">RSS</a>',
        '</head><body><a name="rss">RSS</a>',
    ],
)
def test_what_leads_nowhere_is_not_asked_for(link: str) -> None:
    assert urls(link) == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("feed://a.example/rss", "http://a.example/rss"),
        ("feed:https://a.example/rss", "https://a.example/rss"),
        ("feed://https://a.example/rss", "https://a.example/rss"),
        ("feed:http//a.example/rss", "http://a.example/rss"),
        ("feed:///https://a.example/rss", "https://a.example/rss"),
        ("feed://feed://a.example/rss", "http://a.example/rss"),
        ("https://a.example/?a=1&amp;b=2", "https://a.example/?a=1&b=2"),
        ("FEED:a.example/rss", "http://a.example/rss"),
        ("feeds://a.example/rss", "http://a.example/rss"),
        ("itpc://a.example/pod", "http://a.example/pod"),
        ("https://a.example/feed:1", "https://a.example/feed:1"),
        ("a.example/feed", "a.example/feed"),
        ("feed:", "feed:"),
    ],
)
def test_the_schemes_of_feed_readers(written: str, meant: str) -> None:
    assert feed_address(written) == meant
