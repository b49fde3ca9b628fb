"""Publishers whom the undisturbed twin does not have: one who sends what nobody can store, one who never answers.

Both listen during the whole campaign, and nobody asks them before a fault registers their feed.
"""

from __future__ import annotations

import json
import threading

from tests.extract.pages import page
from tests.webserver import Play, Server, raw, says

HOSTILE, STALLED = "hostile.example", "stalled.example"
BAD = "nul \x00 half \ud800 escaped \\u0000"  # no database stores the first two
PAGES = ("ld", "robots", "header", "type", "link")
STALLED_PAGES = 6


def _html(name: str, head: bytes = b"") -> bytes:
    said = (f"<p>What {name} says in line {n} of {name} is nowhere else to be read in town.</p>" for n in range(30))
    return page("".join(said), title=f"News of {name}").replace(b"</head>", head + b"</head>")


def _hostile_page(name: str) -> Play:
    """A page that says `BAD` where its name tells."""
    ld = json.dumps({"@type": "NewsArticle", "headline": BAD, "image": BAD, "author": [{"name": BAD}]}).encode()
    heads = {
        "ld": b'<script type="application/ld+json">' + ld + b"</script>",
        "robots": b'<meta name="robots" content="noai\x00, x">',
        "link": b'<link rel="canonical" href="/a\x00b&#xd800;">',
    }
    fields = {"header": b'X-Robots-Tag: noai\x00\r\nETag: "\x00"\r\n'}
    kinds = {"type": b"text/html; charset=u\x00"}
    body = _html(name, heads.get(name, b""))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\n%b" % (kinds.get(name, b"text/html"), fields.get(name, b""))
    return raw(head + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)


class Strangers:
    """Their servers."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self.hostile, self.stalled = Server(), Server()
        self.hostile.plays.update({f"/{name}": _hostile_page(name) for name in PAGES})
        self.hostile.plays["/feed"] = says(body=self._json_feed(), headers={"Content-Type": "application/feed+json"})
        links = "".join(f"<item><link>{self.stalled.url(f'/{n}')}</link></item>" for n in range(STALLED_PAGES))
        feed = f'<rss version="2.0"><channel><title>Stalled</title>{links}</channel></rss>'
        self.stalled.plays["/feed"] = says(body=feed.encode(), headers={"Content-Type": "application/rss+xml"})
        self.stalled.plays.update(dict.fromkeys(("/silent", *(f"/{n}" for n in range(STALLED_PAGES))), self._never))

    @property
    def origins(self) -> tuple[str, ...]:
        """What is to be allowed on loopback."""
        return self.hostile.origin, self.stalled.origin

    def ask_for_pauses(self, *, long: bool) -> None:
        """What the one who never answers asks for in robots.txt."""
        self.stalled.plays["/robots.txt"] = says(body=b"User-agent: *\nCrawl-delay: %d\n" % (600 if long else 0))

    def close(self) -> None:
        """Stop listening."""
        self._over.set()
        self.hostile.close()
        self.stalled.close()

    def _json_feed(self) -> bytes:
        items = [
            {"id": f"{name} {BAD}", "url": self.hostile.url(f"/{name}"), "title": BAD, "authors": [{"name": BAD}]}
            for name in PAGES
        ]
        items.append({"id": "path", "url": self.hostile.url("/a\x00b\ud800"), "content_html": f"<p>{BAD}</p>"})
        version = "https://jsonfeed.org/version/1.1"
        return json.dumps({"version": version, "title": BAD, "home_page_url": BAD, "items": items}).encode()

    def _never(self, *_: object) -> None:
        """Accepted, and never answered."""
        self._over.wait()
