"""The deck: where it is known by place, name or the page's own summary; and what is none."""

from __future__ import annotations

import pytest

from newsflow.extract.document import extract
from tests.extract.pages import PARAGRAPHS, page

URL = "https://courier.example/2026/05/12/pier"
DECK = "Work begins in spring, and the northern channel stays open"
TEXT = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)


def first(above: str, head: str = "") -> str:
    """The first line of a page whose headline stands in a header, with this under it."""
    html = page(TEXT, head=head).decode()
    html = html.replace("<article>", "<header>").replace("</h1>", f"</h1>{above}</header><div class=text>")
    return extract(html.replace("</article>", "</div>").encode(), URL).body.split("\n")[0]


@pytest.mark.parametrize(
    "above",
    [
        f"<p>{DECK}</p>",
        f"<h2>{DECK}</h2>",
        f'<div class="article__subtitle">{DECK}</div>',
        f'<span>Town</span><div>12 min</div><div class="chapo">{DECK}</div>',
        f'<div class="standfirst"><p>{DECK}</p></div>',
    ],
)
def test_decks_under_the_headline(above: str) -> None:
    assert first(above) == DECK


def test_a_deck_further_below_is_known_by_the_summary() -> None:
    above = f'<p>Town</p><p>Local</p><p>Print</p><p>Send</p><p>Save</p><div class="x">{DECK}</div>'
    summary = f'<meta name="description" content="{DECK}">'
    assert first(above, summary) == DECK
    assert first(above) == PARAGRAPHS[0]


@pytest.mark.parametrize(
    "above",
    [
        "<p>By Ingrid Solvang, who writes about the coast</p>",
        "<p>Published on 12 May 2026 at 08:30 by the desk</p>",
        "<p>The pier in winter, before the storm. Photo: Pål Eide</p>",
        '<p class="caption">The old pier as it stood in winter before the storm</p>',
        '<p><a href="/">Home and everything about the town of Westmere</a></p>',
        "<p>Town news</p>",
    ],
)
def test_what_is_no_deck(above: str) -> None:
    author = '<meta name="author" content="Ingrid Solvang">'
    assert first(above, author) == PARAGRAPHS[0]
