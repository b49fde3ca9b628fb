"""The analyst's notebook runs from top to bottom, and what is stored in it is what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.contract.month import fill
from tests.contract.notebook import FIGURES, NOTEBOOK, execute, texts
from tests.load.world import World

pytestmark = pytest.mark.slow

HINT = "is stale: python -m tests.contract.notebook"


@pytest.fixture(scope="module")
def month(module_dsn: str) -> Iterator[World]:
    world = World(module_dsn)
    fill(world)
    yield world
    world.conn.close()


@pytest.fixture(scope="module")
def executed(month: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    figures = tmp_path_factory.mktemp("figures")
    return execute(month.dsn, figures), figures


def pictures(notebook: Any) -> list[str]:
    return [
        o.data["image/png"] for c in notebook.cells for o in c.get("outputs", ()) if "image/png" in o.get("data", {})
    ]


def test_the_stored_answers_are_the_answers(executed: tuple[Any, Path]) -> None:
    assert texts(nbformat.read(NOTEBOOK, as_version=4)) == texts(executed[0]), f"{NOTEBOOK.name} {HINT}"


def test_each_figure_is_drawn_and_stored(executed: tuple[Any, Path]) -> None:
    made, folder = executed
    names = {path.name for path in folder.iterdir()}
    assert len(names) == len(pictures(made)) == len(pictures(nbformat.read(NOTEBOOK, as_version=4))) == 6
    assert names <= {path.name for path in FIGURES.iterdir()}
    assert all(path.stat().st_size > 10_000 for path in folder.iterdir())


def test_the_month_holds_what_the_notebook_tells(month: World) -> None:
    """The gap, the outage and the growing topic are there by construction, not by chance."""
    assert month.rows(
        "select distinct causes from news.coverage_between('2026-03-02', '2026-03-30', 'tribune.example')"
        " where state = 'gap' order by 1"
    ) == [(["feed_down"],), (["own_outage"],)]
    weeks = month.rows(
        "select count(*) filter (where t.folded = 'energy') / count(*)::float from news.tags t"
        " where t.is_origin group by date_trunc('week', t.published_at) order by date_trunc('week', t.published_at)"
    )
    assert weeks == sorted(weeks)
    assert month.value("select count(*) from news.revisions where 'title' = any(changed) and cause = 'fetch'") > 20
