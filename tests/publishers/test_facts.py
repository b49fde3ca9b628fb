"""What is known of publishers: set by people, brought in as tables and lists, filled by feeds."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.publishers import exchange, facts, listed, store, table
from newsflow.publishers.facts import FactError
from newsflow.publishers.table import TableError
from newsflow.store.db import transaction
from newsflow.subscriptions import lists
from newsflow.subscriptions.lists import Listed
from newsflow.subscriptions.store import add
from newsflow.text.cells import active, inert
from tests.command_line import newsflow

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)
GIVEN = {
    "title": "Harbour Post", "homepage": "https://harbour.example/", "country": "PT", "region": "Algarve",
    "languages": "pt en", "kind": "weekly", "time_zone": "Europe/Lisbon", "owner": "A; B",
    "maintainer": "Ada", "channel": "coast", "notes": "=1+1\nsecond line",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _two(conn: Connection) -> None:
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute("insert into ingest.publisher (name) values ('harbour.example'), ('inland.example')")


def rows(conn: Connection, sql: str) -> list[Any]:
    with transaction(conn), conn.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def seen(conn: Connection, name: str = "harbour.example") -> dict[str, Any]:
    ours = "select name as publisher, maintainer, channel from ingest.publisher"  # no analyst sees these
    found = rows(conn, f"select * from news.publishers join ({ours}) p using (publisher) where publisher = '{name}'")
    return dict(found[0]._asdict())


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("country", "pt", "PT"), ("country", "Portugal", "PT"), ("country", "XK", "XK"),
        ("languages", "pt-BR, EN", ["pt", "en"]),
        ("languages", "Portuguese", ["pt"]), ("languages", "nds", ["nds"]), ("kind", "Daily", "daily"),
        ("title", " A \n B ", "A B"),
        ("homepage", "harbour.example", "https://harbour.example/"), ("time_zone", "UTC", "UTC"), ("owner", "", None),
    ],
)  # fmt: skip
def test_fields_are_read_as_people_write_them(field: str, text: str, value: facts.Value) -> None:
    assert facts.read(field, text) == value
    assert value is None or facts.read(field, facts.written(value)) == value


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("country", "UK"), ("country", "EU"), ("country", "Atlantis"), ("languages", "xx"),
        ("languages", "pt, klingonese"),
        ("kind", "newspaper"), ("time_zone", "CET+1"), ("time_zone", "Lisbon"), ("title", "x" * 301),
        ("homepage", "ftp://x.example"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_an_error(field: str, text: str) -> None:
    with pytest.raises(FactError):
        facts.read(field, text)


def test_kinds_are_those_of_the_database(conn: Connection) -> None:
    assert {row.value for row in rows(conn, "select value from news.terms where relation = 'publishers'")} == {
        *facts.KINDS
    }


def test_unknown_is_null_and_what_a_person_says_is_shown_with_an_audit(conn: Connection) -> None:
    before = seen(conn)
    assert not any(before[field] for field in facts.FIELDS) and before["said_by"] == {}
    assert [field for field in facts.FIELDS if before[field] is not None] == ["languages"]  # lists are never null
    store.set_facts(conn, "harbour.example", GIVEN, ["coast", "weeklies"], "ana", NOW)
    after = seen(conn)
    assert {field: facts.written(after[field]) for field in facts.FIELDS} == GIVEN
    assert set(after["said_by"].values()) == {"person"}
    members = rows(conn, "select collection, publisher from news.collection_publishers order by 1")
    assert [tuple(row) for row in members] == [("coast", "harbour.example"), ("weeklies", "harbour.example")]
    audit = rows(conn, "select actor, action, subject, detail from ingest.audit")
    assert len(audit) == 1 and audit[0].subject == "harbour.example" and audit[0].detail["country"] == [None, "PT"]
    store.set_facts(conn, "harbour.example", {"country": ""}, [], "ana", NOW)
    assert seen(conn)["country"] is None and rows(conn, "select * from news.collections") == []


def test_feeds_and_lists_fill_gaps_and_overrule_nobody(conn: Connection) -> None:
    publisher = store.number(conn, "harbour.example")
    with transaction(conn):
        listed.learn(conn, [(publisher, {"title": "Feed's", "languages": "pt-PT", "homepage": ""})], "feed")
        listed.learn(conn, [(publisher, {"title": "Another feed's"})], "feed")
    assert seen(conn)["title"] == "Feed's" and seen(conn)["said_by"] == {"title": "feed", "languages": "feed"}
    row = [
        Listed("https://harbour.example/rss", "harbour.example", facts={"title": "The list's", "country": "Portugal"})
    ]
    add(conn, row, NOW)
    assert (seen(conn)["title"], seen(conn)["country"]) == ("The list's", "PT")
    store.set_facts(conn, "harbour.example", {"title": "A person's"}, None, "ana", NOW)
    add(conn, row, NOW)
    assert seen(conn)["title"] == "A person's" and seen(conn)["said_by"]["country"] == "list"


def test_an_exported_table_edited_and_brought_back(conn: Connection) -> None:
    store.set_facts(conn, "harbour.example", GIVEN, ["coast"], "ana", NOW)
    with transaction(conn):
        listed.learn(conn, [(store.number(conn, "inland.example"), {"title": "Inland"})], "feed")
    text = exchange.export(conn)
    assert exchange.bring_in(conn, text, "ana", NOW).changed == ()
    assert seen(conn, "inland.example")["said_by"] == {"title": "feed"}  # what nobody changed stands on its word
    lines = list(csv.reader(io.StringIO(text)))
    column = lines[0].index
    lines[2][column("country")], lines[2][column("collections")] = "Spain", "coast; islands"
    lines[1][column("region")] = ""
    edited = io.StringIO()
    csv.writer(edited, delimiter=";").writerows(lines)
    done = exchange.bring_in(conn, lists.decoded(b"\xef\xbb\xbf" + edited.getvalue().encode()), "ana", NOW)
    assert done.changed == ("harbour.example", "inland.example")
    assert seen(conn, "inland.example")["country"] == "ES" and seen(conn)["region"] is None
    assert seen(conn)["notes"] == GIVEN["notes"]
    members = rows(conn, "select collection, publishers from news.collections order by 1")
    assert [tuple(row) for row in members] == [("coast", 2), ("islands", 1)]


HEAD = "publisher,title,notes\n"
EXPORTED = HEAD + 'harbour.example,\'=1+1,"a\nb"\n'


@pytest.mark.parametrize(
    "text",
    [
        EXPORTED,
        "\ufeffsep=,\r\n" + EXPORTED.replace("\n", "\r\n").replace("a\r\nb", "a\nb"),
        '"sep=,"\n\n' + EXPORTED,
        "\n ,,\n" + EXPORTED,
        'publisher,title,notes,,\nharbour.example,\'=1+1,"a\nb",,\n,,,,\n',
        'publisher\ttitle\tnotes\nharbour.example\t\'=1+1\t"a\nb"\n',
    ],
)
def test_a_table_is_read_as_spreadsheets_write_it(text: str) -> None:
    (line,) = table.read(text)
    assert line.name == "harbour.example" and line.given == {"title": "=1+1", "notes": "a\nb"}


def test_line_ends_of_the_old_mac() -> None:
    assert [line.name for line in table.read("publisher,title\ra.example,A\rb.example,B\r")] == [
        "a.example",
        "b.example",
    ]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (HEAD + "harbour.example,News, Inc,note\n", 2, "'note' stands in no column"),
        ("publisher,title,,\nharbour.example,News,,x\n", 2, "'x' stands in no column"),
        (HEAD + 'a.example,A,\nharbour.example,"News,x\ninland.example,In,y\n', 3, "no CSV"),
        (HEAD + 'harbour.example,"News" x,y\n', 2, "no CSV"),
        ("publisher,title,Title\nharbour.example,A,B\n", 1, "title is there twice"),
        ("publisher,language,languages\nharbour.example,pt,en\n", 1, "languages is there twice"),
        (HEAD + "h" * 301 + ",A,\n", 2, "more than 300"),
    ],
)
def test_a_table_that_would_be_read_awry_is_refused(text: str, line: int, why: str) -> None:
    with pytest.raises(TableError, match=why) as error:
        table.read(text)
    assert error.value.troubles[0].line == line


@pytest.mark.parametrize("text", ["=1", "'=1", "''@x", "'s-Hertogenbosch", "'", "-", "+'=", "a'=b", "'\t=", ""])
def test_what_spreadsheets_would_run_comes_back_as_it_was(text: str) -> None:
    assert active(inert(text)) == text
    assert not inert(text).startswith(("=", "+", "-", "@"))


def test_errors_name_line_and_column_and_nothing_is_written(conn: Connection) -> None:
    text = (
        'publisher,country,time_zone,notes\nharbour.example,PT,,"two\nlines"\n'
        "inland.example,Narnia,,\n,PT,,\nharbour.example,,,\n"
    )
    with pytest.raises(TableError) as error:
        exchange.bring_in(conn, text, "ana", NOW)
    places = [(trouble.line, trouble.column) for trouble in error.value.troubles]
    assert places == [(4, "country"), (5, "publisher"), (6, "publisher")]
    with pytest.raises(TableError, match="line 3, column publisher"):
        exchange.bring_in(conn, "publisher,country\nharbour.example,PT\nnobody.example,PT\n", "ana", NOW)
    with pytest.raises(TableError, match="line 2, column time_zone"):
        exchange.bring_in(conn, "publisher,time zone\nharbour.example,Europe/Lissabon\n", "ana", NOW)
    with pytest.raises(TableError, match="line 1, column colour"):
        table.read("publisher,colour\nharbour.example,red\n")
    assert seen(conn)["country"] is None
    done = exchange.bring_in(conn, "Name;Type;Timezone\nnew.example;blog;europe/lisbon\n", "ana", NOW, add=True)
    assert done.added == ("new.example",) and seen(conn, "new.example")["time_zone"] == "Europe/Lisbon"


@pytest.mark.parametrize("kind", ["opml", "yaml", "csv"])
def test_lists_of_feeds_carry_the_fields(conn: Connection, kind: str) -> None:
    said = {**GIVEN, "collections": "coast; weeklies", "notes": "one line", "homepage": ""}
    feed = Listed("https://harbour.example/rss", "harbour.example", "Harbour: news", GIVEN["homepage"])
    given = Listed(feed.url, feed.publisher, feed.title, feed.homepage, facts={k: v for k, v in said.items() if v})
    back = lists.read(lists.write([given], kind), kind)
    assert back == [given]
    add(conn, back, NOW)
    found = seen(conn)
    assert {field: facts.written(found[field]) for field in facts.FIELDS} == {**GIVEN, "notes": "one line"}
    assert listed.written(conn)["harbour.example"]["collections"] == "coast; weeklies"


def test_a_list_with_a_field_that_can_not_be_read_is_taken_without_it(conn: Connection) -> None:
    head = "publisher,title,url,homepage,country,language\n"
    text = f"{head}Harbour Post,Harbour Post News,https://h.example/rss,https://h.example/,Narnia,pt\n"
    done = add(conn, lists.read(text, "csv"), NOW)
    assert done.new == ("https://h.example/rss",) and "Narnia" in done.unread[0]
    found = seen(conn, "Harbour Post")
    told = (found["title"], found["homepage"], found["country"], found["languages"])
    assert told == ("Harbour Post News", "https://h.example/", None, ["pt"])


def test_the_command(dsn: str, conn: Connection, tmp_path: Path) -> None:
    env = {"NEWSFLOW_DATABASE_URL": dsn}
    done = newsflow("publishers", "set", "harbour.example", "--country", "PT", "--collection", "coast", **env)
    assert (done.returncode, done.stdout) == (0, b"harbour.example: country, collections set\n"), done.stderr
    wrong = newsflow("publishers", "set", "harbour.example", "--time-zone", "Mars/Base", **env)
    assert wrong.returncode == 1 and b"Mars/Base" in wrong.stderr
    shown = newsflow("publishers", "list", "--collection", "coast", "--json", **env)
    assert [row["country"] for row in json.loads(shown.stdout)] == ["PT"]
    file = tmp_path / "publishers.csv"
    assert newsflow("publishers", "export", str(file), **env).returncode == 0
    file.write_text(file.read_text("utf-8").replace("PT", "Q9"), "utf-8")
    refused = newsflow("publishers", "import", str(file), **env)
    assert refused.returncode == 1 and b"line 2, column country: 'Q9'" in refused.stderr
