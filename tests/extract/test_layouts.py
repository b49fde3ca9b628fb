"""The same article in fifteen languages and five kinds of page: what comes out is what a person would copy out."""

from __future__ import annotations

from functools import cache

import pytest

from newsflow.extract.document import extract
from newsflow.model import Extraction
from newsflow.outcomes import Outcome
from tests.extract.layouts import LAYOUTS, Written, everything
from tests.extract.site_line_pages import FURNITURE
from tests.extract.texts import TEXTS

PAGES = list(everything())


@cache
def made(page: Written) -> Extraction:
    return extract(page.html, page.url)


def of(*layouts: str) -> list[Written]:
    return [page for page in PAGES if page.name.partition("-")[2] in layouts]


def test_every_language_stands_in_every_layout() -> None:
    assert len(TEXTS) >= 10
    assert FURNITURE.keys() == TEXTS.keys()
    assert len(PAGES) == len({page.html for page in PAGES}) == len(TEXTS) * len(LAYOUTS)


@pytest.mark.parametrize("page", of("plain", "magazine", "boxes"), ids=lambda page: page.name)
def test_the_body_is_exact(page: Written) -> None:
    assert made(page).body == page.body


def test_each_is_an_article_with_its_title_and_day() -> None:
    wrong = {
        page.name: (str(found.outcome), found.title, found.published_at)
        for page in PAGES
        if (found := made(page)).outcome is not Outcome.OK
        or found.title != page.title
        or str(found.published_at)[:10] != page.day
    }
    assert wrong == {}


def test_its_author_is_a_person_without_by() -> None:
    wrong = {
        page.name: made(page).authors
        for page in of("magazine", "portal", "blog", "boxes")
        if made(page).authors != page.authors
    }
    assert wrong == {}


def test_its_language_is_told() -> None:
    assert [page.name for page in PAGES if made(page).language != page.language] == []
