"""Where ours is a small part of what the plain engine reads, that one is asked; else never."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from newsflow.extract.body import cleaning, second_look
from newsflow.extract.body.placement import Paragraph
from newsflow.extract.page import prepare, tree
from newsflow.extract.page.blocks import Block
from tests.extract.pages import page
from tests.extract.texts import TEXTS


def _page(paragraphs: Sequence[str]) -> tuple[str, Sequence[Block]]:
    text = page("".join(f"<p>{line}</p>" for line in paragraphs)).decode()
    root = tree.parse(text)
    assert root is not None
    return text, prepare.clear(root)


def _ours(ground: Sequence[Block], paragraphs: Sequence[str]) -> list[Paragraph]:
    return [Paragraph(block.text, block) for block in ground if block.text in paragraphs]


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_the_whole_text_is_found_where_ours_is_its_beginning(code: str) -> None:
    lines = TEXTS[code].paragraphs * 2
    text, ground = _page([f"{n} {line}" for n, line in enumerate(lines)])
    found = second_look.fuller(text, ground, _ours(ground, [f"0 {lines[0]}"]), cleaning.Known())
    assert found is not None
    assert [p.text for p in found[0]][-len(lines) :] == [f"{n} {line}" for n, line in enumerate(lines)]
    assert found[1] == second_look.PLAIN


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_text_that_is_most_of_the_page_is_left_alone(code: str) -> None:
    lines = TEXTS[code].paragraphs
    text, ground = _page(lines)
    assert second_look.fuller(text, ground, _ours(ground, lines[: len(lines) - 1]), cleaning.Known()) is None


def test_a_text_that_the_plain_engine_does_not_hold_stays() -> None:
    text, ground = _page(TEXTS["en"].paragraphs)
    ours = [Paragraph("A note of our own that stands in no other text.")]
    assert second_look.fuller(text, ground, ours, cleaning.Known()) is None
