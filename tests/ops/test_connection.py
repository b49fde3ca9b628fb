"""Where the pages find their database, and what they say while it is away."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest
from fastapi.testclient import TestClient

from newsflow.ops import dependencies
from newsflow.ops.app import app
from newsflow.ops.dependencies import database
from newsflow.ops.security import reader
from newsflow.settings import get_settings
from newsflow.store.db import session


@pytest.fixture
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings read anew, before and after."""
    monkeypatch.delenv("NEWSFLOW_DATABASE_URL", raising=False)
    dependencies.settings.cache_clear()
    get_settings.cache_clear()
    yield
    dependencies.settings.cache_clear()
    get_settings.cache_clear()


@pytest.mark.usefixtures("_fresh")
def test_the_airflow_connection_news_db_is_taken(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_DB", dsn)
    with session(dependencies.settings().dsn) as conn:
        assert conn.info.dbname == dsn.rpartition("/")[2]


@pytest.mark.usefixtures("_fresh")
def test_the_environment_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSFLOW_DATABASE_URL", "postgresql://first/news")
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_DB", "postgresql://second/news")
    assert dependencies.settings().dsn == "postgresql://first/news"


def test_without_a_database_a_page_says_so_in_words() -> None:
    class Anyone:
        def get_name(self) -> str:
            return "ada"

    def away() -> None:
        raise psycopg2.OperationalError("connection to me:hunter2@host failed")

    app.dependency_overrides |= {reader: Anyone, database: away}
    try:
        answer = TestClient(app).get("/proposals")
    finally:
        app.dependency_overrides.clear()
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    assert "hunter2" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
