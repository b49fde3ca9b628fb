"""Times that name no zone are read in the publisher's, by feeds and by pages; those that name one are left alone."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from newsflow.extract.document import extract
from newsflow.feeds.parsed import ParsedFeed
from newsflow.feeds.parser_child import answer
from newsflow.model import Hints

RSS = """<rss version="2.0"><channel><title>T</title><link>https://a.example/</link><item><title>One</title>
<link>https://a.example/1</link><pubDate>{at}</pubDate></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>u:1</id><updated>2026-01-01T00:00:00Z</updated>
<entry><id>u:2</id><title>One</title><link href="https://a.example/1"/><published>{at}</published></entry></feed>"""
JSON = """{{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [
{{"id": "1", "url": "https://a.example/1", "title": "One", "date_published": "{at}"}}]}}"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://a.example/1</loc><news:news><news:publication><news:name>T</news:name><news:language>en</news:language>
</news:publication><news:publication_date>{at}</news:publication_date><news:title>One</news:title></news:news></url></urlset>"""
LOOSE = RSS.replace("<title>T</title>", "<title>T & <b>U</title>")
CASES = [
    ("2026-07-01 08:30", "2026-07-01T12:30", "summer in New York"),
    ("2026-01-15T08:30:00", "2026-01-15T13:30", "winter in New York"),
    ("2026-07-01T08:30:00Z", "2026-07-01T08:30", "UTC is named"),
    ("2026-07-01T08:30:00+02:00", "2026-07-01T06:30", "another zone is named"),
    ("2026-07-01", "2026-07-01T00:00", "a day stays that day"),
]


@pytest.mark.parametrize(("raw", "utc"), [case[:2] for case in CASES], ids=[case[2] for case in CASES])
@pytest.mark.parametrize("form", [RSS, ATOM, JSON, SITEMAP, LOOSE], ids=["rss", "atom", "json", "sitemap", "loose"])
def test_of_feeds(form: str, raw: str, utc: str) -> None:
    found = answer(form.format(at=raw).encode(), "https://a.example/rss", "", 10**6, zone="America/New_York")
    assert isinstance(found, ParsedFeed)
    assert found.entries[0].published_at == datetime.fromisoformat(utc).replace(tzinfo=timezone.utc)
    plain = answer(form.format(at="2026-07-01 08:30").encode(), "https://a.example/rss", "", 10**6)
    assert isinstance(plain, ParsedFeed)
    assert plain.entries[0].published_at == datetime(
        2026, 7, 1, 8, 30, tzinfo=timezone.utc
    )  # the next feed is UTC again


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "UTC", ""])
def test_of_pages(zone: str) -> None:
    words = "<p>The harbour was closed for most of the day while the crews looked at the damage to the quay.</p>" * 12
    head = '<title>Harbour closed</title><meta property="article:published_time" content="2026-07-01 08:30:00">'
    html = f"<html><head>{head}</head><body><article><h1>Harbour closed</h1>{words}</article></body></html>"
    found = extract(html.encode(), "https://a.example/1", Hints(zone=zone))
    hour, minute = {"America/New_York": (12, 30), "Asia/Kolkata": (3, 0)}.get(zone, (8, 30))
    assert found.published_at == datetime(2026, 7, 1, hour, minute, tzinfo=timezone.utc)
    assert found.published_quality == "unzoned"
