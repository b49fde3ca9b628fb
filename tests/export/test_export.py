"""Exported files: complete, typed, guarded, and listed in a manifest that tells the truth."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer
from typer.testing import CliRunner

from newsflow.commands import export as command
from newsflow.export.formats import FORMATS, guarded
from newsflow.export.step import MANIFEST, Target, UnknownColumnError, export
from newsflow.load.step import load
from newsflow.maintain.retraction import retract
from newsflow.settings import get_settings
from tests.load.world import T0, Ticker, World
from tests.paths import ROOT

FORMULA = '=HYPERLINK("https://evil.example","click")'


@pytest.fixture
def world(dsn: str) -> Iterator[World]:
    made = World(dsn)
    run = made.run("r1")
    made.clustered(run, "https://paper.example/1", title=FORMULA, authors=["Ana Díaz", "Bo, Li"], body='Line\n"two"\t.')
    made.clustered(run, "https://paper.example/2", title="Plain", published_at=None)
    load(made.settings, run, clock=Ticker(T0))
    yield made
    made.conn.close()


def read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        return list(pq.read_table(path).to_pylist())
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("format", FORMATS)
def test_each_format_holds_the_articles(world: World, tmp_path: Path, format: str) -> None:
    made = export(world.conn, Target(str(tmp_path)), T0, format=format)
    assert made is not None
    records = read(tmp_path / made.file)
    assert [r["url"] for r in records] == ["https://paper.example/1", "https://paper.example/2"]
    assert [str(r["change_id"]) for r in records] == ["1", "2"]
    assert made.rows == 2
    assert len(records[0]) == 4 - 1 + world.value(
        "select count(*) from pg_attribute where attrelid = 'news.articles'::regclass and attnum > 0"
    )


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_stands_in_the_help_and_in_the_docs(name: str) -> None:
    shown = CliRunner().invoke(command.app, ["--help"], env={"COLUMNS": "200"}).output
    assert name in shown
    assert f"`{name}`" in (ROOT / "docs" / "analysts.md").read_text(encoding="utf-8")


def test_parquet_is_typed(world: World, tmp_path: Path) -> None:
    made = export(world.conn, Target(str(tmp_path)), T0)
    assert made is not None
    first, second = read(tmp_path / made.file)
    assert first["authors"] == ["Ana Díaz", "Bo, Li"]
    assert first["published_at"] == T0 - timedelta(hours=1)
    assert second["published_at"] is None
    assert first["is_origin"] is True


def test_csv_cells_are_no_formulas(world: World, tmp_path: Path) -> None:
    made = export(world.conn, Target(str(tmp_path)), T0, format="csv")
    assert made is not None
    first = read(tmp_path / made.file)[0]
    assert first["title"] == "'" + FORMULA
    assert first["body"] == 'Line\n"two"\t.'
    assert json.loads(first["authors"]) == ["Ana Díaz", "Bo, Li"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_guard(text: str) -> None:
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("value", ["text", "a=b", "", None, -1, 1.5, True])
def test_guard_leaves_other_values(value: object) -> None:
    assert guarded(value) == value


def test_the_next_export_goes_on_where_the_manifest_ends(world: World, tmp_path: Path) -> None:
    target = Target(str(tmp_path))
    first = export(world.conn, target, T0)
    assert export(world.conn, target, T0) is None
    run = world.run("r2")
    world.clustered(run, "https://paper.example/2", title="Changed")
    load(world.settings, run)
    second = export(world.conn, target, T0)
    assert first is not None
    assert second is not None
    assert (second.since, second.rows) == (first.until, 1)
    assert [f.file for f in target.files()] == [first.file, second.file]
    assert read(tmp_path / second.file)[0]["title"] == "Changed"


def test_an_article_that_changed_often_is_exported_once_as_it_is(world: World, tmp_path: Path) -> None:
    for number in range(3):
        run = world.run(f"again{number}")
        world.clustered(run, "https://paper.example/2", title=f"Version {number}")
        load(world.settings, run)
    made = export(world.conn, Target(str(tmp_path)), T0, since=1)
    assert made is not None
    assert [(r["title"], r["change"]) for r in read(tmp_path / made.file)] == [("Version 2", "revision")]


def test_a_retraction_is_exported_without_content(world: World, tmp_path: Path) -> None:
    retract(world.conn, [world.page("https://paper.example/1")], "wrong", T0)
    made = export(world.conn, Target(str(tmp_path)), T0, since=2)
    assert made is not None
    (record,) = read(tmp_path / made.file)
    assert (record["change"], record["title"], record["article_id"]) == ("retraction", None, 1)


def test_the_manifest_tells_the_truth(world: World, tmp_path: Path) -> None:
    made = export(world.conn, Target(str(tmp_path)), T0)
    assert made is not None
    listed = json.loads((tmp_path / MANIFEST).read_text())["files"]
    data = (tmp_path / made.file).read_bytes()
    assert listed[0]["sha256"] == hashlib.sha256(data).hexdigest()
    assert listed[0]["bytes"] == len(data)
    assert {p.name for p in tmp_path.iterdir()} == {MANIFEST, made.file}


def test_a_broken_export_leaves_no_file_and_no_entry(world: World, tmp_path: Path) -> None:
    def fail(done: int, total: int) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        export(world.conn, Target(str(tmp_path / "out")), T0, progress=fail)
    assert not (tmp_path / "out").exists()


def test_killed_before_the_manifest_the_same_file_is_written_again(world: World, tmp_path: Path) -> None:
    target = Target(str(tmp_path))
    first = export(world.conn, target, T0)
    (tmp_path / MANIFEST).unlink()
    again = export(world.conn, target, T0)
    assert first is not None
    assert again is not None
    assert again.file == first.file
    assert [f.file for f in target.files()] == [first.file]


def test_columns_can_be_chosen(world: World, tmp_path: Path) -> None:
    made = export(world.conn, Target(str(tmp_path)), T0, format="jsonl", columns=["title", "url"])
    assert made is not None
    assert set(read(tmp_path / made.file)[0]) == {"change_id", "change", "changed_at", "article_id", "title", "url"}
    with pytest.raises(UnknownColumnError, match="no column nonsense"):
        export(world.conn, Target(str(tmp_path)), T0, since=0, columns=["nonsense"])


def test_memory_is_another_store(world: World) -> None:
    """Any fsspec store takes an export; each file is one object."""
    target = Target("memory://exports/news")
    made = export(world.conn, target, T0, format="jsonl")
    assert made is not None
    assert target.cursor() == made.until
    assert target.fs.size(f"{target.root}/{made.file}") == made.bytes


@pytest.mark.parametrize(
    ("since", "rows"),
    [("0", 2), ("1", 1), (T0.date().isoformat(), 2), ((T0 + timedelta(days=1)).isoformat(), 0)],
)
def test_the_command(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, since: str, rows: int) -> None:
    monkeypatch.setenv("NEWSFLOW_DATABASE_URL", world.dsn)
    get_settings.cache_clear()
    try:
        done = CliRunner().invoke(command.app, [str(tmp_path), "--since", since, "--format", "csv", "--json"])
        wrong = CliRunner().invoke(command.app, [str(tmp_path), "--since", "yesterday"])
    finally:
        get_settings.cache_clear()
    assert done.exit_code == 0
    assert json.loads(done.stdout)["rows"] == rows
    assert wrong.exit_code == 2


def test_times_have_their_zone_in_text_formats(world: World, tmp_path: Path) -> None:
    made = export(world.conn, Target(str(tmp_path)), T0, format="jsonl", columns=["published_at"])
    assert made is not None
    assert datetime.fromisoformat(read(tmp_path / made.file)[0]["published_at"]) == T0 - timedelta(hours=1)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket of an S3-compatible server on loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    options = {"endpoint_url": f"http://{host}:{port}", "key": "test", "secret": "test"}
    monkeypatch.setitem(fsspec.config.conf, "s3", options)
    fsspec.filesystem("s3").mkdir("exports")
    yield "s3://exports/news"
    server.stop()


def test_exports_to_an_object_store_go_on_from_its_manifest(world: World, bucket: str) -> None:
    first = export(world.conn, Target(bucket), T0)
    retract(world.conn, [world.page("https://paper.example/1")], "wrong", T0)
    second = export(world.conn, Target(bucket), T0)
    assert first is not None
    assert second is not None
    assert (second.since, second.rows) == (first.until, 1)
    fs = fsspec.filesystem("s3")
    assert sorted(fs.ls("exports/news")) == sorted(f"exports/news/{n}" for n in (first.file, second.file, MANIFEST))
    assert hashlib.sha256(fs.cat_file(f"exports/news/{first.file}")).hexdigest() == first.sha256
