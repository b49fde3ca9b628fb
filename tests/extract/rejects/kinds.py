# ruff: noqa: E501 -- one kind a line
"""Made pages of 20 kinds of lists, and of 20 kinds of articles that look like lists, each in three kinds of mark-up.

No page has JSON-LD, a day or an author in its head: only its structure and its address speak.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from itertools import cycle, islice

from tests.extract.texts import TEXTS, Text
from tests.extract.walls import document

LANGUAGES = ("en", "ja", "ar")
Kind = tuple[str, str, Callable[[Text], str]]  # an address, a title ("" for the text's own), what stands on the page
Frame = Callable[[str, str], str]  # of a headline and what stands below it


def _lines(text: Text, count: int) -> list[str]:
    return list(islice(cycle(text.paragraphs), count))


def _p(*lines: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def _link(number: int, line: str, to: str = "news") -> str:
    return f'<a href="/{to}/{escape(line[:20].lower().replace(" ", "-"))}-{number}">{escape(line)}</a>'


def _rows(text: Text, count: int, row: Callable[[int, str], str]) -> str:
    """Rows of one form, each from a number and a line of text."""
    return "".join(row(n, line) for n, line in enumerate(_lines(text, count), 1))


def _items(text: Text, count: int, row: Callable[[int, str], str]) -> str:
    return f"<ul>{_rows(text, count, lambda n, line: f'<li>{row(n, line)}</li>')}</ul>"


def _card(n: int, line: str) -> str:
    return f"<div class=card><h3>{_link(n, line[:60])}</h3><p>{escape(line[:120])}</p></div>"


def _ware(n: int, line: str) -> str:
    name = _link(n, line[:30], "p")
    return f"<div class=product-tile>{name}<span class=price>€ {n}9.90</span><button>+</button></div>"


def _event(n: int, line: str) -> str:
    return f"<div class=event><time datetime=2026-03-{n:02}>{n}.3.2026</time><h3>{_link(n, line[:50], 'events')}</h3></div>"


def _thread(n: int, line: str) -> str:
    return f"<tr><td>{_link(n, line[:50], 'thread')}</td><td>{n * 7}</td><td>user{n}</td></tr>"


def _work(n: int, line: str) -> str:
    shot = f'<a href="/pieces/{n}"><img src=/{n}.jpg alt=""></a>'
    return f"<div class=work>{shot}<h4>{_link(n, line[:35], 'work')}</h4></div>"


LISTS: dict[str, Kind] = {
    "section": ("news", "News", lambda t: _rows(t, 18, _card)),
    "section with an introduction": ("category/harbour", "Harbour", lambda t: _p(*t.paragraphs) + _rows(t, 18, _card)),
    "home": ("", "The Courier", lambda t: _rows(t, 12, _card) + _items(t, 20, lambda n, s: _link(n, s[:70]))),
    "home with a welcome": ("", "The Courier", lambda t: _p(t.paragraphs[0]) + _items(t, 24, lambda n, s: _link(n, s[:60]))),
    "tag": ("tag/pier", "Pier", lambda t: _rows(t, 15, _card)),
    "topic": ("topics/pier", "Pier", lambda t: _p(t.paragraphs[0]) + _rows(t, 15, _card)),
    "author": ("author/mara-quist", "Mara Quist", lambda t: _p(t.paragraphs[1]) + _rows(t, 15, _card)),
    "archive": ("archive", "Archive", lambda t: _items(t, 40, lambda n, s: _link(n, s[:60]))),
    "search": ("?s=pier", "Search: pier", lambda t: _rows(t, 12, _card)),
    "blog": ("blog", "Blog", lambda t: _rows(t, 10, _card)),
    "shelf": ("shop/lamps", "Lamps", lambda t: _rows(t, 24, _ware)),
    "shelf with advice": ("collections/lamps", "Lamps", lambda t: _rows(t, 24, _ware) + _p(*t.paragraphs)),
    "products": ("products", "Products", lambda t: _p(t.paragraphs[0]) + _rows(t, 16, _ware)),
    "events": ("events", "Events", lambda t: _p(t.paragraphs[0]) + _rows(t, 20, _event)),
    "forum": ("forum", "Forum", lambda t: f"<table>{_rows(t, 30, _thread)}</table>"),
    "portfolio": ("portfolio", "Our work", lambda t: _p(t.paragraphs[0]) + _rows(t, 18, _work)),
    "documents": ("docs", "Documentation", lambda t: _items(t, 40, lambda n, s: _link(n, s[:30], "docs"))),
    "recipes": ("recipes", "Recipes", lambda t: _rows(t, 20, lambda n, s: f"<div class=tile>{_link(n, s[:40], 'r')}</div>")),
    "press releases": ("press-releases", "Press releases", lambda t: _rows(t, 20, _event)),
    "directory": ("directory", "Directory", lambda t: _items(t, 50, lambda n, s: _link(n, s[:25], "d"))),
}  # fmt: skip


def _titled(n: int, line: str) -> str:
    return f"<h2>{n}. {escape(line[:40])}</h2><p>{escape(line)}</p>"


def _question(n: int, line: str) -> str:
    return f"<h3>{escape(line[:50])}?</h3><p>{escape(line)}</p>"


def _bought(n: int, line: str) -> str:
    return f"{_titled(n, line)}<p>€ {n}9.90 <a href=https://shop.example/{n}>shop.example</a></p>"


def _spoken(n: int, line: str) -> str:
    return f"<p><strong>{escape(line[:60])}?</strong></p><p>{escape(line)}</p>"


def _entry(n: int, line: str) -> str:
    return f"<div class=entry><time>1{n % 10}:0{n % 10}</time><h3>{escape(line[:50])}</h3><p>{escape(line)}</p></div>"


def _led_entry(n: int, line: str) -> str:
    return f"<div class=entry><h3>{_link(n, line[:50])}</h3><p>{escape(line)}</p></div>"


def _term(n: int, line: str) -> str:
    return f"<dt>{escape(line[:25])}</dt><dd>{escape(line)}</dd>"


def _pointed(n: int, line: str) -> str:
    return f'{escape(line)} <a href="https://other.example/{n}">{escape(line[:25])}</a>'


def _counted(n: int, line: str) -> str:
    return f"<tr><td>{n}</td><td>{escape(line[:25])}</td><td>{n * 13}</td></tr>"


def _steps(t: Text) -> str:
    parts = "".join(f"<li>{n}0 g {escape(line[:20])}</li>" for n, line in enumerate(_lines(t, 9), 1))
    return f"{_p(*t.paragraphs)}<ul>{parts}</ul><ol>{_rows(t, 6, lambda n, s: f'<li>{escape(s)}</li>')}</ol>"


def _shown(n: int, line: str) -> str:
    return f"<figure><img src=/{n}.jpg><figcaption>{escape(line[:60])}</figcaption></figure><p>{escape(line)}</p>"


ARTICLES: dict[str, Kind] = {
    "recipe": ("recipes/ferry-pie-with-leeks", "", _steps),
    "list article": ("news/seven-things-to-know-about-the-pier", "", lambda t: _rows(t, 7, _titled)),
    "ranking": ("guide/the-best-piers-of-the-year", "", lambda t: _rows(t, 10, _bought)),
    "table and text": ("sport/how-the-teams-stand-now", "", lambda t: f"{_p(*t.paragraphs)}<table>{_rows(t, 12, _counted)}</table>"),
    "interview": ("talks/a-talk-with-the-mayor", "", lambda t: _rows(t, 8, _spoken)),
    "questions": ("help/what-the-new-pier-means-for-you", "", lambda t: _rows(t, 8, _question)),
    "live blog": ("news/live-from-the-harbour-8812", "", lambda t: _rows(t, 9, _entry)),
    "live blog with links": ("news/live-from-the-council-8813", "", lambda t: _rows(t, 9, _led_entry)),
    "round-up of links": ("blog/what-we-read-this-week-31", "", lambda t: _items(t, 8, _pointed)),
    "obituaries": ("news/those-we-lost-this-year", "", lambda t: _rows(t, 9, lambda n, s: f"<p><b>{escape(s[:20])}</b> {escape(s)}</p>")),
    "schedule": ("news/when-the-ferries-run-in-summer", "", lambda t: _p(*t.paragraphs) + _items(t, 12, lambda n, s: f"{n}:30 {escape(s[:30])}")),
    "glossary": ("help/the-words-of-the-harbour-explained", "", lambda t: f"<dl>{_rows(t, 12, _term)}</dl>"),
    "pictures": ("pictures/the-week-in-pictures-31", "", lambda t: _rows(t, 7, _shown)),
    "results": ("sport/results-of-the-weekend-4471", "", lambda t: _p(*t.paragraphs) + _items(t, 14, lambda n, s: f"{escape(s[:20])} {n}:{n % 3}")),
    "column above teasers": ("opinion/what-the-harbour-needs-now", "", lambda t: f"{_p(*_lines(t, 6))}<aside>{_rows(t, 12, _card)}</aside>"),
    "programme": ("culture/what-to-see-at-the-festival", "", lambda t: _rows(t, 8, lambda n, s: f"<h3>{n}.3.2026</h3><p>{escape(s)}</p>")),
    "chronicle": ("news/how-the-pier-came-to-be-a-chronicle", "", lambda t: _items(t, 9, lambda n, s: f"<b>201{n}</b> {escape(s)}")),
    "review of wares": ("reviews/three-lamps-that-we-tried-out", "", lambda t: _p(t.paragraphs[0]) + _rows(t, 3, _bought) + _p(*t.paragraphs)),
    "newsletter": ("newsletter/the-morning-of-2026-03-04", "", lambda t: _rows(t, 6, lambda n, s: f"<h2>{escape(s[:40])}</h2>{_p(s)}<p>{_link(n, s[:20])}</p>")),
    "minutes": ("council/minutes-of-the-meeting-of-march-4", "", lambda t: f"<ol>{_rows(t, 12, lambda n, s: f'<li><p>{escape(s)}</p></li>')}</ol>"),
}  # fmt: skip

FRAMES: dict[str, Frame] = {
    "plain": lambda head, body: f"<h1>{escape(head)}</h1>{body}",
    "semantic": lambda head, body: f"{_MENU}<main><article><h1>{escape(head)}</h1><div>{body}</div></article></main>{_FOOT}",
    "boxes": lambda head, body: f"{_MENU}<div id=c><div class=row><div class=col><h1>{escape(head)}</h1><div>{body}</div></div></div></div>{_FOOT}",
}  # fmt: skip
_MENU = f"<nav><ul>{''.join(f'<li><a href=/s/{n}>Menu {n}</a></li>' for n in range(12))}</ul></nav>"
_FOOT = "<footer><p><a href=/imprint>Imprint</a> <a href=/privacy>Privacy</a></p></footer>"


def pages(kind: Kind) -> dict[str, tuple[bytes, str]]:
    """A kind's pages by mark-up, each in another language: bytes and the address of each."""
    path, title, made = kind
    shown = {}
    for (name, frame), code in zip(FRAMES.items(), LANGUAGES, strict=True):
        text = TEXTS[code]
        head = title or text.title
        shown[name] = document(head, frame(head, made(text)), code), f"https://courier.example/{path}"
    return shown
