"""A database with backfilled articles, some of them rejected as too short."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from newsflow.backfill import pipeline
from newsflow.backfill.request import BackfillRequest
from newsflow.local.newsroom import ArticleText, sample_world
from newsflow.model import Exchange
from newsflow.settings import Settings
from tests.backfill.foreign import EPOCH, exchange, pages, write

ARTICLES, SHORT = 24, 3


def short_pages() -> Iterator[tuple[Exchange, datetime]]:
    """Texts of fifteen words that are no whole sentence: too short, and no flash news either."""
    base = sample_world(EPOCH).publishers[0]
    for number in range(SHORT):
        text = ArticleText(
            f"Brief number {number}", (f"The bridge at kilometre {number} reopens on Friday at noon, the county said",)
        )
        yield exchange("brief.example", base, f"brief-{number}", text, EPOCH), EPOCH


@pytest.fixture
def settings(dsn: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=SecretStr(dsn), archive=str(tmp_path / "archive"), home=tmp_path, shards=1, extract_workers=1
    )


@pytest.fixture
def loaded(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a database in which a backfill has run."""
    file = write(tmp_path / "news.warc.gz", [*pages(ARTICLES), *short_pages()])
    pipeline.run_all(settings, "past", BackfillRequest(warc=(str(file),)))
    return settings
