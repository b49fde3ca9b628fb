"""The articles of `texts.py` in five kinds of news page, with what a person would copy out of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

from tests.extract.site_line_pages import FURNITURE, Furniture
from tests.extract.texts import TEXTS, Text

AUTHOR = "Ingrid Dahl"
DAY = "2026-05-12"


@dataclass(frozen=True)
class Written:
    """A page and its gold."""

    name: str
    language: str
    url: str
    html: bytes
    title: str
    body: str
    authors: tuple[str, ...] = (AUTHOR,)
    day: str = DAY

    @property
    def site(self) -> str:
        """Each language is a publisher."""
        return f"courier-{self.language}.example"


def _p(*texts: str) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def _links(texts: tuple[str, ...], tag: str = "li") -> str:
    return "".join(f'<{tag}><a href="/n/{n}">{escape(text)}</a></{tag}>' for n, text in enumerate(texts))


def _json_ld(text: Text) -> str:
    node = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": text.title,
        "datePublished": f"{DAY}T08:00:00+00:00", "author": {"@type": "Person", "name": AUTHOR},
        "publisher": {"@type": "Organization", "name": "Courier"},
    }  # fmt: skip
    return f'<script type="application/ld+json">{json.dumps(node, ensure_ascii=False)}</script>'


def _metas(text: Text) -> str:
    named = {"og:title": f"{text.title} | Courier", "og:site_name": "Courier", "article:published_time": DAY}
    metas = "".join(f'<meta property="{key}" content="{escape(value)}">' for key, value in named.items())
    return f'{metas}<meta name="author" content="{AUTHOR}">'


def plain(text: Text, around: Furniture) -> tuple[str, str]:
    """An article element with nothing but a by-line."""
    byline = f'<p class="byline">{escape(around.by.format(AUTHOR))}</p><time datetime="{DAY}">{DAY}</time>'
    return "", f"<article><h1>{escape(text.title)}</h1>{byline}{_p(*text.paragraphs)}</article>"


def magazine(text: Text, around: Furniture) -> tuple[str, str]:
    """Share bar, a picture, related links between the paragraphs, a newsletter box, a comment form."""
    first, *rest = text.paragraphs
    picture = f'<figure><img src="/pier.jpg" alt=""><figcaption>{escape(around.teasers[0])}</figcaption></figure>'
    related = f'<aside class="related"><h3>{escape(around.related)}</h3><ul>{_links(around.teasers)}</ul></aside>'
    letter = f'<div class="newsletter">{_p(around.newsletter)}<form><input type="email"></form></div>'
    reply = f'<section id="comments"><h3>{escape(around.reply)}</h3><form><textarea></textarea></form></section>'
    body = f'{picture}<div class="article-body">{_p(first)}{related}{_p(*rest)}</div>{letter}'
    share = f'<div class="share-bar"><span>{escape(around.share)}</span> <a href="#">Facebook</a></div>'
    return _json_ld(text), f"<main><h1>{escape(text.title)}</h1>{share}{body}</main>{reply}"


def portal(text: Text, around: Furniture) -> tuple[str, str]:
    """Tables and line breaks, a column of headlines, no article element, no class that says what it is."""
    broken = "<br><br>".join(map(escape, text.paragraphs))
    heads = f"<td><b>{escape(around.related)}</b><ul>{_links(around.teasers * 2)}</ul></td>"
    cell = f"<td><h1>{escape(text.title)}</h1><div>{broken}</div></td>"
    return _metas(text), f"<table><tr>{heads}{cell}</tr></table>"


def blog(text: Text, around: Furniture) -> tuple[str, str]:
    """WordPress: the title as a heading of the text, a read-more line, tags, a biography, a comment form."""
    more = f'<p><strong>{escape(around.more)}:</strong> <a href="/n/9">{escape(around.teasers[1])}</a></p>'
    content = f'<div class="entry-content">{_p(*text.paragraphs)}{more}</div>'
    bio = f'<div class="author-box"><h4>{AUTHOR}</h4>{_p(around.bio.format(AUTHOR))}</div>'
    reply = f'<div id="respond"><h3>{escape(around.reply)}</h3><form><textarea></textarea></form></div>'
    meta = (
        f'<div class="entry-meta"><a rel="author" href="/a/dahl">{AUTHOR}</a> <time datetime="{DAY}">{DAY}</time></div>'
    )
    head = f'<h1 class="entry-title">{escape(text.title)}</h1>{meta}'
    return _metas(text), f'<div class="post hentry">{head}{content}{bio}</div>{reply}'


def boxes(text: Text, around: Furniture) -> tuple[str, str]:
    """An app: the text cut into boxes by an advertisement, the same headlines twice, a cookie banner."""
    first, *rest = text.paragraphs
    advert = f'<div class="ad-slot">{_p(around.newsletter)}</div>'
    wall = f'<div class="cookie-banner">{_p(text.consent[0])}<button>{escape(text.consent[1])}</button></div>'
    cut = f'<div class="text-block">{_p(first)}</div>{advert}<div class="text-block">{_p(*rest)}</div>'
    strip = f'<div class="teaser-strip">{_links(around.teasers, "h3")}</div>'
    header = f"<header><h1>{escape(text.title)}</h1><div class=author>{AUTHOR}</div></header>"
    return _json_ld(text), f'{wall}<div id="app">{strip}<div class="story">{header}{cut}</div>{strip}</div>'


LAYOUTS: dict[str, Callable[[Text, Furniture], tuple[str, str]]] = {
    "plain": plain,
    "magazine": magazine,
    "portal": portal,
    "blog": blog,
    "boxes": boxes,
}


def page(language: str, layout: str) -> Written:
    """One article in one layout."""
    text = TEXTS[language]
    head, body = LAYOUTS[layout](text, FURNITURE[language])
    menu = f'<nav><a href="/">Courier</a> <a href="/login">{escape(text.login)}</a></nav>'
    html = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(text.title)} | Courier'
        f"</title>{head}</head><body>{menu}{body}<footer>© Courier</footer></body></html>"
    )
    url = f"https://courier-{language}.example/{DAY.replace('-', '/')}/{layout}"
    return Written(f"{language}-{layout}", language, url, html.encode(), text.title, "\n".join(text.paragraphs))


def everything() -> Iterator[Written]:
    """Each article in each layout."""
    for language in TEXTS:
        for layout in LAYOUTS:
            yield page(language, layout)
