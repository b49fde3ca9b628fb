"""Whether another's body is taken: who is asked, what is known of them, and what the trees say."""

from __future__ import annotations

import pytest

from newsflow.extract.body import arbiter, cleaning, regions
from newsflow.extract.body.placement import Paragraph
from newsflow.extract.page import blocks, tree
from tests.extract.texts import TEXTS

KNOWN = cleaning.Known()
PROSE = TEXTS["en"].paragraphs


def found(html: str, kept: int, source: str = "engine") -> arbiter.Found:
    """A page's first lines as a body."""
    root = tree.parse(html)
    assert root is not None
    ground = blocks.segment(root)
    return [Paragraph(block.text, block) for block in ground[:kept]], source, ground


HTML = f"<html><body><div>{''.join(f'<p>{one}</p>' for one in PROSE)}</div></body></html>"


def test_nobody_is_asked_where_the_densest_container_holds_the_same_lines() -> None:
    assert arbiter.asked(found(HTML, len(PROSE)), HTML, KNOWN) == []
    assert arbiter.better(found(HTML, len(PROSE)), HTML, KNOWN) is None


def test_nobody_is_asked_where_only_a_second_look_found_the_text() -> None:
    assert arbiter.asked(found(HTML, 1, "scripts"), HTML, KNOWN) == []


def test_nobody_is_asked_of_a_page_that_is_longer_than_any_that_was_fitted_on() -> None:
    html = HTML.replace("</body>", "<div>word</div>" * 5_000 + "</body>")
    assert arbiter.asked(found(html, 1), html, KNOWN) == []


def test_rivals_are_asked_where_ours_has_less() -> None:
    ours, *rivals = arbiter.asked(found(HTML, 1), HTML, KNOWN)
    assert len(ours.lines) == 1
    assert [rival.name for rival in rivals] == [arbiter.DENSE, arbiter.LIGHT]
    assert all(len(rival.lines) == len(PROSE) for rival in rivals)


def test_the_trees_ask_signs_that_a_rival_has() -> None:
    page = found(HTML, 1)
    seen = arbiter.signs(arbiter.asked(page, HTML, KNOWN), 1, page)
    assert set(arbiter.model()["signs"]) <= seen.keys()
    assert seen["ours in it"] == 1
    assert seen["more: lines"] > 0


def test_what_is_taken_has_its_name_and_is_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arbiter, "LEAST", -1.0)
    better = arbiter.better(found(HTML, 1), HTML, KNOWN)
    assert better is not None
    assert [p.text for p in cleaning.kept(better[0])] == list(PROSE)
    assert better[1] in (arbiter.DENSE, arbiter.LIGHT)


def test_a_tree_is_walked_to_its_number() -> None:
    branches = [0, 0.5, -1.0, [1, 2.0, 3.0, 4.0]]
    assert arbiter.value(branches, [0.5, 9.0]) == -1.0
    assert arbiter.value(branches, [0.6, 2.0]) == 3.0
    assert arbiter.value(branches, [0.6, 2.1]) == 4.0


def test_a_rival_adds_no_links_nothing_behind_the_article_and_nothing_out_of_its_box() -> None:
    linked = "".join(f"<p><a href=/{n}>{one}</a></p>" for n, one in enumerate(PROSE[1:]))
    html = f"<html><body><div><h1>Head</h1><p>{PROSE[0]}</p>{linked}<div>{''.join(f'<p>{one}</p>' for one in PROSE)}"
    html += f"</div></div><div>{''.join(f'<p>{one}</p>' for one in TEXTS['de'].paragraphs)}</div></body></html>"
    page = found(html, 2)
    inner = next(block.nodes[-2] for block in page[2] if block.text == PROSE[1] and not block.links)
    head = regions.Head(page[2][0])
    free, bounded = (arbiter.asked(page, html, cleaning.Known(head=head, behind=behind))
                     for behind in (frozenset[int](), frozenset((inner,))))  # fmt: skip
    assert [rival.name for rival in free[1:]] == [arbiter.DENSE, arbiter.LIGHT]
    german = set(TEXTS["de"].paragraphs)
    assert not any(p.text in german or (p.block and p.block.links) for rival in free[1:] for p in rival.lines)
    assert all(len(rival.lines) < len(PROSE) for rival in bounded[1:])


def test_what_has_little_of_ours_is_another_text() -> None:
    others = "".join(f"<p>{one}</p>" for one in TEXTS["de"].paragraphs * 4)
    html = f"<html><body><p>{PROSE[0]}</p><div>{others}</div></body></html>"
    assert arbiter.DENSE not in [rival.name for rival in arbiter.asked(found(html, 1), html, KNOWN)]
