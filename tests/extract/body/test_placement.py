"""Placing the engine's lines on the page, filling what it left out, and asking others where it failed."""

from __future__ import annotations

import pytest

from newsflow.extract.body.completeness import medoid
from newsflow.extract.body.filling import missing
from newsflow.extract.body.placement import densest, merge, place
from newsflow.extract.document import extract
from newsflow.extract.page import blocks, tree
from tests.extract.pages import PARAGRAPHS, page
from tests.extract.texts import TEXTS

URL = "https://courier.example/2026/05/12/pier"


def segment(html: str) -> list[blocks.Block]:
    root = tree.parse(f"<html><body>{html}</body></html>")
    assert root is not None
    return blocks.segment(root)


def test_blocks_are_what_a_reader_sees_as_lines() -> None:
    found = segment("<div>One <b>bold</b> word<p>Two <a href=x>linked</a></p>three<br>four<ul><li>five</li></ul></div>")
    assert [(b.text, b.tag) for b in found] == [
        ("One bold word", "div"),
        ("Two linked", "p"),
        ("three", "div"),
        ("four", "div"),
        ("five", "li"),
    ]
    assert found[1].links == pytest.approx(0.6)
    assert 0 < found[0].bold < 0.5


def test_what_is_concealed_is_marked() -> None:
    (found,) = segment('<div style="display: none">A hidden line</div>')
    assert found.path[-1].endswith(" hidden")


def test_deep_nesting_ends_in_one_block() -> None:
    found = segment("<div>" * 250 + "deep" + "</div>" * 250)
    assert "deep" in found[-1].text


def test_a_line_is_placed_at_its_block_and_repeats_in_order() -> None:
    ground = segment("<p>Same</p><p>Other</p><p>Same</p>")
    placed = place(["Same", "Other", "Same", "Nowhere"], ground)
    assert [p.block.order if p.block else None for p in placed] == [0, 1, 2, None]


def test_paragraphs_between_kept_ones_are_filled_in() -> None:
    ground = segment(f'<div class="text">{"".join(f"<p>{p}</p>" for p in PARAGRAPHS)}</div>')
    placed = place([PARAGRAPHS[0], PARAGRAPHS[3]], ground)
    whole = merge(placed, missing(placed, ground), "filled")
    assert [p.text for p in whole] == list(PARAGRAPHS)
    assert [p.by for p in whole] == ["engine", "filled", "filled", "engine"]


def test_an_article_cut_into_boxes_is_put_together() -> None:
    box = '<div class="box"><div class="inner text">{}</div></div>'
    first, second = ("".join(f"<p>{p}</p>" for p in half) for half in (PARAGRAPHS[:2], PARAGRAPHS[2:]))
    ground = segment(box.format(first) + box.format(second))
    placed = place(PARAGRAPHS[:2], ground)
    assert [b.text for b in missing(placed, ground)] == list(PARAGRAPHS[2:])


@pytest.mark.parametrize(
    "other",
    [
        '<article class="box text"><h1>The next story</h1>{}</article>',
        '<div class="box text related">{}</div>',
        '<div class="comments"><div class="box text">{}</div></div>',
    ],
)
def test_the_next_article_and_comments_are_not_filled_in(other: str) -> None:
    own = "".join(f"<p>{p}</p>" for p in PARAGRAPHS[:2])
    alien = "".join(f"<p>{p}</p>" for p in TEXTS["de"].paragraphs)
    ground = segment(f'<div class="box text">{own}</div>{other.format(alien)}')
    placed = place(PARAGRAPHS[:2], ground)
    assert missing(placed, ground) == []


def test_the_densest_container_is_the_article_and_not_the_page() -> None:
    text = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    ground = segment(f'<div><ul><li><a href=x>Home</a></li></ul><div class="text">{text}</div><p>© Courier</p></div>')
    assert [b.text for b in densest(ground)] == list(PARAGRAPHS)
    assert densest(segment("<p>Short</p>")) == []


def test_the_medoid_is_the_candidate_that_most_agree_with() -> None:
    whole, half, alien = list(PARAGRAPHS), list(PARAGRAPHS[:3]), list(TEXTS["de"].paragraphs)
    assert medoid({"a": alien, "b": whole, "c": half}) in {"b", "c"}
    assert medoid({"a": whole, "b": whole, "c": alien}) == "a"
    assert medoid({"a": alien, "b": whole, "c": []}) == "a"


def test_an_article_that_the_engine_misses_is_found() -> None:
    """The engine takes the labelled box; the article stands in one that has no name."""
    text = "".join(f"<p>{p}</p>" for p in PARAGRAPHS * 2)
    decoy = '<div class="post-content"><p>Our correspondents report from the coast every day of the year.</p></div>'
    html = f"<html><body>{decoy}<table><tr><td>{text}</td></tr></table></body></html>".encode()
    found = extract(html, URL)
    assert all(p in found.body for p in PARAGRAPHS)


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_articles_in_every_script(code: str) -> None:
    text = TEXTS[code]
    found = extract(page("".join(f"<p>{p}</p>" for p in text.paragraphs), title=text.title, language=code), URL)
    assert found.title == text.title
    assert found.body.split("\n") == list(text.paragraphs)
    assert found.language == code
    assert found.outcome == "ok"


def test_a_row_of_blocks_is_placed_as_one() -> None:
    ground = segment("<table><tr><td>Alda</td><td>12</td></tr></table><ul><li><h4>Head</h4><p>and text</p></li></ul>")
    row, item, half = place(["| Alda | 12 |", "- Head and text", "Head and"], ground)
    assert row.block is not None and (row.block.tag, row.block.order) == ("tr", 0)
    assert item.block is not None and (item.block.tag, item.block.path[-1]) == ("li", "li#.")
    assert half.block is None


def test_rules_under_the_heads_of_tables_are_no_text() -> None:
    table = "<table><tr><th>Boat</th><th>Year</th></tr><tr><td>Alda</td><td>1911</td></tr></table>"
    found = extract(page("".join(f"<p>{p}</p>" for p in PARAGRAPHS) + table), URL).body
    assert "| Alda | 1911 |" in found
    assert "---" not in found


def test_rows_that_begin_with_few_letters_are_found_in_order() -> None:
    html = "<p>A b c</p><p>A</p><p>long opening of a line of text</p><p>end</p><p>A</p><p>b</p>"
    ground = segment(html)
    placed = place(["A long opening of a line of text end", "A b"], ground)
    assert [p.block.order if p.block else -1 for p in placed] == [1, 4]
