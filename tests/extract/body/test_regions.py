"""Regions that are not the article: by name, by place, by another headline; and what must stay."""

from __future__ import annotations

import pytest

from newsflow.extract.document import extract
from tests.extract.pages import PARAGRAPHS, page
from tests.extract.texts import TEXTS

URL = "https://courier.example/2026/05/12/pier"
OWN = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
ALIEN = TEXTS["de"].paragraphs


def body(mark_up: str, **parts: str) -> list[str]:
    """Lines of the extraction of a page with this inside its article."""
    return extract(page(mark_up, **parts), URL).body.split("\n")


@pytest.mark.parametrize(
    "name",
    [
        "author-bio", "authorBio__text", "c-author_card", "biography", "newsletter-signup", "articleNewsletter",
        "most-read", "mostViewedList", "recirc-module", "outbrain", "comments-area", "commentList", "komentarze",
        "kommentare", "comentarios", "yorumlar", "reacties", "lire-aussi", "leggi-anche", "lees-ook", "mehr-zum-thema",
        "czytaj-takze", "read-more", "social-share", "breadcrumbs", "sponsored-box sponsor", "lightbox", "see-also",
        "article-cta", "call-to-action", "author-desc", "saboxplugin-wrap", "inlinePromo", "disclosures",
        "video-js vjs-fluid", "jw-settings-menu", "plyr__captions", "mejs__layer", "yvp-settings-cc",
    ],
)  # fmt: skip
def test_regions_by_their_names(name: str) -> None:
    box = f'<div class="{name}"><p>{ALIEN[0]}</p></div>'
    assert body(f"<div class=text>{OWN}{box}</div>") == list(PARAGRAPHS)


@pytest.mark.parametrize("name", ["relative", "biosphere", "promoted-by-nobody", "commentary-desk", "doctag"])
def test_names_that_only_sound_so_stay(name: str) -> None:
    box = f'<div class="{name}"><p>{ALIEN[0]}</p></div>'
    assert ALIEN[0] in body(f"<div class=text>{OWN}{box}</div>")


@pytest.mark.parametrize("name", ["newsletter", "related", "biography", "footer-story"])
def test_the_article_itself_may_have_any_name(name: str) -> None:
    assert body(f'<div class="{name}">{OWN}</div>') == list(PARAGRAPHS)


def test_a_heading_is_not_judged_by_an_id_made_of_its_text() -> None:
    heading = '<h2 id="newsletter">The newsletter of the harbour</h2>'
    found = body(f"<div class=text>{heading.join(f'<p>{p}</p>' for p in PARAGRAPHS)}</div>")
    assert found.count("The newsletter of the harbour") == 3


TEASERS = (
    '<div class="x1"><div class="x2"><div class="x3"><p>Doom-mongers on both sides are wrong</p></div>'
    '<div class="x3"><p>Why the herring is back</p></div></div></div>'
)
RECIPE = (
    '<div class="r1"><div class="r2"><h3>What you need</h3><ul><li>nine ripe pears</li><li>one lemon</li></ul>'
    "</div></div>"
)
QUOTE = '<div class="q1"><div class="q2"><blockquote><p>We have waited nine years</p></blockquote></div></div>'


def test_teasers_apart_behind_the_text_go() -> None:
    assert body(f"<div class=text>{OWN}</div>{TEASERS}") == list(PARAGRAPHS)


@pytest.mark.parametrize(("box", "line"), [(RECIPE, "- nine ripe pears"), (QUOTE, "We have waited nine years")])
def test_lists_with_their_headings_and_quotes_behind_the_text_stay(box: str, line: str) -> None:
    found = body(f"<div class=text>{OWN}{box}</div>")
    assert line in found
    assert ("What you need" in found) == (box == RECIPE)


