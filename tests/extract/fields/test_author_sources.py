"""Whose by-line it is: the article's, not a teaser's, a picture's or an account's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newsflow.extract.document import extract
from tests.extract.pages import page

URL = "https://courier.example/news/pier"
TITLE = "Westmere rebuilds its ferry pier"
PERSON = {"@type": "Person", "name": "Mara Quist"}


def script(value: Any) -> str:
    return f'<script type="application/ld+json">{value if isinstance(value, str) else json.dumps(value)}</script>'


def authors(head: str = "", below: str = "", end: str = "") -> tuple[str, ...]:
    html = page(title=TITLE, head=head).decode()
    assert "</h1>" in html
    return extract(html.replace("</h1>", f"</h1>{below}").replace("</body>", f"{end}</body>").encode(), URL).authors


def article(**fields: Any) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE, **fields}


@pytest.mark.parametrize(
    "value",
    [
        {"@graph": [article(author={"@id": "#p"}), {**PERSON, "@id": "#p"}]},
        {"@graph": [{**PERSON, "@id": "#p"}, article(author=[{"@id": "#p"}])]},
        {"@graph": [article(author="#p"), {**PERSON, "@id": "#p"}]},
        {"@graph": [article(), {"@type": "WebPage", "author": {"@id": "#p"}}, {**PERSON, "@id": "#p"}]},
        article(author={"@type": "Person", "givenName": "Mara", "familyName": "Quist"}),
        [{"@type": "ItemList", "itemListElement": [article(author={"@type": "Person", "name": "Bo Ek"})]},
         article(author=PERSON)],
    ],
)  # fmt: skip
def test_json_ld_names_the_author(value: Any) -> None:
    assert authors(script(value)) == ("Mara Quist",)


@pytest.mark.parametrize(
    "text",
    [
        '{"@type":"NewsArticle","headline":"The "pier" again","author":{"@type":"Person","name":"Mara Quist"}}',
        '{"@type":"NewsArticle","headline":"He said: "no", and left","author":{"name":"Mara Quist"},}',
        '{"@type":"NewsArticle","headline":"It\\\'s the pier","author":{"name":"Mara Quist"}};',
        '<!-- {"@type":"NewsArticle","headline":"A\nB","author":{"name":"Mara Quist"}} -->',
        '/*<![CDATA[*/{"@type":"NewsArticle","headline":"x","author":{"name":"Mara Quist"}}/*]]>*/',
        "{&quot;@type&quot;:&quot;NewsArticle&quot;,&quot;author&quot;:{&quot;name&quot;:&quot;Mara Quist&quot;}}",
    ],
)
def test_damaged_json_ld_is_read(text: str) -> None:
    assert authors(script(text)) == ("Mara Quist",)


OTHERS = [
    "<div class=card><h3><a href=/1>Another story of the bay</a></h3><a rel=author href=/u/1>Bo Ek</a></div>",
    "<div class=rail><article><h3><a href=/1>Another story</a></h3><span class=author>Bo Ek</span></article></div>",
    "<a href=/2><h4>Another story of the bay</h4><p class=byline>By Bo Ek</p></a>",
    "<aside><h4>Another story</h4><span class=author-name>Bo Ek</span></aside>",
    "<div class=related-posts><span itemprop=author>Bo Ek</span></div>",
    "<figure><img src=a.jpg><span itemprop=author>Bo Ek</span></figure>",
    "<div itemscope itemtype=https://schema.org/ImageObject><meta itemprop=author content='Bo Ek'></div>",
    "<figure><figcaption>Photo: <span class=author>Bo Ek</span></figcaption></figure>",
    "<ol class=commentlist><li class=comment><cite class=comment-author>Bo Ek</cite></li></ol>",
    "<blockquote>The pier is old. <cite class=author>Bo Ek</cite></blockquote>",
]


@pytest.mark.parametrize("other", OTHERS)
def test_authors_of_other_works_are_not_taken(other: str) -> None:
    assert authors(end=other) == ()
    assert authors(below="<p class=byline>By <a rel=author href=/u/mq>Mara Quist</a></p>", end=other) == ("Mara Quist",)


@pytest.mark.parametrize(
    "line",
    [
        "<div class=byline><div class=authors><span>By</span><div class=author-name><a href=/people/mq>Mara Quist</a>"
        "</div></div><div class=role>Staff Writer</div><time>May 4, 2026</time></div>",
        "<p>By Mara Quist</p>",
        "<span itemprop=author itemscope><a href=/u/mq><span itemprop=name>Mara Quist</span></a> Reporter</span>",
        "<span class='author vcard'><span class=fn>Mara Quist</span> Senior reporter</span>",
        "<aside class=meta><a rel=author href=/u/mq>Mara Quist</a></aside>",
        "<div><a href=/author/mara-quist>Mara Quist</a> · <time>4 May 2026</time></div>",
        "<address class=author-info__name>Mara Quist</address>",
        "<div class=entry-author>MQ <b>Mara Quist</b> Last updated 4 May 2026</div>",
    ],
)
def test_by_lines_in_their_mark_up(line: str) -> None:
    assert authors(below=line) == ("Mara Quist",)


def test_a_box_about_the_author_names_the_author_once() -> None:
    box = (
        "<div class=author-bio><h4>About the author</h4><p>Mara Quist covers the islands with Bo Ek.</p>"
        "<a rel=author href=/u/mq>All stories by Mara Quist</a></div>"
    )
    assert authors(end=box) == ("Mara Quist",)
    assert authors(below="<p class=byline>By <a rel=author href=/u/mq>Mara Quist</a></p>", end=box) == ("Mara Quist",)


def test_a_full_name_goes_before_an_account() -> None:
    head = script(article(author={"@type": "Person", "name": "mquist"}))
    assert authors(head, "<p class=byline>By Mara Quist</p>") == ("Mara Quist",)
    assert authors(head, "<p>By Mara Quist</p>") == ("Mara Quist",)
    assert authors(head) == ("mquist",)
    feed = script(article(author={"@type": "Person", "name": "Watermark feed"}))
    assert authors(feed) == ()


@pytest.mark.parametrize("label", ["Powered by", "Zuletzt geändert", "About the Author", "Publié le", "Автор"])
def test_a_label_alone_is_nobody(label: str) -> None:
    assert authors(below=f"<p class=author>{label}</p>") == ()


@pytest.mark.parametrize(
    "line",
    [
        "<p>4 May 2026 by Mara Quist</p>",
        "<div>Posted on May 4, 2026 at 10:05 by Mara Quist</div>",
        "<div><p><a href=/2>Watch: a ferry hits the pier</a></p><p>By Bo Ek</p></div><p>By Mara Quist</p>",
        "<section><a href=/2><span>How ferries were saved</span></a><div>By Bo Ek</div></section><p>By Mara Quist</p>",
        "<ul><li><a href=/2>The ferries of the bay</a></li><li>By Bo Ek</li></ul><p>By Mara Quist</p>",
        "<div><a href=/news>News</a><p>By Mara Quist</p></div>",
    ],
)
def test_by_lines_without_a_name_in_their_mark_up(line: str) -> None:
    assert authors(below=line) == ("Mara Quist",)


@pytest.mark.parametrize("tag", ["div", "li", "span", "p"])
def test_a_box_for_each_author_names_them_all(tag: str) -> None:
    boxes = "".join(
        f"<{tag} class=writer><a rel=author href=/u/{n}>{n} Quist</a></{tag}>" for n in ("Mara", "Bo", "Ada")
    )
    assert authors(below=boxes) == ("Mara Quist", "Bo Quist", "Ada Quist")


def test_a_teaser_above_whose_headline_is_a_link() -> None:
    teaser = '<ul><li><a href="/x">School opens again in the old quarter</a><span class="author">Bo Ek</span></li></ul>'
    html = page(title=TITLE, before=teaser).decode().replace("</h1>", '</h1><span class="author">Mara Quist</span>')
    assert extract(html.encode(), URL).authors == ("Mara Quist",)
