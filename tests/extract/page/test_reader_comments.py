"""Readers' comments go, however many they are; an article in a box that is named after comments stays."""

from __future__ import annotations

import pytest

from newsflow.extract.document import extract
from newsflow.outcomes import Outcome
from tests.extract.pages import PARAGRAPHS, page
from tests.extract.texts import TEXTS

URL = "https://courier.example/2026/05/12/pier"
OWN = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
SHORT = "".join(f"<p>{p}</p>" for p in PARAGRAPHS[:2])
VOICES = [text for code in ("de", "fr", "es", "tr") for text in TEXTS[code].paragraphs]
NAMES = ("comments", "comment-body", "comment-list", "article-comments", "commentlist", "kommentare", "yorumlar")
LISTS = [
    ("yorumlar", "yorum"), ("kommentare", "kommentar"), ("reacties", "reactie"), ("comentarios", "comentario"),
    ("story-comments", "entry"), ("user-comments__list", "x"), ("komentarze", "komentarz"), ("Comments_x1", "Item_x2"),
]  # fmt: skip


def talk(count: int, region: str, item: str) -> str:
    """A section of comments, each in a box with its writer's name."""
    boxes = [f'<div class="{item}"><b>Ann {n}</b><div><p>{p}</p></div></div>' for n, p in enumerate(VOICES[:count])]
    return f'<section class="{region}">{"".join(boxes)}</section>'


@pytest.mark.parametrize("count", [4, 12])
@pytest.mark.parametrize(("region", "item"), LISTS)
def test_more_comments_than_article(region: str, item: str, count: int) -> None:
    said = talk(count, region, item)
    for html in (page(SHORT + said), page(f"<div class=text>{SHORT}</div>{said}"), page(SHORT, after=said)):
        assert extract(html, URL).body.split("\n") == list(PARAGRAPHS[:2])


@pytest.mark.parametrize("name", NAMES)
def test_an_article_in_a_box_named_after_comments(name: str) -> None:
    inner = page(f'<div class="{name}">{OWN}</div>')
    outer = page(OWN).replace(b"<article>", f'<div id="page" class="{name}"><article>'.encode())
    for html in (inner, outer.replace(b"</article>", b"</article></div>")):
        found = extract(html, URL)
        assert (found.outcome, found.body.split("\n")) == (Outcome.OK, list(PARAGRAPHS))


def test_an_article_in_such_a_box_with_comments_below_it() -> None:
    html = page(f'<div class="text">{OWN}</div>{talk(12, "yorumlar", "yorum")}')
    html = html.replace(b"<article>", b'<div class="comment-page"><article>')
    assert extract(html, URL).body.split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize("count", [1, 2, 12])
def test_comments_without_an_article_are_none(count: int) -> None:
    """A film with nothing to read but what its viewers wrote."""
    found = extract(page("<div class=player></div>", after=talk(count, "comments", "comment-body")), URL)
    assert (found.outcome, found.body) == (Outcome.NOT_TEXT, "")
