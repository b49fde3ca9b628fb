"""Articles that only scripts hold are found there; what else scripts hold is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newsflow.extract.document import extract
from newsflow.outcomes import Outcome
from tests.extract.pages import PARAGRAPHS
from tests.extract.texts import TEXTS

URL = "https://courier.example/2026/05/12/pier"
TITLE = "Westmere rebuilds its ferry pier"
MARKED = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
OTHER = {"headline": TEXTS["de"].title, "body": "".join(f"<p>{p}</p>" for p in TEXTS["de"].paragraphs * 4)}
WEATHER = {"text": "Partly cloudy skies with a chance of rain in the late afternoon. " * 30}
ARTICLE = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2026-05-12T08:00:00Z"}

RECORDS: dict[str, Any] = {
    "next": {"props": {"story": {"title": TITLE, "body": MARKED, "related": [OTHER]}, "weather": WEATHER}},
    "fusion": {
        "headlines": {"basic": TITLE},
        "content_elements": [{"type": "text", "_id": "X1", "content": p} for p in PARAGRAPHS],
        "taxonomy": {"sections": [{"name": "News", "description": "All that is new in the town of Westmere today."}]},
    },
    "nuxt": ["Reactive", 1, TITLE, MARKED, "/news/pier"],
    "rich text": {
        "page": {"title": TITLE, "layout": {"header": WEATHER}},
        "entry": {
            "title": TITLE,
            "body": {"json": {"content": [{"content": [{"nodeType": "text", "value": p}]} for p in PARAGRAPHS]}},
        },
    },
    "page around it": {"pageTitle": TITLE, "content": {"weather": WEATHER, "story": {"title": TITLE, "html": MARKED}}},
    "with its search entry": {"title": TITLE, "html": MARKED, "seo": {"title": TITLE, "description": PARAGRAPHS[0]}},
}  # fmt: skip


def shell(script: str, article: dict[str, Any] = ARTICLE) -> bytes:
    """A page whose body is an application's empty root."""
    told = f'<script type="application/ld+json">{json.dumps(article)}</script>'
    return (
        f"<!doctype html><html><head><title>{TITLE} | Courier</title>{told}</head><body>"
        f'<div id="root"></div>{script}<noscript>You need to enable JavaScript.</noscript></body></html>'
    ).encode()


@pytest.mark.parametrize("assigned", ["", "window.__STATE__ = "])
@pytest.mark.parametrize("name", RECORDS)
def test_the_record_that_holds_the_headline(name: str, assigned: str) -> None:
    found = extract(shell(f"<script>{assigned}{json.dumps(RECORDS[name])}</script>"), URL)
    assert found.body.split("\n") == list(PARAGRAPHS)
    assert (found.outcome, found.sources["body"]) == (Outcome.OK, "scripts")


def test_the_body_that_a_page_tells_search_engines() -> None:
    found = extract(shell("", ARTICLE | {"articleBody": "\n\n".join(PARAGRAPHS)}), URL)
    assert (found.outcome, found.body) == (Outcome.OK, "\n".join(PARAGRAPHS))


def test_the_mark_up_goes_before_scripts() -> None:
    other = json.dumps({"title": TITLE, "body": OTHER["body"]})
    html = shell(f"<script>{other}</script>").replace(b'<div id="root">', f"<div>{MARKED}".encode())
    assert extract(html, URL).body == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "record",
    [OTHER, WEATHER, {"title": TITLE, "related": [OTHER]}, {"title": TITLE, "css": ".a { color: red } " * 90}],
    ids=["another article", "weather", "related", "style"],
)
def test_what_else_scripts_hold_is_no_article(record: dict[str, Any]) -> None:
    found = extract(shell(f"<script>{json.dumps(record)}</script>"), URL)
    assert (found.outcome, found.body) == (Outcome.NEEDS_JAVASCRIPT, "")


@pytest.mark.parametrize("article", [{}, ARTICLE | {"isAccessibleForFree": False}], ids=["no article", "closed"])
def test_a_page_that_is_no_article_or_closed_is_not_read_from_scripts(article: dict[str, Any]) -> None:
    found = extract(shell(f"<script>{json.dumps(RECORDS['next'])}</script>", article), URL)
    assert (found.outcome is Outcome.OK, found.body) == (False, "")


@pytest.mark.parametrize("script", ["{" * 100_000, '{"title": "' + TITLE, "[" * 900 + "]" * 900, "{}", "x = {,}"])
def test_scripts_that_hold_nothing_readable(script: str) -> None:
    assert extract(shell(f"<script>{script}</script>"), URL).outcome is Outcome.NEEDS_JAVASCRIPT
