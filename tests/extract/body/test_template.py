"""What a publisher's pages share is learned from its other pages and applied to one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newsflow.extract.body import template
from newsflow.extract.body.cleaning import Known
from newsflow.extract.body.forms import forms, whole
from newsflow.extract.body.template_learning import Learned, PageSketch, SeenBlock, learned
from newsflow.extract.document import extract, sketch
from newsflow.extract.page.blocks import Block, segment
from newsflow.extract.page.tree import parse
from newsflow.model import Hints, Template
from newsflow.text.site_lines import PageLines
from tests.extract.template_pages import SITE_LINE, boxed, closing, letter, paged
from tests.extract.texts import TEXTS

URL = "https://courier.example/{}"


def of_others(*numbers: int) -> Learned:
    return learned([sketch(paged(n), URL.format(n)) for n in numbers])


def read(number: int, found: Learned) -> str:
    hints = Hints(site_lines=frozenset(found.lines), template=found.template)
    return extract(paged(number), URL.format(number), hints).body


def test_rows_of_boxes_beside_the_text_are_none_of_it() -> None:
    found = of_others(1, 2, 3)
    assert letter(0, 1) in extract(paged(0), URL.format(0)).body  # nothing on the page itself tells
    body = read(0, found)
    assert body.split("\n") == [*TEXTS["en"].paragraphs, closing(0)]
    assert SITE_LINE not in body


def test_two_articles_teach_no_template_and_one_article_twice_is_one() -> None:
    assert not of_others(1, 2).template
    again = replace(sketch(paged(1), URL.format("again")))
    assert not learned([sketch(paged(1), URL.format(1)), again, sketch(paged(2), URL.format(2))]).template


def test_the_order_of_pages_changes_nothing() -> None:
    pages = [sketch(paged(n), URL.format(n)) for n in range(5)]
    assert learned(pages) == learned(pages[::-1])


def test_rows_stay_where_they_are_all_the_text_there_is() -> None:
    letters = "".join(f"<div class='piece'><p>{letter(7, n)}</p><p>{letter(8, n)}</p></div>" for n in range(3))
    page = f"<html><body><div class='outer'><h1>Letters</h1>{letters}</div></body></html>".encode()
    found = of_others(1, 2, 3)
    assert letter(7, 1) in extract(page, URL.format(9), Hints(template=found.template)).body


def test_a_body_keeps_what_would_leave_too_little() -> None:
    blocks = blocks_of("<p>One line that is here.</p><p>Another one.</p>")
    made = [template.Paragraph(block.text, block) for block in blocks]
    everything = Template(outside=frozenset(forms(block)[0] for block in blocks))
    assert [p.cut for p in template.applied(made, blocks, everything, Known(), 3)] == ["", ""]
    assert [p.cut for p in template.applied(made, blocks, everything, Known(), 0)] == ["template", "template"]


def test_text_of_a_form_that_bodies_have_elsewhere_is_put_in_at_its_place() -> None:
    blocks = blocks_of("<p class='a'>First of all.</p><p class='b'>Then this one.</p><p class='a'>The end of it.</p>")
    made = [template.Paragraph(blocks[n].text, blocks[n]) for n in (0, 2)]
    inside = Template(inside=frozenset([whole(blocks[1])]))
    lines = template.applied(made, blocks, inside, Known(), 0)
    assert [(p.text, p.by) for p in lines][1] == ("Then this one.", "template")
    assert template.applied(made, blocks, Template(), Known(), 0) is made
    behind = Known(behind=frozenset(blocks[1].nodes[-1:]))
    assert template.applied(made, blocks, inside, behind, 0) == made


PARTS = {
    "round-up": "<h2>{name} again</h2><p>{text}</p><p><a href='/{name}'>All of the report</a></p>",
    "gallery": "<img src='{name}.jpg'><div>{n} / 12</div><p>{text}</p>",
    "transcript": "<div>00:1{n}:17</div><p>{text}</p>",
    "quotes": "<p>{text}</p><p>{name}, 12 May 2026</p>",
    "programme": "<h3>{name} plays</h3><p>{n}.05.2026, 19:30</p><p>{text}</p>",
    "long read": "<p>{text}</p><p>{text} {name}</p><p><a href='/{name}'>What {name} said of it</a></p>",
    "live report": "<div>2026-05-04 1{n}:40</div><p>{text}</p>",
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_parts_of_articles_in_boxes_are_no_rows_beside_the_text(part: str) -> None:
    found = learned([sketch(boxed(n, part), URL.format(n)) for n in range(8)])
    alone = extract(boxed(8, part), URL.format(8)).body
    assert letter(8, 4) in alone
    assert extract(boxed(8, part), URL.format(8), Hints(template=found.template)).body == alone


def test_a_form_that_much_of_the_text_has_is_not_outside_whatever_else_has_it() -> None:
    shared, other, aside = 1, 2, 3
    words = ((shared, 100, True), (shared, 300, False), (other, 60, True), (aside, 5, True), (aside, 100, False))
    pages = []
    for number in range(3):
        blocks = [SeenBlock(10 * number + n, w, True, has, (form,), form) for n, (form, w, has) in enumerate(words)]
        lines = PageLines(str(number), f"title {number}", {block.line: block.words for block in blocks if block.held})
        pages.append(PageSketch(lines, "a body", tuple(blocks)))
    assert learned(pages).template == Template(outside=frozenset([aside]), inside=frozenset([other]))


BELOW = {
    "comments": "<div class='comments'>" + "<div class='comment'>{}</div>" * 5 + "</div>",
    "second article": "<div class='story'>" + "{}" * 5 + "</div>",
}


@pytest.mark.parametrize("below", BELOW.values(), ids=BELOW)
def test_innermost_boxes_like_those_of_the_text_put_nothing_in(below: str) -> None:
    blocks = blocks_of(f"<div class='story'>{item('Text.')}</div>" + below.format(*map(item, "abcde")))
    made = [template.Paragraph(blocks[0].text, blocks[0])]
    inside = Template(inside=frozenset([whole(blocks[0])]))
    assert len(blocks) == 6
    assert template.applied(made, blocks, inside, Known(), 0) == made


def item(text: str) -> str:
    return f"<div class='items'><div class='item'><p>{text} And more of it.</p></div></div>"


def test_numbers_do_not_tell_forms_apart() -> None:
    (one,), (other,) = (blocks_of(f"<div id='post-{n}' class='c{n}'><p>Text</p></div>") for n in (12, 734))
    assert forms(one) == forms(other)


def test_forms_of_long_and_broken_names_are_told_and_bounded() -> None:
    named = ("a" * 100_000, "a" * 100_000 + "b", "\ud800", "\0")
    found = [
        forms(Block("Text", "p", 0.0, ("body#.", f"div#.{name}", "p#."), (1, 2, 3), n)) for n, name in enumerate(named)
    ]
    assert len(set(found)) == len(named)
    assert all(-(2**63) <= one < 2**63 for each in found for one in each)


def blocks_of(html: str) -> list[Block]:
    root = parse(f"<html><body>{html}</body></html>")
    assert root is not None
    return segment(root)
