"""What the first run told the world: figures, lineage, logs, the asset's event."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.real_airflow.up import Up, logs
from tests.waiting import wait_for

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


def test_a_statsd_socket_receives_our_figures_and_airflows(up: Up) -> None:
    assert up.ran("news_watch") == "success"
    wait_for(lambda: "newsflow.alarms.open" in " ".join(up.metrics.seen), "the watch's metrics")
    seen = up.metrics.seen
    (loaded,) = up.rows("select count(*) from news.articles")[0]
    assert seen["airflow.newsflow.run.new_articles"][-1] == (loaded, "g")
    assert seen["airflow.newsflow.alarms.resolved"][-1][1] == "c"
    assert seen["airflow.newsflow.pages.rejected"][-1][0] > 0
    assert any(name.startswith("airflow.dagrun.duration.success") for name in seen)


def test_openlineage_names_the_tables_of_the_load(up: Up) -> None:
    lineage = [json.loads(line) for line in (up.home.root / "lineage.json").read_text().splitlines()]
    ended = [e for e in lineage if e["eventType"] == "COMPLETE" and e["job"]["name"] == "news_ingest.load"]
    assert len(ended) == 1
    names = {d["name"] for d in ended[0]["outputs"]}
    assert {"news.news.articles", "news.news.changes"} <= names
    assert all(d["namespace"].startswith("postgres://") for d in ended[0]["inputs"] + ended[0]["outputs"])


def test_the_logs_of_tasks_read_as_reports(up: Up) -> None:
    found = logs(up.home.logs)
    fetch, extract = found["fetch"], found["extract"]
    assert "slowest hosts: " in fetch
    assert "/s)" in fetch
    assert "not_found: page " in fetch
    assert "paywall (1): page " in extract
    assert "The page shows a paywall" in extract
    assert "new " in found["load"]
    assert "Good: " in found["check"]


def test_the_assets_event_carries_the_funnel(up: Up) -> None:
    answer = up.client._call("GET", "/assets/events?limit=10")
    answer.raise_for_status()
    asset: dict[str, Any] = answer.json()["asset_events"][0]["extra"]
    assert set(asset["stages"]) >= {"fetch", "extract", "deduplicate", "load"}
    assert asset["verdict"].startswith("Good: ")
    assert asset["polls"]["ok"] > 0
    assert up.rows("select max(change_id) from news.changes") == [(asset["change_id"],)]
