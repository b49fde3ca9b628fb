"""One page's bytes to one extraction: the pure part of the stage."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from lxml.etree import strip_elements
from lxml.html import HtmlElement

from newsflow.extract import (
    authors,
    blocks,
    charset,
    completeness,
    dates,
    fields,
    language,
    lines,
    outcomes,
    title,
    tree,
)
from newsflow.extract.body import Paragraph
from newsflow.extract.harvest import Harvest, harvest, plain
from newsflow.extract.version import extractor
from newsflow.model import Extraction, Hints, Outcome

MIN_WORDS = 25


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _metadata(root: HtmlElement, page: Harvest, url: str, hints: Hints) -> dict[str, Any]:
    sites = title.site_names(page, _host(url))
    headline, title_source = title.find(root, page, _host(url), hints.title)
    persons, agencies, author_source = authors.find(root, page, sites, hints.authors)
    published = dates.published(root, page, url, hints.published_at, hints.seen_at)
    modified = dates.modified(root, page, hints.updated_at, hints.seen_at)
    picture, image_source = fields.image(page, url)
    summary, lead_source = fields.lead(page)
    return {
        "title": headline,
        "lead": summary,
        "authors": persons,
        "agencies": agencies,
        "published_at": published.at,
        "published_raw": published.raw,
        "published_quality": published.quality,
        "modified_at": modified.at,
        "section": fields.section(page),
        "tags": fields.tags(page),
        "image_url": picture,
        "canonical_url": fields.canonical(page, url),
        "amp_url": fields.amp(page, url),
        "page_type": fields.page_type(page, url),
        "rights": fields.rights(page),
        "sources": {
            name: source
            for name, source in (
                ("title", title_source),
                ("authors", author_source),
                ("published_at", published.source),
                ("modified_at", modified.source),
                ("image_url", image_source),
                ("lead", lead_source),
            )
            if source
        },
    }


def _titles(root: HtmlElement, page: Harvest, headline: str) -> list[str]:
    stated = [plain(page.article.get("headline")), page.first("og:title"), page.title]
    return [headline, *stated, *title.headings(root)]


def _body(
    root: HtmlElement, text: str, page: Harvest, found: dict[str, Any], hints: Hints
) -> tuple[list[Paragraph], str]:
    """The body's paragraphs, those that were cut among them, and the extractor that gave them; uses the tree up."""
    known = lines.Known(tuple(_titles(root, page, found["title"])), found["authors"], hints.site_lines)
    strip_elements(root, *blocks.JUNK, with_tail=False)
    made, source = completeness.paragraphs(root, blocks.segment(root), text, plain(page.article.get("articleBody")))
    lines.clean(made, known)
    return made, source


def extract(html: bytes, url: str, hints: Hints = Hints(), *, min_words: int = MIN_WORDS) -> Extraction:
    """Title, body, fields and outcome of one page; never raises on what a page holds.

    :param url: address of the page, for relative links and dates in paths.
    :param hints: what feed, transport and publisher know.
    """
    text, _ = charset.decode(html, hints.content_type)
    root = tree.parse(text)
    if root is None:
        return Extraction(url, Outcome.NOT_TEXT, "no mark-up was found", extractor=extractor())
    page = harvest(root, url)
    found = _metadata(root, page, url, hints)
    made, source = _body(root, text, page, found, hints)
    body = "\n".join(p.text for p in made if not p.cut)
    found["sources"]["body"] = source
    code, confidence = language.detect(body)
    outcome, detail = outcomes.judge(body, min_words)
    return Extraction(
        url,
        outcome,
        detail,
        body=body,
        language=code or language.code(page.language or hints.language),
        language_confidence=confidence,
        extractor=extractor(),
        **found,
    )
