"""A change of the algorithm rolls over old articles, can be broken off, and disturbs nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from newsflow.commands.dedupe import app
from newsflow.dedupe.rebuild import Rebuilt, rebuild
from newsflow.settings import get_settings
from tests.dedupe.conftest import Desk
from tests.dedupe.test_properties import world


@pytest.fixture
def clustered(desk: Desk) -> Desk:
    desk.file_world(world())
    desk.deduplicate()
    desk.load()
    desk.conn.rollback()
    return desk


def settings(desk: Desk) -> Any:
    return desk.settings.model_copy(update={"dedupe_batch": 10})


def age(desk: Desk) -> None:
    """As an older algorithm would have left it: other hashes, no edges, each article for itself."""
    desk.execute("truncate ingest.sketch_hash, ingest.story_edge, ingest.credit, ingest.story_alarm")
    desk.execute("update ingest.sketch set version = 0, hashes = array[page_id], comparison_key = null")
    desk.execute("insert into ingest.sketch_hash select page_id, page_id, sketched_on from ingest.sketch")
    desk.execute("update ingest.story_member set story_id = page_id, is_origin = true, similarity = 1")


def test_a_rebuild_gives_what_the_present_algorithm_gives(clustered: Desk) -> None:
    expected, pages = clustered.members(), len(clustered.members())
    hashes = clustered.rows("select * from ingest.sketch_hash order by 1, 2")
    age(clustered)
    assert clustered.members() != expected
    found = rebuild(settings(clustered))
    assert found.pages == pages
    assert found.left == 0
    assert found.moved == len(clustered.pending()) > 0
    assert clustered.members() == expected
    assert clustered.rows("select * from ingest.sketch_hash order by 1, 2") == hashes


def test_a_rebuild_without_a_change_moves_nothing(clustered: Desk) -> None:
    assert rebuild(settings(clustered)).moved == 0
    assert clustered.pending() == set()


def test_a_broken_rebuild_goes_on_where_it_was(clustered: Desk) -> None:
    expected = clustered.members()
    age(clustered)

    def stop(found: Rebuilt) -> None:
        if found.pages >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(settings(clustered), progress=stop)
    done = []
    rebuild(settings(clustered), progress=lambda found: done.append(found.pages))
    assert done[0] == 30
    assert clustered.members() == expected


def test_new_articles_may_come_in_while_it_runs(clustered: Desk) -> None:
    expected = clustered.members()
    age(clustered)
    copy = next(i for i in world() if i.kind == "wire")

    def meanwhile(found: Rebuilt) -> None:
        if found.pages == 30:
            clustered.file("https://late.example/1", copy.body, published_at=copy.published_at.replace(year=2027))
            clustered.deduplicate()

    rebuild(settings(clustered), progress=meanwhile)
    assert [row for row in clustered.members() if row[0] != "https://late.example/1"] == expected
    assert {copy.url, "https://late.example/1"} <= next(s for s in clustered.stories() if copy.url in s)


def test_the_command(clustered: Desk, dsn: str) -> None:
    get_settings.cache_clear()
    found = CliRunner().invoke(app, ["--rebuild", "--json"], env={"NEWSFLOW_DATABASE_URL": dsn})
    refused = CliRunner().invoke(app, [], env={"NEWSFLOW_DATABASE_URL": dsn})
    get_settings.cache_clear()
    assert json.loads(found.stdout) == {"pages": len(clustered.members()), "moved": 0}
    assert refused.exit_code == 2
