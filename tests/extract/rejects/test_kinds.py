"""Kinds of lists are none, and kinds of articles that look like lists are kept, whatever the mark-up."""

from __future__ import annotations

import pytest

from newsflow.extract.document import extract
from newsflow.extract.rejects import templates
from newsflow.outcomes import Outcome
from tests.extract.rejects.kinds import ARTICLES, LISTS, Kind, pages


def outcomes(kind: Kind) -> dict[str, Outcome]:
    """By mark-up."""
    return {frame: extract(*page).outcome for frame, page in pages(kind).items()}


@pytest.mark.parametrize("kind", LISTS.values(), ids=LISTS)
def test_a_list_is_none(kind: Kind) -> None:
    assert set(outcomes(kind).values()) == {Outcome.INDEX_PAGE}


@pytest.mark.parametrize("kind", ARTICLES.values(), ids=ARTICLES)
def test_an_article_that_looks_like_one_is_kept(kind: Kind) -> None:
    assert set(outcomes(kind).values()) == {Outcome.OK}


@pytest.mark.parametrize("path", ["veranstaltungen", "kultur/termine/", "eventos", "es/noticias", "haberler"])
def test_a_section_is_called_so_in_many_languages(path: str) -> None:
    _, title, made = LISTS["events"]
    assert set(outcomes((path, title, made)).values()) == {Outcome.INDEX_PAGE}


@pytest.mark.parametrize(
    ("label", "is_list"),
    [
        ("body#.archive category category-harbour", True),
        ("body#.search search-results", True),
        ("body#.template-collection gradient", True),
        ("body#top.single single-post postid-31 archive", False),
        ("body#archive.article", False),
        ("body#.archives-open", False),
        ("body", False),
    ],
)
def test_templates_of_lists_are_known_by_the_classes_of_the_body(label: str, is_list: bool) -> None:
    assert templates.is_list(label) is is_list


def test_a_section_is_none_though_its_head_calls_it_an_article() -> None:
    """As plug-ins do: `og:type`, a day and an author on each page of a site, and JSON-LD of articles alone."""
    head = (
        '<meta property="og:type" content="article"><meta name="author" content="Mara Quist">'
        '<meta property="article:published_time" content="2026-03-04T10:00:00Z">'
    )
    found = {
        name: extract(page.replace(b"</head>", head.encode() + b"</head>"), url).outcome
        for name, (page, url) in pages(LISTS["section"]).items()
    }
    assert set(found.values()) == {Outcome.INDEX_PAGE}
