"""Feeds and pages of the sample newsroom as bytes: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1 and HTML."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from xml.sax.saxutils import escape as xml

from newsflow.local.newsroom.script import Article, ArticleText, FeedKind, Publisher, ScriptedWorld

CONTENT_TYPES = {
    FeedKind.RSS: "application/rss+xml; charset=utf-8",
    FeedKind.ATOM: "application/atom+xml; charset=utf-8",
    FeedKind.JSON: "application/feed+json; charset=utf-8",
}

_WORDS = {
    "en": ("Home", "Most read", "Subscribe to continue reading", "Imprint", "By"),
    "de": ("Start", "Meistgelesen", "Jetzt abonnieren und weiterlesen", "Impressum", "Von"),
    "fr": ("Accueil", "Les plus lus", "Abonnez-vous pour lire la suite", "Mentions légales", "Par"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """An article as it stands in the feed now."""

    article: Article
    text: ArticleText
    updated_at: datetime
    url: str


def items(world: ScriptedWorld, publisher: Publisher, edition: str, origin: str) -> list[Item]:
    """What the publisher's feed shows in an edition; withdrawn articles are gone from it."""
    found = []
    for article in world.listed(publisher, edition):
        text, updated_at = world.current(article, edition)
        if text is not None:
            found.append(Item(article, text, updated_at, origin + article.path))
    return found


def feed(publisher: Publisher, shown: list[Item], origin: str) -> str:
    """The feed in the publisher's format."""
    return {FeedKind.RSS: _rss, FeedKind.ATOM: _atom, FeedKind.JSON: _json}[publisher.kind](publisher, shown, origin)


def _summary(text: ArticleText) -> str:
    return text.lead or text.paragraphs[0]


def _rss_item(item: Item) -> str:
    creator = f"<dc:creator>{xml(item.article.author)}</dc:creator>" if item.article.author else ""
    updated = f"<atom:updated>{item.updated_at.isoformat()}</atom:updated>"
    return (
        f"<item><title>{xml(item.text.title)}</title><link>{xml(item.url)}</link>"
        f'<guid isPermaLink="true">{xml(item.url)}</guid>{creator}'
        f"<pubDate>{format_datetime(item.article.published_at)}</pubDate>{updated}"
        f"<category>{xml(item.article.section)}</category>"
        f"<description>{xml(_summary(item.text))}</description></item>"
    )


def _rss(publisher: Publisher, shown: list[Item], origin: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>{xml(publisher.title or publisher.name)}</title><link>{origin}/</link>"
        f"<description>{xml(publisher.tagline)}</description><language>{publisher.language}</language>"
        f"{''.join(map(_rss_item, shown))}</channel></rss>\n"
    )


def _atom_entry(item: Item) -> str:
    author = f"<author><name>{xml(item.article.author)}</name></author>" if item.article.author else ""
    return (
        f'<entry><title>{xml(item.text.title)}</title><link rel="alternate" href="{xml(item.url)}"/>'
        f"<id>{xml(item.url)}</id>{author}<published>{item.article.published_at.isoformat()}</published>"
        f"<updated>{item.updated_at.isoformat()}</updated><summary>{xml(_summary(item.text))}</summary></entry>"
    )


def _atom(publisher: Publisher, shown: list[Item], origin: str) -> str:
    newest = max((i.updated_at for i in shown), default=None)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{publisher.language}">'
        f"<title>{xml(publisher.title or publisher.name)}</title><id>{origin}/</id>"
        f'<link rel="self" href="{origin}{publisher.feed_path}"/><link href="{origin}/"/>'
        f"<updated>{newest.isoformat() if newest else '1970-01-01T00:00:00+00:00'}</updated>"
        f"{''.join(map(_atom_entry, shown))}</feed>\n"
    )


def _json_item(item: Item) -> dict[str, object]:
    return {
        "id": item.url,
        "url": item.url,
        "title": item.text.title,
        "summary": _summary(item.text),
        "date_published": item.article.published_at.isoformat(),
        "date_modified": item.updated_at.isoformat(),
        "authors": [{"name": item.article.author}] if item.article.author else [],
        "tags": [item.article.section],
    }


