"""What the engine leaves out of an article is found, and what stands there and is none of it is not."""

from __future__ import annotations

import pytest

from newsflow.extract.body.filling import missing
from newsflow.extract.body.placement import place
from newsflow.extract.page import prepare, tree
from tests.extract.texts import TEXTS

TEXT = TEXTS["en"].paragraphs
ITEMS = ("The pier was closed to lorries in March.", "Repairs", "A second inspection follows in the autumn.")
OTHERS = TEXTS["de"].paragraphs
LIST = "".join(f"<li>{item}</li>" for item in ITEMS)


def left_out(page: str) -> list[str]:
    """What is found of a page of which the engine took the paragraphs of a text alone."""
    root = tree.parse(f"<html><body>{page}</body></html>")
    assert root is not None
    blocks = prepare.clear(root)
    return [block.text for block in missing(place(TEXT, blocks), blocks)]


def among(part: str) -> str:
    return f"<div class=story><p>{TEXT[0]}</p>{part}<p>{TEXT[1]}</p><p>{TEXT[2]}</p></div>"


@pytest.mark.parametrize("items", [
    f"<ul>{LIST}</ul>", f"<ol class='wp-block-list'>{LIST}</ol>", LIST.join(["<ul><li><ul>", "</ul></li></ul>"]),
    "<ul>" + "".join(f"<li><p>{item}</p></li>" for item in ITEMS) + "</ul>",
    "<ul>" + "".join(f"<li><div><span>{item}</span></div></li>" for item in ITEMS) + "</ul>",
    "<dl>" + "".join(f"<dd>{item}</dd>" for item in ITEMS) + "</dl>",
])  # fmt: skip
def test_a_list_among_the_text_is_part_of_it(items: str) -> None:
    assert left_out(among(items)) == list(ITEMS)


@pytest.mark.parametrize("items", [
    f"<ul class=share-tools>{LIST}</ul>", f"<ul class=related-posts>{LIST}</ul>",
    "<ul>" + "".join(f"<li><a href=/x>{item}</a></li>" for item in ITEMS) + "</ul>",
])  # fmt: skip
def test_a_list_of_links_or_buttons_is_not(items: str) -> None:
    assert left_out(among(items)) == []


def test_nor_is_a_list_behind_the_text_or_in_another_box() -> None:
    assert left_out(f"<div class=story>{''.join(f'<p>{p}</p>' for p in TEXT)}<ul>{LIST}</ul></div>") == []
    assert left_out(f"<div class=menu-bar><ul>{LIST}</ul></div>{among('')}") == []


@pytest.mark.parametrize("box", [
    "<div class='elementor-widget'><div class='elementor-widget-container'><p>{}</p></div></div>",
    "<div class='row'><div class='col-md-8'><div>{}</div></div></div>",
    "<section><blockquote><p>{}</p></blockquote></section>",
    "<div class='widget-span widget-type-cell'><p>{}</p></div>",
    "<div><div><div><div><p>{}</p></div></div></div></div>",
])  # fmt: skip
def test_running_text_in_a_box_among_the_text_is_part_of_it(box: str) -> None:
    assert left_out(among("".join(box.format(p) for p in OTHERS))) == list(OTHERS)
    assert left_out(among(box.format(OTHERS[0]))) == []  # one alone is a caption or a notice


@pytest.mark.parametrize("box", [
    "<div class='related-text'><div><p>{}</p></div></div>", "<article><div><p>{}</p></div></article>",
    "<div class='newsletter-box'><div><p>{}</p></div></div>", "<form><div><p>{}</p></div></form>",
    "<div class='widget'><div><p>{}</p></div></div>", "<div><div><p><a href=/x>{}</a></p></div></div>",
    "<div class='author-card'><div><p>{}</p></div></div>",
])  # fmt: skip
def test_text_in_a_box_for_something_else_is_not(box: str) -> None:
    assert left_out(among("".join(box.format(p) for p in OTHERS))) == []


@pytest.mark.parametrize("box", [
    "<div class='accordion-panel accordion-panel-hidden'><div><p>{}</p></div></div>",
    "<div class='QaItem_hiddenAnswer'><div class='ReadMoreAnswer'><p>{}</p></div></div>",
])  # fmt: skip
def test_what_a_click_unfolds_among_the_text_is_part_of_it(box: str) -> None:
    assert left_out(among(box.format(OTHERS[0]))) == [OTHERS[0]]


def test_what_is_not_shown_at_all_is_not() -> None:
    assert left_out(among(f"<div hidden class=accordion><div><p>{OTHERS[0]}</p></div></div>")) == []
