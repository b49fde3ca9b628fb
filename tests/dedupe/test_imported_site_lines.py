"""Lines of the site in imported articles tie nothing together and keep no copies apart."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from newsflow.dedupe.comparison_text import digest
from newsflow.importer.step import import_file
from newsflow.settings import Settings
from tests.dedupe.conftest import Desk
from tests.worlds.desk_prose import prose
from tests.worlds.desk_rivals import brief

HEAD = "You are reading the Harbour Echo, the independent voice of the coast and of all who live by it since 1871."
FOOT = (
    "The Harbour Echo relies on its readers. Its reporters are out in every weather, and none of them is paid by a "
    "party, a "
    "company or a lobby. Support us from 3 a month."
)
RNG = random.Random(4)
BRIEFS = [brief(RNG).paragraphs[0] for _ in range(8)]


def furnished(number: int) -> dict[str, Any]:
    return row("echo.example", number, "\n".join((HEAD, BRIEFS[number], FOOT)))


def row(host: str, number: int, body: str) -> dict[str, Any]:
    return {
        "url": f"https://{host}/{number}", "title": f"{host} {number}", "body": body,
        "published_at": "2026-03-01T08:00:00Z",
    }  # fmt: skip


def imported(settings: Settings, folder: Path, rows: Sequence[dict[str, Any]]) -> None:
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps(r) + "\n" for r in rows))
    import_file(settings, file)


def lines(desk: Desk) -> list[tuple[object, ...]]:
    return desk.rows("select sample, articles, enabled from ingest.site_line order by sample")


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    """Eight briefs at a paper with site lines of half again their length, and bare at as many others."""
    return [*map(furnished, range(8)), *(row(f"plain{n}.example", n, BRIEFS[n]) for n in range(8))]


def test_site_lines_are_learned_and_copies_are_found_in_spite_of_it(
    desk: Desk, tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    imported(desk.settings, tmp_path, rows)
    assert desk.stories() == {
        frozenset({f"https://echo.example/{n}", f"https://plain{n}.example/{n}"}) for n in range(8)
    }
    assert lines(desk) == [(FOOT, 8, True), (HEAD, 8, True)]


def test_bodies_keep_it(desk: Desk, tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    imported(desk.settings, tmp_path, rows)
    assert desk.rows("select count(*) from news.articles where body like %s", f"%{FOOT}%") == [(8,)]


def test_two_files_give_what_one_gives_and_so_does_another_order(
    desk: Desk, tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    """Two articles teach nothing; when the others come, the two are compared anew."""
    imported(desk.settings, tmp_path, rows)
    expected, taught = desk.members(), lines(desk)
    desk.execute("truncate ingest.site_line, ingest.page, ingest.extraction, ingest.sketch_hash, ingest.run cascade")
    desk.execute("truncate news_internal.article cascade")
    first = [rows[0], rows[9], rows[1], rows[8]]
    imported(desk.settings, tmp_path, first)
    assert lines(desk) == []
    imported(desk.settings, tmp_path, [r for r in reversed(rows) if r not in first])
    assert desk.members() == expected
    assert lines(desk) == taught


def test_a_second_import_learns_nothing_else(desk: Desk, tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    imported(desk.settings, tmp_path, rows)
    before = desk.rows("select * from ingest.site_line order by 1, 2"), desk.members()
    imported(desk.settings, tmp_path, rows)
    assert (desk.rows("select * from ingest.site_line order by 1, 2"), desk.members()) == before


def test_a_line_that_a_person_switched_off_counts_as_text(
    desk: Desk, tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    imported(desk.settings, tmp_path, rows)
    desk.execute("update ingest.site_line set enabled = false")
    imported(desk.settings, tmp_path, [row("echo.example", 9, prose(RNG, 90).paragraphs[0])])
    assert desk.rows("select count(*) from ingest.sketch where site_lines <> 0") == [(0,)]
    assert len(desk.stories()) > 9
    assert [enabled for _, _, enabled in lines(desk)] == [False, False]


def test_lines_that_recur_no_more_are_forgotten(desk: Desk, tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    imported(desk.settings, tmp_path, rows)
    plain = [{**r, "body": BRIEFS[n]} for n, r in enumerate(rows[:8])]
    imported(desk.settings, tmp_path, plain)
    assert lines(desk) == []


def test_pages_that_we_read_ourselves_teach_nothing_here(desk: Desk) -> None:
    for n in range(8):
        desk.file(f"https://echo.example/{n}", furnished(n)["body"], title=f"Title {n}")
    desk.deduplicate()
    assert lines(desk) == []
    assert desk.rows("select distinct site_lines from ingest.sketch") == [(0,)]


def test_workers_leave_out_the_same_lines(desk: Desk, tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    imported(desk.settings, tmp_path, rows)
    query = "select page_id, hashes, site_lines from ingest.sketch order by 1"
    one = desk.rows(query)
    desk.forget_stories()
    desk.deduplicate(dedupe_workers=3, dedupe_batch=3)
    assert desk.rows(query) == one
    assert {n for _, _, n in one} > {0}


def test_the_digest_says_which_lines() -> None:
    assert digest(frozenset()) == 0
    assert digest(frozenset({1, 2})) == digest(frozenset({2, 1})) != digest(frozenset({1}))
    assert -(1 << 63) <= digest(frozenset({-5, 7})) < 1 << 63


def report(number: int) -> str:
    """A page of a form whose every line brings figures of its own."""
    return "\n".join(
        (
            f"The company reported net income of {number + 3}.4 million for its quarter, its desk said on Tuesday.",
            f"Its revenue came to {number * 7 + 12} million, and its shares fell {number + 2} percent in the period.",
            f"Analysts had expected earnings of {number * 3 + 41} cents for each share, as a survey of them showed.",
        )
    )


def test_lines_of_a_form_with_figures_are_news_and_its_copies_are_found(desk: Desk, tmp_path: Path) -> None:
    forms = [row("markets.example", n, f"{report(n)}\nAll figures are checked by 2 editors.") for n in range(8)]
    imported(desk.settings, tmp_path, [*forms, row("paper.example", 3, report(3))])
    assert [sample for sample, _, _ in lines(desk)] == ["All figures are checked by 2 editors."]
    assert {story for story in desk.stories() if len(story) > 1} == {
        frozenset({"https://markets.example/3", "https://paper.example/3"})
    }


def test_a_line_whose_figure_changes_now_and_then_is_a_site_line(desk: Desk, tmp_path: Path) -> None:
    foot = "This newsroom has stood by the harbour for {} years now, and its readers have paid for it."
    imported(
        desk.settings,
        tmp_path,
        [row("echo.example", n, f"{BRIEFS[n]}\n{foot.format(154 if n < 5 else 155)}") for n in range(8)],
    )
    assert len(lines(desk)) == 1
