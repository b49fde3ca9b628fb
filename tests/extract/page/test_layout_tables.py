"""Tables that place things are unwrapped, tables of data stay."""

from __future__ import annotations

import pytest
from lxml.html import HtmlElement, fromstring

from newsflow.extract.document import extract
from newsflow.extract.page.layout_tables import is_layout, unwrap
from newsflow.extract.page.tree import text_of
from tests.extract.layouts import Written, everything
from tests.extract.pages import PARAGRAPHS, page

LONG = " ".join(PARAGRAPHS[:3])
DATA = "<table><caption>Ferries</caption><tr><th>Pier<th>Boats</tr><tr><td>Old<td>3</tr><tr><td>New<td>5</tr></table>"


def table(html: str) -> HtmlElement:
    return next(fromstring(f"<div>{html}</div>").iter("table"))


@pytest.mark.parametrize(
    "html",
    [
        f"<table><tr><td>Menu</td><td>{LONG}</td></tr><tr><td>a<td>b</tr></table>",
        f"<table><tr><td>{DATA}</td></tr></table>",
        "<table><tr><td><h1>The headline</h1></td><td>b</td></tr><tr><td>c<td>d</tr></table>",
        "<table role=presentation><tr><td>a<td>b</tr><tr><td>c<td>d</tr></table>",
        "<table><tr><td>Only</td></tr><tr><td>one</td></tr><tr><td>column</td></tr></table>",
        "<table><tr><td>Only</td><td>one</td><td>row</td></tr></table>",
        "<table><tr><td></td><td>A</td></tr><tr><td></td><td>spacer</td></tr></table>",
        "<table><tr><td><a href=/a>Storm closes</a><td><a href=/b>Library opens</a></tr><tr><td>1<td>2</tr></table>",
        "<table></table>",
    ],
    ids=["column", "nested", "headline", "role", "one column", "one row", "spacers", "links", "empty"],
)
def test_a_table_that_places_things(html: str) -> None:
    assert is_layout(table(html))


@pytest.mark.parametrize(
    "html",
    [
        DATA,
        "<table><thead><tr><th>Pier<th>Boats</tr></thead><tbody><tr><td>Old<td>3</tr></tbody></table>",
        "<table><tr><td><a href=/o>Old pier</a><td>3 boats, 14 trips<tr><td>New pier<td>5 boats, 20 trips</table>",
        "<table><tr><th>港<th>船</tr><tr><td>旧<td>三</tr></table>",
    ],
    ids=["plain", "parts", "a link in it", "wide script"],
)
def test_a_table_of_data(html: str) -> None:
    assert not is_layout(table(html))


def test_a_table_of_data_inside_a_layout_stays_one() -> None:
    root = fromstring(f"<div><table><tr><td>{DATA}</td><td>{LONG}</td></tr></table></div>")
    unwrap(root)
    assert [text_of(found.find("caption")) for found in root.iter("table")] == ["Ferries"]
    assert len(list(root.iter("tr"))) == 3


def test_no_text_is_lost() -> None:
    html = f"<div><table><caption>C</caption><thead><tr><td>{LONG}<tr><td>b</thead><tr><td>tail</table></div>"
    root, before = fromstring(html), text_of(fromstring(html))
    unwrap(root)
    assert text_of(root) == before
    assert not list(root.iter("table", "tr", "td", "thead", "caption"))


@pytest.mark.parametrize("written", [w for w in everything() if w.name.endswith("-portal")], ids=lambda w: w.name)
def test_an_article_in_a_layout_table_is_read_by_its_paragraphs(written: Written) -> None:
    assert extract(written.html, written.url).body == written.body


def test_a_table_of_data_in_an_article_is_kept_row_by_row() -> None:
    body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS[:2]) + DATA + f"<p>{PARAGRAPHS[3]}</p>"
    lines = extract(page(body), "https://courier.example/a").body.split("\n")
    assert "| Old | 3 |" in lines
    assert lines[-1] == PARAGRAPHS[3]


def test_tables_in_tables_are_all_unwrapped() -> None:
    root = fromstring("<div>" + "<table><tr><td>" * 50 + "deep" + "</td></tr></table>" * 50 + "</div>")
    unwrap(root)
    assert text_of(root) == "deep"
    assert not list(root.iter("table", "tr", "td"))