@pytest.mark.parametrize(("label", "stays"), [("<ol>", True), ('<ol class="teasers">', False)])
def test_references_in_a_list_among_the_paragraphs_stay(label: str, stays: bool) -> None:
    items = [f"Lane, A. (190{n}). <a href=/x{n}>On piers and their repair {n}</a>, Westmere" for n in range(4)]
    listed = f"{label}{''.join(f'<li><p>{text}</p></li>' for text in items)}</ol>"
    assert any("Lane, A." in line for line in body(f"<div class=text>{OWN}{listed}</div>")) == stays


def test_lines_apart_that_are_much_of_the_text_stay() -> None:
    """A list of lists is what such a page is for: items with an element of their own in each."""
    items = "".join(f"<ul><li><div>linen from mill {n} in the north of the island</div></li></ul>" for n in range(9))
    found = body(f"<div class=text><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>{items}</div>")
    assert sum("linen from mill" in line for line in found) == 9


@pytest.mark.parametrize(("box", "kept"), [("div", False), ("p", False), ("pre", True)])
@pytest.mark.parametrize(
    "data", ['{"layout":2,"buttonText":"Buy now"}', '[{"id": 7, "name": "Pier"}]', '{"a":{"b":[1]}}']
)
def test_data_for_scripts_is_no_text(box: str, kept: bool, data: str) -> None:
    assert (data in body(f"<div class=text>{OWN}<{box}>{data}</{box}>{OWN.replace('The', 'A')}</div>")) == kept


def test_what_stands_above_the_headline_goes() -> None:
    above = "".join(f'<div class="item"><p>{p}</p></div>' for p in ALIEN)
    assert body("", before=above) == list(PARAGRAPHS)


def test_a_text_above_a_headline_without_text_stays() -> None:
    """Some pages print the headline a second time, below."""
    own = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    html = page("<p>Short.</p>").replace(b"<article>", f"<div class=text>{own}</div><article>".encode())
    assert PARAGRAPHS[0] in extract(html, URL).body


@pytest.mark.parametrize("element", ["article", "div"])
def test_the_next_article_of_an_endless_page_goes(element: str) -> None:
    alien = "".join(f"<p>{p}</p>" for p in ALIEN)
    own = f"<h1 class=head>Westmere rebuilds its ferry pier</h1><div class=text>{OWN}</div>"
    other = f"<h1 class=head>{TEXTS['de'].title}</h1><div class=text>{alien}</div>"
    html = f"<html><head><title>Westmere rebuilds its ferry pier</title></head><body><main><{element} class=post>{own}"
    html += f"</{element}><{element} class=post>{other}</{element}></main></body></html>"
    assert extract(html.encode(), URL).body.split("\n") == list(PARAGRAPHS)


def test_posts_of_a_live_blog_stay() -> None:
    """They stand in article elements of their own, under the one headline."""
    posts = "".join(
        f"<article class=post><h3>At {n} o'clock</h3><p>{p}</p></article>" for n, p in enumerate(PARAGRAPHS)
    )
    assert [line for line in body(f"<div class=live>{posts}</div>") if len(line) > 30] == list(PARAGRAPHS)


def test_a_heading_of_a_part_in_the_articles_name_cuts_nothing() -> None:
    """Where the headline itself is no h1 or h2 of the page, and a part of the text is called as the article is."""
    title = "Westmere rebuilds its ferry pier"
    text = f"<div class=post>{OWN}<h2>{title}</h2>{''.join(f'<p>{p} So.</p>' for p in PARAGRAPHS)}</div>"
    html = f"<html><title>{title}</title><body><div class=title>{title}</div>{text}"
    assert extract(html.encode(), URL).body.split("\n")[:4] == list(PARAGRAPHS)


def test_code_comes_once() -> None:
    code = "func CopyFile(name string) error {\n\tsrc, err := os.Open(name) // opens the file\n\treturn nil\n}"
    made = body(
        f"{OWN}<pre><code>{code}</code></pre><p>{PARAGRAPHS[0]} Again.</p><pre>{code.replace('Copy', 'Move')}</pre>"
    )
    assert sum("CopyFile" in line for line in made) == 1
    assert sum("opens the file" in line for line in made) == 2
