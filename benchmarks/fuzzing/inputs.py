"""Inputs of each kind that the pipeline reads from outside, and what damage and malice make of them.

All are drawn from a random source: the same seed gives the same inputs.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from random import Random

from newsflow.clock import utcnow
from newsflow.model import Exchange
from newsflow.outcomes import Outcome
from newsflow.store.warc import Builder
from newsflow.subscriptions import lists
from newsflow.subscriptions.lists import Listed
from tests.extract.mutations import mutate

# What PostgreSQL, UTF-8, HTTP, XML, JSON or a parser stumbles over.
HOSTILE = (
    "\x00", "\\u0000", "\\ud800", "\ud83d", "\udc00", "&#0;", "&#xD800;", "\x1b[31m", "\u202e", "\ufeff", "\x85",
    "\u2028",
    "'; drop table ingest.page; --", "\\.", "\\N", "{", "}", "%s", "%(x)s", "{{ ds }}", "=HYPERLINK(1)", "../../passwd",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026", "2026-05", "1e400", "NaN", "-1", str(10**30),
    "9" * 20, "x" * 3_000, "w" * 200_000, "é" * 2_700, "http://[::1", "http://" + "a" * 300 + ".example/",
    "javascript:1", "//", "?", " ",
)  # fmt: skip

Serves = tuple[bytes, bytes]  # the head of an answer (status line and fields), and its body


def word(rng: Random) -> str:
    """Something that a field would hold, often hostile."""
    return rng.choice(HOSTILE) if rng.random() < 0.5 else f"word {rng.randint(0, 999)} of a field"


def _as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def maybe(data: bytes, rng: Random, share: float = 0.5) -> bytes:
    """Damaged, or as it is."""
    return mutate(data, data, rng) if rng.random() < share else data


def article(rng: Random) -> bytes:
    """A page with hostile values wherever a page states something."""
    stated = {"@type": "NewsArticle", **{name: tree(rng) for name in (
        "headline", "author", "image", "datePublished", "dateModified", "keywords", "articleSection", "description",
        "isAccessibleForFree", "publisher", "inLanguage")}}  # fmt: skip
    metas = "".join(
        f'<meta {rng.choice(("name", "property"))}="{name}" content="{word(rng)}">'
        for name in ("robots", "tdm-policy", "og:image", "article:published_time", "author", "article:tag", "og:title")
    )
    links = "".join(f'<link rel="{rel}" href="{word(rng)}">' for rel in ("canonical", "amphtml", "license"))
    said = "".join(
        f"<p>{word(rng)} The council of town {rng.randint(0, 10**6)} decided on the repair of its harbour, and said"
        f" that {rng.randint(0, 10**6)} lights will be put up before the winter comes to the coast again.</p>"
        for _ in range(8)
    )
    data = json.dumps(stated)
    head = f'<head><title>{word(rng)}</title>{metas}{links}<script type="application/ld+json">{data}</script></head>'
    return _as_bytes(f'<html lang="en">{head}<body><article><h1>A title {word(rng)}</h1>{said}</article></body></html>')


def tree(rng: Random, depth: int = 0) -> object:
    """A JSON value of any shape."""
    kind = rng.random()
    if depth > 3 or kind < 0.6:
        return rng.choice((word(rng), word(rng), rng.randint(-9, 10**12), None, True, 1e308))
    if kind < 0.8:
        return [tree(rng, depth + 1) for _ in range(rng.randint(0, 3))]
    return {rng.choice(("name", "url", "@type", word(rng))): tree(rng, depth + 1) for _ in range(rng.randint(0, 3))}


def page(rng: Random, bases: Sequence[bytes]) -> Serves:
    """A page as it is served: damaged, or with hostile statements; sometimes with a hostile head."""
    body = article(rng) if not bases or rng.random() < 0.6 else mutate(rng.choice(bases), rng.choice(bases), rng)
    return head(rng, len(body), b"text/html; charset=utf-8", share=0.3), body


def head(rng: Random, length: int, kind: bytes, share: float) -> bytes:
    """The head of an answer; with fields that nobody should send in `share` of them."""
    lines = [b"HTTP/1.1 200 OK", b"Content-Type: " + kind, b"Content-Length: %d" % length]
    if rng.random() < share:
        names = ("X-Robots-Tag", "ETag", "Last-Modified", "Content-Type", "Expires", "Cache-Control", "Retry-After",
                 "tdm-reservation", "tdm-policy", "Set-Cookie", "Date", "Link", "Age", "Vary")  # fmt: skip
        values = (_as_bytes(word(rng))[:4_000].replace(b"\n", b" ").replace(b"\r", b" ") for _ in range(4))
        lines[rng.randint(1, 3) : 1] = [f"{rng.choice(names)}: ".encode() + value for value in values]
    if rng.random() < share / 10:
        lines.append(b"Content-Encoding: " + rng.choice((b"gzip", b"br", b"x", b"\x00", b"gzip, gzip")))
    status = rng.choice((b"200 OK", b"203 \x00", b"200", b"299 \xff", b"404 Gone", b"503 No", b"301 Moved"))
    if rng.random() < share / 3:
        lines[0] = b"HTTP/1.1 " + status
    return b"\r\n".join(lines) + b"\r\nConnection: close\r\n\r\n"


def feed(rng: Random, urls: Sequence[str]) -> Serves:
    """A feed or a sitemap of these addresses, with hostile fields, sometimes damaged as a whole."""
    kind, made = rng.choice(FEEDS)(rng, urls)
    body = maybe(_as_bytes(made), rng, 0.4)
    return head(rng, len(body), kind, share=0.3), body


def _rss(rng: Random, urls: Sequence[str]) -> tuple[bytes, str]:
    items = "".join(
        f"<item><title>{word(rng)}</title><link>{url}</link><guid>{word(rng)}</guid><pubDate>{word(rng)}</pubDate>"
        f"<dc:creator>{word(rng)}</dc:creator><description>{word(rng)}</description><category>{word(rng)}</category></item>"
        for url in urls
    )
    top = f"<title>{word(rng)}</title><link>{word(rng)}</link><ttl>{word(rng)}</ttl><language>{word(rng)}</language>"
    space = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return b"application/rss+xml", f'<rss version="2.0" {space}><channel>{top}{items}</channel></rss>'


def _atom(rng: Random, urls: Sequence[str]) -> tuple[bytes, str]:
    entries = "".join(
        f'<entry><title type="html">{word(rng)}</title><link href="{url}"/><id>{word(rng)}</id><updated>{word(rng)}'
        f'</updated><author><name>{word(rng)}</name></author><content type="html">{word(rng)}</content></entry>'
        for url in urls
    )
    return (
        b"application/atom+xml",
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{word(rng)}</title>{entries}</feed>',
    )


def _json(rng: Random, urls: Sequence[str]) -> tuple[bytes, str]:
    names = ("id", "title", "content_html", "image", "date_published", "authors", "tags", "language", "summary")
    items = [{**{name: tree(rng) for name in names}, "url": url + rng.choice(("", "\x00", "\ud800"))} for url in urls]
    found = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": word(rng),
        "home_page_url": word(rng),
        "items": items,
    }
    return b"application/feed+json", json.dumps(found)


def _sitemap(rng: Random, urls: Sequence[str]) -> tuple[bytes, str]:
    each = "".join(
        f"<url><loc>{url}</loc><lastmod>{word(rng)}</lastmod><n:news><n:title>{word(rng)}</n:title>"
        f"<n:publication_date>{word(rng)}</n:publication_date></n:news></url>"
        for url in urls
    )
    spaces = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    return b"application/xml", f"<urlset {spaces}>{each}</urlset>"


FEEDS: tuple[Callable[[Random, Sequence[str]], tuple[bytes, str]], ...] = (_rss, _atom, _json, _sitemap)


def plain_feed(urls: Sequence[str]) -> Serves:
    """A sound feed of these addresses, so that their pages are fetched whatever becomes of the other one."""
    items = "".join(f"<item><title>Item {n}</title><link>{url}</link></item>" for n, url in enumerate(urls))
    body = f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n" % len(body), body


def robots(rng: Random) -> Serves:
    """A robots.txt that lets us in, mostly."""
    lines = [f"{rng.choice(('Disallow', 'Allow', 'Crawl-delay', 'Sitemap', 'Content-Signal', word(rng)))}: {word(rng)}"
             for _ in range(rng.randint(0, 6))]  # fmt: skip
    text = "\n".join([f"User-agent: {word(rng)}", *lines, "User-agent: *", f"Content-Signal: ai-train={word(rng)}"])
    body = maybe(_as_bytes(text), rng, 0.3)
    return head(rng, len(body), b"text/plain", share=0.2), body


def warc(rng: Random, bases: Sequence[bytes]) -> bytes:
    """A WARC file, damaged in its bytes or in what they unpack to."""
    builder, members = Builder("a.warc.gz"), []
    for _ in range(rng.randint(1, 5)):
        url = f"https://{rng.choice('abc')}.example/{rng.randint(0, 10**6)}"
        headers = {"content-type": "text/html", "x-robots-tag": word(rng)[:2_000].replace("\n", " ").replace("\r", " ")}
        served = page(rng, bases)[1]
        first, *_ = builder.exchange(Exchange(url, Outcome.OK, 200, headers, served, url, (url,)), utcnow(), None)
        members.append(first if rng.random() < 0.7 else gzip.compress(maybe(gzip.decompress(first), rng)))
    whole = b"".join(members)
    return maybe(whole, rng, 0.4)


def feed_list(rng: Random) -> tuple[bytes, str]:
    """A list of feeds as somebody keeps it, and its format."""
    kind = rng.choice(lists.FORMATS)
    feeds = [
        Listed(f"https://{rng.randint(0, 999)}.example/{word(rng)}", word(rng), word(rng), word(rng)) for _ in "abc"
    ]
    try:
        text = lists.write(feeds, kind)
    except ValueError:  # XML has no word for some of these
        text = lists.write([Listed("https://a.example/feed", "word", "word")], kind)
    text = text.replace("word", rng.choice(HOSTILE), 1)
    return maybe(_as_bytes(text), rng, 0.7), kind


def _row(rng: Random) -> dict[str, object]:
    names = ("title", "authors", "published_at", "publisher", "tags", "language", "section", "image_url")
    body = rng.choice((word(rng), f"A body of words {rng.randint(0, 10**9)} that is imported. " * 20))
    url = f"https://i.example/{rng.randint(0, 10**9)}{rng.choice(('', word(rng)))}"
    return {"url": url, "body": body, **{name: tree(rng) for name in names if rng.random() < 0.4}}


def table(rng: Random) -> tuple[bytes, str]:
    """A file of articles to import, and its ending."""
    rows = [_row(rng) for _ in range(rng.randint(1, 12))]
    if rng.random() < 0.5:
        return maybe("\n".join(map(json.dumps, rows)).encode(), rng, 0.4), ".jsonl"
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[str(row.get(name, "")).replace('"', '""') for name in names] for row in rows]
    lines = [",".join(names), *(",".join(f'"{cell}"' for cell in row) for row in cells)]
    return maybe(_as_bytes("\n".join(lines)), rng, 0.4), ".csv"
