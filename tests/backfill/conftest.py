"""A database, an archive and settings for backfills."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from newsflow.settings import Settings


@pytest.fixture
def settings(dsn: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=SecretStr(dsn), archive=str(tmp_path / "archive"), shards=2, extract_workers=1, delay_s=0.0
    )
