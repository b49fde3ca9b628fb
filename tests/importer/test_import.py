"""A file in, articles with stories out; the second time nothing changes."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from psycopg2.extensions import connection as Connection
from typer.testing import CliRunner

from newsflow.commands.importer import Bars
from newsflow.importer import step
from newsflow.importer.read import FileReading, UnreadableError, records
from newsflow.importer.step import import_file
from newsflow.ops import pages
from newsflow.outcomes import Outcome
from newsflow.settings import Settings
from tests.dedupe.test_near_copies import WIRE
from tests.ops.test_pages import show

ROWS = [
    {"url": "https://wire.example/1", "title": "One", "body": WIRE, "published_at": "2026-03-01T08:00:00Z"},
    {"url": "https://paper.example/2", "title": "Other headline", "body": WIRE + "\nMore on this page.",
     "published_at": "2026-03-01T09:00:00Z", "publisher": "The Paper", "language": "en"},
    {"url": "https://paper.example/3", "title": "Else", "body": "The harbour was closed for repairs on Tuesday until "
     "the end of the month after divers had found cracks in eleven of its old concrete blocks."},
]  # fmt: skip


def jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def write_csv(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, ["url", "title", "body", "published_at", "publisher", "language"])
        writer.writeheader()
        writer.writerows(rows)
    return path


def parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    names = ["url", "title", "body", "published_at", "publisher", "language"]
    pq.write_table(pa.Table.from_pylist([{n: r.get(n) for n in names} for r in rows]), path)
    return path


def array(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("\ufeff" + json.dumps(rows, indent=1), encoding="utf-8")
    return path


def semicolons(path: Path, rows: list[dict[str, Any]]) -> Path:
    return separated(path, rows, ";")


def tabs(path: Path, rows: list[dict[str, Any]]) -> Path:
    return separated(path, rows, "\t")


def separated(path: Path, rows: list[dict[str, Any]], mark: str) -> Path:
    names = ["url", "title", "body", "published_at", "publisher", "language"]
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, delimiter=mark)
        writer.writerow([name.upper() for name in names])
        writer.writerows([row.get(name, "") for name in names] for row in rows)
    return path


def gzipped(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    return path


@pytest.fixture
def settings(dsn: str) -> Settings:
    return Settings(database_url=dsn)


def articles(conn: Connection) -> list[tuple[Any, ...]]:
    conn.rollback()
    with conn.cursor() as cursor:
        cursor.execute("select url, publisher, story_id, is_origin, revision from news.articles order by url")
        return [tuple(row) for row in cursor.fetchall()]


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.jsonl", jsonl),
        ("a.csv", write_csv),
        ("a.parquet", parquet),
        ("a.jsonl.gz", gzipped),
        ("a.json", array),
        ("b.csv", semicolons),
        ("c.csv", tabs),
    ],
)
def test_each_format_gives_the_same_articles(
    settings: Settings, conn: Connection, tmp_path: Path, name: str, write: Callable[[Path, list[dict[str, Any]]], Path]
) -> None:
    result = import_file(settings, write(tmp_path / name, ROWS))
    found = articles(conn)
    assert result.counts == {"new": 3}
    assert result.rejects == []
    assert [row[0] for row in found] == [str(row["url"]) for row in sorted(ROWS, key=lambda r: str(r["url"]))]
    by_url = {row[0]: row for row in found}
    assert by_url["https://paper.example/2"][1] == "The Paper"
    assert by_url["https://wire.example/1"][2] == by_url["https://paper.example/2"][2]
    assert by_url["https://wire.example/1"][3] is True
    assert by_url["https://paper.example/2"][3] is False
    assert by_url["https://paper.example/3"][2] != by_url["https://wire.example/1"][2]


def test_a_second_import_changes_nothing(settings: Settings, conn: Connection, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "a.jsonl", ROWS)
    import_file(settings, file)
    before = articles(conn)
    assert import_file(settings, file).counts == {"unchanged": 3}
    assert articles(conn) == before


def test_a_changed_row_becomes_a_revision(settings: Settings, conn: Connection, tmp_path: Path) -> None:
    import_file(settings, jsonl(tmp_path / "a.jsonl", ROWS))
    changed = [ROWS[0], ROWS[1], {**ROWS[2], "title": "Corrected"}]
    assert import_file(settings, jsonl(tmp_path / "b.jsonl", changed)).counts == {"revised": 1, "unchanged": 2}
    assert {row[0]: row[4] for row in articles(conn)}["https://paper.example/3"] == 2


@pytest.mark.parametrize(
    ("field", "value"), [("tags", ["New"]), ("section", "Economy"), ("image_url", "https://i.example/1.jpg")]
)
def test_what_a_row_says_beside_its_text_is_a_change_too(
    settings: Settings, conn: Connection, tmp_path: Path, field: str, value: object
) -> None:
    import_file(settings, jsonl(tmp_path / "a.jsonl", ROWS[2:]))
    changed = jsonl(tmp_path / "b.jsonl", [{**ROWS[2], field: value}])
    assert import_file(settings, changed).counts == {"revised": 1}
    assert import_file(settings, changed).counts == {"unchanged": 1}
    conn.rollback()
    with conn.cursor() as cursor:
        cursor.execute("select changed from news.revisions where revision = 2")
        assert cursor.fetchall() == [([field],)]


def test_rejects_are_among_those_of_feeds(settings: Settings, conn: Connection, tmp_path: Path) -> None:
    rows = [ROWS[0], {**ROWS[0], "title": "Said again"}, {"url": "https://x.example/1", "title": "Empty", "body": ""}]
    import_file(settings, jsonl(tmp_path / "a.jsonl", rows))
    conn.rollback()
    with conn.cursor() as cursor:
        cursor.execute("select kind, url, publisher, outcome, title from news.rejects order by outcome")
        assert [tuple(row) for row in cursor.fetchall()] == [
            ("row", "https://wire.example/1", "wire.example", "repeated_row", "Said again"),
            ("row", "https://x.example/1", "x.example", "unreadable_row", "Empty"),
        ]


def test_a_missing_column_is_told_once_by_the_command(dsn: str, tmp_path: Path) -> None:
    found = run(dsn, str(jsonl(tmp_path / "a.jsonl", [{"link": "https://a.example/1", "text": "t"}] * 30)))
    assert found.exit_code == 1
    assert str(found.exception or found.output).count("no column url, body") == 1


def test_the_command_takes_a_zone_and_tells_types(dsn: str, conn: Connection, tmp_path: Path) -> None:
    rows = [{**ROWS[2], "published_at": "2026-03-01 12:00", "page_type": "newsitem"}]
    found = run(dsn, str(jsonl(tmp_path / "a.jsonl", rows)), "--zone", "Europe/Madrid")
    assert "page_type 'newsitem' is none of" in found.output
    with conn.cursor() as cursor:
        cursor.execute("select published_at, published_quality from news.articles")
        assert cursor.fetchall() == [(datetime(2026, 3, 1, 11, tzinfo=timezone.utc), "exact")]
    assert run(dsn, str(tmp_path / "a.jsonl"), "--zone", "Nowhere").exit_code == 2


def test_rejects_name_their_line_and_the_rest_is_imported(settings: Settings, conn: Connection, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines = [json.dumps(ROWS[0]), "{broken", json.dumps({"url": "https://x.example/", "body": ""}), "", "[1, 2]",
             json.dumps(ROWS[0]), json.dumps(ROWS[2])]  # fmt: skip
    file.write_text("\n".join(lines))
    result = import_file(settings, file)
    assert [(r.line, r.reason.split(":")[0]) for r in result.rejects] == [
        (2, "no JSON"),
        (3, "body"),
        (5, "not an object with named fields"),
        (6, "url"),
    ]
    assert result.counts == {"new": 2}
    assert stored(conn) == [(2, "unreadable_row"), (3, "unreadable_row"), (5, "unreadable_row"), (6, "repeated_row")]


def stored(conn: Connection) -> list[tuple[int, str]]:
    """Rejects as the database holds them."""
    conn.rollback()
    with conn.cursor() as cursor:
        cursor.execute("select line, outcome from ingest.import_reject order by run_id, line")
        return [tuple(row) for row in cursor.fetchall()]


def test_a_repeated_address_is_found_in_another_batch_too(
    settings: Settings, conn: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "BATCH", 2)
    repeated = {**ROWS[0], "title": "Said again"}
    file = jsonl(tmp_path / "a.jsonl", [*ROWS, repeated, repeated])
    first = import_file(settings, file)
    assert [(r.line, r.outcome, r.reason) for r in first.rejects] == [
        (4, Outcome.REPEATED_ROW, "url: the same address as line 1"),
        (5, Outcome.REPEATED_ROW, "url: the same address as line 1"),
    ]
    before = articles(conn)
    again = import_file(settings, file)
    assert (again.counts, again.rejected) == ({"unchanged": 3}, 2)
    assert articles(conn) == before


def test_a_report_holds_the_first_rejects_and_the_database_all(
    settings: Settings, conn: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "BATCH", 3)
    monkeypatch.setattr(step, "REMEMBERED", 4)
    result = import_file(settings, jsonl(tmp_path / "a.jsonl", [{"url": "mailto:x\x00", "body": "b"}] * 10))
    assert (result.counts, result.rejected, [r.line for r in result.rejects]) == ({}, 10, [1, 2, 3, 4])
    assert [line for line, _ in stored(conn)] == list(range(1, 11))


def test_rejects_go_with_their_run(settings: Settings, conn: Connection, tmp_path: Path) -> None:
    import_file(settings, jsonl(tmp_path / "a.jsonl", [{"url": "mailto:x", "body": "b"}]))
    with conn.cursor() as cursor:
        cursor.execute("delete from ingest.run")
    conn.commit()
    assert stored(conn) == []


def test_operators_see_what_an_import_left_out(settings: Settings, conn: Connection, tmp_path: Path) -> None:
    import_file(settings, jsonl(tmp_path / "a__<b>.jsonl", [*ROWS, {"url": "<script>"}]))
    now = datetime.now(timezone.utc)
    shown = pages.rejects(conn, now, outcome=None, publisher=None, before=None)
    html = show("rejects.html", now, shown)
    assert "The row of the file can&#39;t be read" in html
    assert "a__&lt;b&gt;.jsonl" in html
    assert "<script>" not in html
    assert pages.rejects(conn, now, outcome="paywall", publisher=None, before=None)["rows"] == []


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.jsonl", jsonl), ("a.csv", write_csv), ("a.parquet", parquet), ("a.jsonl.gz", gzipped)],
)
def test_how_far_a_file_is_read(tmp_path: Path, name: str, write: Callable[[Path, list[dict[str, Any]]], Path]) -> None:
    file, reading = write(tmp_path / name, ROWS), FileReading()
    seen = [(reading.done, reading.records) for _ in records(file, reading)]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert [count for _, count in seen] == [1, 2, 3]
    assert 0 < reading.done <= reading.size == file.stat().st_size


def test_the_bars_tell_bytes_rows_and_stages(settings: Settings, conn: Connection, tmp_path: Path) -> None:
    bars = Bars()
    assert list(bars.look(conn)) == []
    import_file(settings, jsonl(tmp_path / "a.jsonl", ROWS), begun=bars.begin)
    found = {line.name: line for line in bars.look(conn)}
    assert list(found) == ["read, MB", "deduplicate", "load"]
    assert found["read, MB"].note.startswith("3 rows, ")
    assert (found["load"].done, found["load"].total) == (3, 3)


def test_a_page_of_our_own_is_not_overwritten(settings: Settings, conn: Connection, tmp_path: Path) -> None:
    import_file(settings, jsonl(tmp_path / "a.jsonl", ROWS[:1]))
    with conn.cursor() as cursor:
        cursor.execute("update ingest.extraction set cause = 'fetch'")
    conn.commit()
    result = import_file(settings, jsonl(tmp_path / "b.jsonl", [{**ROWS[0], "title": "Forged"}]))
    assert [(r.line, r.outcome) for r in result.rejects] == [(1, Outcome.KEPT_OWN)]
    assert stored(conn) == [(1, "kept_own")]
    assert [row[4] for row in articles(conn)] == [1]


def test_the_run_is_in_the_ledger_and_balances(settings: Settings, conn: Connection, tmp_path: Path) -> None:
    import_file(settings, jsonl(tmp_path / "a.jsonl", ROWS))
    with conn.cursor() as cursor:
        cursor.execute("select state, verdict from ingest.run")
        assert cursor.fetchall() == [("success", "3 rows, 0 rejected")]
        cursor.execute("select entered, deduplicate_outcome, load_outcome from ingest.run_page")
        assert set(cursor.fetchall()) == {("deduplicate", "ok", "new")}


def test_what_a_broken_import_left_is_taken_along(settings: Settings, conn: Connection, tmp_path: Path) -> None:
    broken = tmp_path / "a.parquet"
    broken.write_bytes(b"no parquet")
    import_file(settings, jsonl(tmp_path / "a.jsonl", ROWS[:1]))
    with conn.cursor() as cursor:
        cursor.execute("update ingest.page set state = 'extracted', loaded_extraction_id = null")
        cursor.execute("delete from news_internal.article")
    conn.commit()
    assert import_file(settings, jsonl(tmp_path / "a.jsonl", ROWS[:1])).counts == {"new": 1}
    with pytest.raises(UnreadableError):
        import_file(settings, broken)


def run(dsn: str, *args: str) -> Any:
    from newsflow.commands.importer import app
    from newsflow.settings import get_settings

    get_settings.cache_clear()
    result = CliRunner().invoke(app, list(args), env={"NEWSFLOW_DATABASE_URL": dsn})
    get_settings.cache_clear()
    return result


def test_the_command(dsn: str, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "a.jsonl", [*ROWS, {"url": "mailto:x"}])
    found = run(dsn, str(file))
    assert found.exit_code == 0
    assert "imported: 3 new; rejected: 1" in found.output
    assert "line 4: url: " in found.output
    again = json.loads(run(dsn, str(file), "--json").stdout)
    assert again["counts"] == {"unchanged": 3}
    assert again["rejected"] == 1
    assert (again["rejects"][0]["line"], again["rejects"][0]["outcome"]) == (4, "unreadable_row")


@pytest.mark.parametrize(("name", "code"), [("a.doc", 1), ("missing.jsonl", 2)])
def test_the_command_says_what_is_wrong(dsn: str, tmp_path: Path, name: str, code: int) -> None:
    (tmp_path / "a.doc").write_text("x")
    assert run(dsn, str(tmp_path / name)).exit_code == code


def test_the_command_refuses_a_bad_map(dsn: str, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "a.jsonl", ROWS)
    assert run(dsn, str(file), "--map", "nothing=x").exit_code == 2


def test_a_line_in_another_encoding_costs_that_line_only(settings: Settings, conn: Connection, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    good = [json.dumps(row, ensure_ascii=False).encode() for row in (ROWS[0], ROWS[2])]
    latin = json.dumps({**ROWS[1], "title": "Café"}, ensure_ascii=False).encode("cp1252")
    file.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join([good[0], latin, good[1]]))
    result = import_file(settings, file)
    assert result.counts == {"new": 2}
    assert [(r.line, "utf-8" in r.reason) for r in result.rejects] == [(2, True)]


def test_an_empty_file_is_no_error(dsn: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("")
    found = run(dsn, str(tmp_path / "a.jsonl"), "--json")
    assert found.exit_code == 0
    assert json.loads(found.stdout) == {"counts": {}, "rejected": 0, "rejects": [], "notes": {}}


def test_rows_without_headlines_are_null_in_each_view(settings: Settings, conn: Connection, tmp_path: Path) -> None:
    """Their versions and rejects, too; and a file of Windows-1252 is told."""
    rows = [{"url": f"https://a.example/{n}", "body": f"{WIRE}\nCafé.", "title": "",
             "published_at": f"2026-03-01T{n:02}:00:00Z"} for n in (8, 9)]  # fmt: skip
    path = tmp_path / "a.jsonl"
    path.write_bytes("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in [*rows, rows[0]]).encode("cp1252"))
    found = import_file(settings, path)
    assert (found.counts, dict(found.notes)) == ({"new": 2}, {"the file is not UTF-8: read as cp1252": 3})
    with conn.cursor() as cursor:
        cursor.execute("select title, earlier_title, same_text from news.versions")
        assert cursor.fetchall() == [(None, None, True)]
        cursor.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'news' and data_type = 'text'"
        )
        for view, name in cursor.fetchall():
            cursor.execute(f"select exists (select from news.{view} where \"{name}\" = '')")
            assert cursor.fetchone() == (False,), f"{view}.{name}"
