"""A comparison on the operations pages: figures, examples as inert text, and buttons only where they can work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.ops import render, reprocess_pages
from newsflow.ops.actions import ACTIONS, UnknownSubjectError, perform
from newsflow.store import queries
from tests.ops.reviewed import HOSTILE, compared
from tests.ops.test_pages import SHARED

NOW = datetime(2026, 11, 22, 9, tzinfo=timezone.utc)


@pytest.fixture
def number(conn: Connection) -> int:
    return compared(conn)


def show(conn: Connection, number: int, **more: Any) -> str:
    return render.template(
        "reprocess.html", {**SHARED, "now": NOW, **(reprocess_pages.one(conn, number) or {}), **more}
    )


def test_the_list_leads_to_each_with_its_counts(conn: Connection, number: int) -> None:
    html = render.template("reprocesses.html", {**SHARED, "now": NOW, **reprocess_pages.listing(conn)})
    assert f'href="/newsflow/reprocesses/{number}"' in html
    assert "compared" in html and "newsflow-9" in html


def test_an_empty_list_says_how_to_begin(conn: Connection) -> None:
    html = render.template("reprocesses.html", {**SHARED, "now": NOW, **reprocess_pages.listing(conn)})
    assert "None yet." in html and "newsflow reprocess compare" in html


def test_the_report_counts_verdicts_fields_and_similarity(conn: Connection, number: int) -> None:
    shown = reprocess_pages.one(conn, number)
    assert shown is not None
    assert {name: pages for name, pages, _ in shown["verdicts"] if pages} == {
        "changed": 2,
        "gained": 1,
        "lost": 1,
        "same": 1,
    }
    assert shown["fields"] == {"body": 2, "title": 1}
    assert dict(shown["tenths"])[8] == 1 and dict(shown["tenths"])[5] == 1
    html = show(conn, number)
    assert html.count("<rect") == 10 + 2
    assert "publishers: courier.example" in html


def test_examples_stand_side_by_side_the_least_similar_first(conn: Connection, number: int) -> None:
    html = show(conn, number)
    assert html.index("similarity 0.50") < html.index("similarity 0.85")
    assert "<del>ferry</del>" in html and "<ins>bridge</ins>" in html


def test_texts_of_articles_stay_text(conn: Connection, number: int) -> None:
    html = show(conn, number)
    assert HOSTILE not in html
    assert "&lt;script&gt;" in html


def test_long_articles_are_cut_and_say_so(conn: Connection, number: int) -> None:
    with conn.cursor() as cursor:
        cursor.execute("update ingest.extraction set body = repeat('A line of many.' || chr(10), 500)")
    shown = reprocess_pages.one(conn, number)
    assert shown is not None
    assert all(e.cut and len(e.before) <= reprocess_pages.MOST_LINES for e in shown["examples"]["changed"])
    assert "only the beginning is shown" in show(conn, number)


@pytest.mark.parametrize(
    ("state", "button"),
    {"comparing": "", "compared": "apply_reprocess", "applying": "", "applied": "undo_reprocess", "undone": ""}.items(),
)
def test_a_button_stands_only_where_it_can_work(conn: Connection, number: int, state: str, button: str) -> None:
    with conn.cursor() as cursor:
        cursor.execute("update ingest.reprocess set state = %s", (state,))
    html = show(conn, number)
    assert ("/actions/" in html) == bool(button)
    assert button in html
    assert "/actions/" not in show(conn, number, editor=False)


def test_there_is_no_report_of_an_unknown_one(conn: Connection) -> None:
    assert reprocess_pages.one(conn, 404) is None


@pytest.fixture
def triggered(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, dict[str, Any]]]:
    """Airflow's place: Dag runs by name, each of which can begin once."""
    found: dict[str, dict[str, Any]] = {}

    def trigger(name: str, conf: dict[str, Any]) -> bool:
        return name not in found and not found.update({name: conf})

    monkeypatch.setattr(reprocess_pages, "_trigger", trigger)
    yield found


def test_apply_starts_one_run_and_is_noted(conn: Connection, number: int, triggered: dict[str, dict[str, Any]]) -> None:
    perform(conn, "apply_reprocess", str(number), "ada", NOW)
    with pytest.raises(UnknownSubjectError):
        perform(conn, "apply_reprocess", str(number), "otto", NOW)  # a second click
    assert triggered == {f"ops__apply-{number}": {"action": "apply", "reprocess": number}}
    noted = queries.ops.audit_log(conn)
    assert [(n.actor, n.action, n.subject) for n in noted] == [("ada", "apply_reprocess", str(number))]


@pytest.mark.parametrize("subject", ["404", "-1", "1 or 1=1", "", "9" * 30])
def test_what_is_not_there_starts_nothing(
    conn: Connection, number: int, triggered: dict[str, dict[str, Any]], subject: str
) -> None:
    for name in ("apply_reprocess", "undo_reprocess"):
        with pytest.raises(UnknownSubjectError):
            perform(conn, name, subject, "ada", NOW)
    with pytest.raises(UnknownSubjectError):
        perform(conn, "undo_reprocess", str(number), "ada", NOW)  # compared, not applied
    assert triggered == {}


def test_both_buttons_say_what_follows() -> None:
    assert all("news_reprocess" in ACTIONS[name].done for name in ("apply_reprocess", "undo_reprocess"))