def _json(publisher: Publisher, shown: list[Item], origin: str) -> str:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publisher.title or publisher.name,
        "home_page_url": f"{origin}/",
        "feed_url": f"{origin}{publisher.feed_path}",
        "language": publisher.language,
        "items": [_json_item(i) for i in shown],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _json_ld(publisher: Publisher, item: Item) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": item.text.title,
        "datePublished": item.article.published_at.isoformat(),
        "dateModified": item.updated_at.isoformat(),
        "author": [{"@type": "Person", "name": item.article.author}] if item.article.author else [],
        "publisher": {"@type": "NewsMediaOrganization", "name": publisher.title or publisher.name},
        "isAccessibleForFree": not item.article.paywall,
        "articleSection": item.article.section,
        "inLanguage": publisher.language,
        "mainEntityOfPage": item.url,
    }
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _head(publisher: Publisher, item: Item, charset: str) -> str:
    title, site = escape(item.text.title), escape(publisher.title or publisher.name)
    return (
        f'<head><meta charset="{charset}"><title>{title} | {site}</title>'
        f'<link rel="canonical" href="{escape(item.url)}"><meta property="og:title" content="{title}">'
        f'<meta property="og:type" content="article"><meta property="og:site_name" content="{site}">'
        f'<meta name="description" content="{escape(_summary(item.text))}">'
        f'<script type="application/ld+json">{_json_ld(publisher, item)}</script></head>'
    )


_COMMENTS = (
    '<section id="comments"><h3>2 Comments</h3><ol><li>Thank you for this, I was there. <a href="#">Reply</a></li>'
    '<li>About time somebody wrote it. <a href="#">Reply</a></li></ol><div id="respond"><h3>Leave a Reply</h3>'
    '<form action="/comment" method="post"><p>Your email address will not be published.'
    " Required fields are marked *</p>"
    '<textarea name="comment"></textarea><input name="author"><input type="submit" value="Post Comment"></form>'
    "</div></section>"
)


def _body(publisher: Publisher, item: Item) -> str:
    words = _WORDS.get(publisher.language, _WORDS["en"])
    article = item.article
    shown = item.text.paragraphs[:1] if article.paywall else item.text.paragraphs
    repeated = f"<p>{escape(item.text.title)}</p>" if article.repeats_title else ""
    paragraphs = repeated + "".join(f"<p>{escape(p)}</p>" for p in shown)
    wall = f'<div class="paywall"><h2>{words[2]}</h2><p>€ 4.90 / 30</p></div>' if article.paywall else ""
    lead = f'<p class="lead">{escape(item.text.lead)}</p>' if item.text.lead else ""
    byline = f'<p class="byline">{words[4]} {escape(article.author)}</p>' if article.author else ""
    when = f'<time datetime="{article.published_at.isoformat()}">{article.published_at:%d.%m.%Y %H:%M}</time>'
    return (
        f"<article><header><h1>{escape(item.text.title)}</h1>{lead}{byline}{when}</header>"
        f'<div class="article-body">{paragraphs}</div>{wall}</article>{_COMMENTS if article.comment_form else ""}'
    )


def page(publisher: Publisher, item: Item, others: list[Item], charset: str = "utf-8") -> str:
    """An article's page, with a navigation, a list of links and a footer around it as sites have them."""
    words = _WORDS.get(publisher.language, _WORDS["en"])
    links = "".join(f'<li><a href="{escape(o.url)}">{escape(o.text.title)}</a></li>' for o in others[:5])
    site = escape(publisher.title or publisher.name)
    return (
        f'<!doctype html><html lang="{publisher.language}">{_head(publisher, item, charset)}<body>'
        f'<header><a href="/">{site}</a><nav><a href="/">{words[0]}</a> <a href="/news">News</a></nav></header>'
        f"<main>{_body(publisher, item)}</main><aside><h4>{words[1]}</h4><ul>{links}</ul></aside>"
        f'<footer>© {site} · <a href="/imprint">{words[3]}</a></footer></body></html>\n'
    )
