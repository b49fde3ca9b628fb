"""What a publisher's pages share is learned from its other pages and applied to one."""

from __future__ import annotations

from dataclasses import replace

from newsflow.extract.body import template
from newsflow.extract.body.forms import forms
from newsflow.extract.body.template_learning import Learned, learned
from newsflow.extract.document import extract, sketch
from newsflow.extract.page.blocks import Block, segment
from newsflow.extract.page.tree import parse
from newsflow.model import Hints, Template
from tests.extract.template_pages import SITE_LINE, letter, paged
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
    assert body.split("\n") == list(TEXTS["en"].paragraphs)
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
    assert [p.cut for p in template.applied(made, blocks, everything, frozenset(), 3)] == ["", ""]
    assert [p.cut for p in template.applied(made, blocks, everything, frozenset(), 0)] == ["template", "template"]


def test_text_of_a_form_that_bodies_have_elsewhere_is_put_in_at_its_place() -> None:
    blocks = blocks_of("<p class='a'>First of all.</p><p class='b'>Then this one.</p><p class='a'>The end of it.</p>")
    made = [template.Paragraph(blocks[n].text, blocks[n]) for n in (0, 2)]
    inside = Template(inside=frozenset([forms(blocks[1])[0]]))
    lines = template.applied(made, blocks, inside, frozenset(), 0)
    assert [(p.text, p.by) for p in lines][1] == ("Then this one.", "template")
    assert template.applied(made, blocks, Template(), frozenset(), 0) is made


def test_numbers_do_not_tell_forms_apart() -> None:
    (one,), (other,) = (blocks_of(f"<div id='post-{n}' class='c{n}'><p>Text</p></div>") for n in (12, 734))
    assert forms(one) == forms(other)


def blocks_of(html: str) -> list[Block]:
    root = parse(f"<html><body>{html}</body></html>")
    assert root is not None
    return segment(root)
