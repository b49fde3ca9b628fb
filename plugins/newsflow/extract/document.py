"""One page's bytes to one extraction: the pure part of the stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from newsflow import credits
from newsflow.dates import zones
from newsflow.extract.body import (
    arbiter,
    behind,
    cleaning,
    completeness,
    deck,
    embedded_json,
    regions,
    second_look,
    size,
    template,
    template_learning,
)
from newsflow.extract.body.placement import Paragraph
from newsflow.extract.fields import (
    authors,
    bylines,
    date_reader,
    dates,
    headings,
    language,
    lone_names,
    other,
    stated_dates,
    title,
)
from newsflow.extract.page import charset, markup, mojibake, prepare, signals, tree
from newsflow.extract.page.blocks import Block
from newsflow.extract.page.metadata import PageMetadata, harvest, plain
from newsflow.extract.rejects import judge
from newsflow.extract.rejects.evidence import Evidence
from newsflow.extract.version import extractor
from newsflow.model import Extraction, Hints
from newsflow.outcomes import Outcome
from newsflow.text.bounds import LONGEST_BODY
from newsflow.text.normalise import tokens_by_line
from newsflow.text.site_lines import page_lines

MIN_WORDS = 25
_END = 3  # lines at the end of a text that may tell of its author
_STATED = frozenset(("json-ld", "meta", "microdata", "feed"))  # sources of a date that only articles have


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _metadata(root: HtmlElement, page: PageMetadata, url: str, hints: Hints) -> dict[str, Any]:
    sites = title.site_names(page, _host(url))
    headline, title_source = title.find(root, page, _host(url), hints.title)
    persons, agencies, author_source = authors.find(root, page, sites, hints.authors, (headline, page.title))
    picture, image_source = other.image(page, url)
    summary, lead_source = other.lead(page)
    return {
        "title": headline,
        "lead": summary,
        "authors": persons,
        "agencies": agencies,
        "section": other.section(page),
        "tags": other.tags(page),
        "image_url": picture,
        "image_caption": other.caption(page) if picture else "",
        "canonical_url": other.canonical(page, url),
        "amp_url": other.amp(page, url),
        "page_type": other.page_type(page, url),
        "rights": other.rights(page),
        "sources": {
            name: source
            for name, source in (
                ("title", title_source),
                ("authors", author_source),
                ("image_url", image_source),
                ("lead", lead_source),
            )
            if source
        },
    }


def _add_dates(found: dict[str, Any], days: dates.Days, hints: Hints) -> None:
    published = dates.doubted(days.published, hints.first_seen_at, hints.watched_since)
    found |= {
        "published_at": published.at,
        "published_raw": published.raw,
        "published_quality": published.quality,
        "modified_at": days.modified.at,
    }
    sources = (("published_at", published.source), ("modified_at", days.modified.source))
    found["sources"] |= {name: source for name, source in sources if source}


def _titles(page: PageMetadata, headline: str) -> tuple[str, ...]:
    return (headline, plain(page.article.get("headline")), page.first("og:title"), page.title)


def _add_byline(found: dict[str, Any], persons: tuple[str, ...], agencies: tuple[str, ...]) -> None:
    found["agencies"] = tuple(dict.fromkeys((*found["agencies"], *agencies)))
    if bylines.wins(persons, found["authors"]):
        found["authors"] = persons
        found["sources"]["authors"] = "text"


def _take_signature(found: dict[str, Any], made: list[Paragraph], blocks: Sequence[Block], sites: set[str]) -> None:
    """The author who signs a text, or of whom its end tells, where nothing else names one; a signature is cut."""
    if found["authors"]:
        return
    lines = cleaning.kept(made)
    at, persons, agencies = bylines.below([line.text for line in lines], sites)
    if persons:
        lines[at].cut = "byline"
    else:
        persons = lone_names.described([line.text for line in made[-_END:]], blocks, sites)
    if persons:
        _add_byline(found, persons, agencies)


@dataclass(slots=True)
class PageReading:
    """All that was made of a page, cut paragraphs and evidence included: what `newsflow explain` shows."""

    extraction: Extraction
    paragraphs: list[Paragraph] = field(default_factory=list)
    encoding: str = ""
    page: PageMetadata = field(default_factory=PageMetadata)
    blocks: Sequence[Block] = ()


def _nothing(url: str, encoding: str) -> PageReading:
    return PageReading(
        Extraction(url, Outcome.NOT_TEXT, "no mark-up was found", extractor=extractor()), encoding=encoding
    )


def _body(
    root: HtmlElement, ground: Sequence[Block], text: str, page: PageMetadata, known: cleaning.Known
) -> tuple[list[Paragraph], str, Sequence[Block]]:
    """The body's lines, cleaned, what gave them, and the page's blocks as it saw them."""
    made, source = completeness.paragraphs(root, ground, text, embedded_json.told(page))
    cleaning.clean(made, known)
    if size.is_cut(made):  # it is as long as any body may be: nothing could be added
        return made, source, ground
    if renamed := second_look.without_names(text, ground, made, page, known):
        made, source, ground = renamed
    if _words(made) >= MIN_WORDS:
        found = second_look.fuller(text, ground, made, known) or (made, source, ground)
        better = arbiter.better(found, text, known)
        return better if better and _words(better[0]) >= MIN_WORDS else found
    return second_look.paragraphs(text, ground, page, known, MIN_WORDS) or (made, source, ground)


def _words(paragraphs: list[Paragraph]) -> int:
    return sum(p.words for p in cleaning.kept(paragraphs))


def read(html: bytes, url: str, hints: Hints = Hints(), *, min_words: int = MIN_WORDS) -> PageReading:
    """An extraction with the way to it; the parameters are those of `extract`."""
    text, encoding = charset.decode(html, hints.content_type)
    text = markup.mended(mojibake.repaired(text, html, encoding))
    root = tree.parse(text)
    if root is None:
        return _nothing(url, encoding)
    page, h1s = harvest(root, url), headings.headings(root)
    found = _metadata(root, page, url, hints)
    seen = signals.read(root, text)
    reader = date_reader.reader(page, url, hints.seen_at, zones.read(hints.zone.casefold()))
    stated = stated_dates.collect(root, page, url, reader, hints.published_at, hints.updated_at)
    titles = _titles(page, found["title"])
    ground: Sequence[Block] = prepare.clear(root)
    head = regions.headline(ground, set(map(title.squeeze, titles)))
    _add_dates(
        found,
        dates.find(stated, reader, ground, head.block if head else None, titles, partial(tree.parse, text)),
        hints,
    )
    line = head.block if head else bylines.headline(ground, found["title"])
    _add_byline(found, *bylines.beside(ground, line, title.site_names(page, _host(url))))
    beyond = behind.nodes(ground, head, found["title"])
    headlines = (*titles, *regions.headlines(h1s, ground, head))
    known = cleaning.Known(headlines, found["authors"], hints.site_lines, head, beyond)
    spread, (made, found["sources"]["body"], ground) = ground, _body(root, ground, text, page, known)
    _take_signature(found, made, ground, title.site_names(page, _host(url)))
    made = template.applied(made, ground, hints.template, known if ground is spread else known.elsewhere(), MIN_WORDS)
    summaries = [plain(page.article.get("description")), page.first("og:description"), page.first("description")]
    if found_deck := deck.deck(made, ground, summaries, known):
        made.insert(0, Paragraph(found_deck.text, found_deck, "deck"))
    dated = found["published_at"] is not None and found["sources"]["published_at"] in _STATED
    heads = (found["title"], *h1s[:3])
    evidence = Evidence(
        url,
        heads,
        cleaning.kept(made),
        ground,
        page,
        seen,
        dated=dated,
        has_day=found["published_at"] is not None,
        signed=bool(found["authors"]),
        asked=hints.asked_url,
    )
    outcome, detail = judge.judge(evidence, min_words)
    return PageReading(_finish(url, outcome, detail, made, page, hints, found), made, encoding, page, ground)


def _finish(
    url: str,
    outcome: Outcome,
    detail: str,
    made: list[Paragraph],
    page: PageMetadata,
    hints: Hints,
    found: dict[str, Any],
) -> Extraction:
    body = "\n".join(p.text for p in cleaning.kept(made))
    code, confidence = language.detect(body)
    if outcome is Outcome.OK and hints.languages and confidence > 0.9 and code not in hints.languages:
        outcome, detail = Outcome.WRONG_LANGUAGE, f"{code}, not {', '.join(hints.languages)}"
    if outcome is Outcome.OK and size.is_cut(made):
        detail = f"the body was cut after {LONGEST_BODY} characters"
    return Extraction(
        url,
        outcome,
        detail,
        body=body if outcome.meaning.keeps_text else "",
        language=code or language.code(page.language or hints.language),
        language_confidence=confidence,
        extractor=extractor(),
        site_name=page.first("og:site_name")[:300],
        site_language=language.code(page.language),
        **found | {"agencies": _credited(made, found)},
    )


def _credited(made: Sequence[Paragraph], found: Mapping[str, Any]) -> tuple[str, ...]:
    """Agencies, those credited in the text too: also in last lines that are cut, as no part of the article."""
    lines = [p.text for p in made if not p.cut or credits.is_credit(p.text)]
    return tuple(credits.credits("\n".join(lines), found["authors"], found["agencies"]))


def extract(html: bytes, url: str, hints: Hints = Hints(), *, min_words: int = MIN_WORDS) -> Extraction:
    """Title, body, fields and outcome of one page, whatever its bytes hold.

    :param url: address of the page, for relative links and dates in paths.
    :param hints: what feed, transport and publisher know.
    :param min_words: shorter texts are no article.
    """
    return read(html, url, hints, min_words=min_words).extraction


def sketch(html: bytes, url: str, hints: Hints = Hints()) -> template_learning.PageSketch:
    """A page as what its publisher's pages share is learned from it; without a body where it is no article.

    :param hints: without what was learned: the learner's own mistakes would teach it.
    """
    reading = read(html, url, hints)
    made = reading.extraction
    body = made.body if made.outcome is Outcome.OK else ""
    lines = page_lines(url, made.title, tokens_by_line(body))
    return template_learning.sketch(lines, body, reading.paragraphs, reading.blocks if body else ())
