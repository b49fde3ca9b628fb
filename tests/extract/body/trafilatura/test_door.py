"""The door to trafilatura's insides; which release they are of is named by tests/architecture/test_bounds.py."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml.html import HtmlElement

from newsflow.extract.body.trafilatura import door
from newsflow.extract.page import tree

LINE = "The council voted on Tuesday to rebuild the old ferry pier, ending a dispute of nine years."


@pytest.mark.parametrize("look", [door.quick, door.thorough])
def test_it_gives_the_lines_of_a_page(look: Callable[[HtmlElement], list[str]]) -> None:
    root = tree.parse(f"<html><body><article>{f'<p>{LINE}</p>' * 5}</article></body></html>")
    assert root is not None
    assert LINE in look(root)


@pytest.mark.parametrize("look", [door.quick, door.thorough])
def test_a_page_without_text_gives_none(look: Callable[[HtmlElement], list[str]]) -> None:
    root = tree.parse("<html><body></body></html>")
    assert root is not None
    assert look(root) == []
