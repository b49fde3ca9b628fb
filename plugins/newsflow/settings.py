"""All settings of newsflow, validated, from the environment (`NEWSFLOW_…`).

This is the only module that reads the environment (an architecture test enforces it).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from newsflow import PRODUCT, resources
from newsflow.errors import NewsflowError


def _default_home() -> Path:
    """`.newsflow/` of a checkout, so that several checkouts stay apart; the user's data folder (XDG) for a wheel."""
    checkout = resources.checkout()
    return checkout / ".newsflow" if checkout else user_data_path("newsflow", appauthor=False)


class SettingsError(NewsflowError):
    """A setting is missing or wrong."""


class Settings(BaseSettings):
    """Validated settings; `NEWSFLOW_FETCH_THREADS=8` sets `fetch_threads`, and so on."""

    model_config = SettingsConfigDict(env_prefix="NEWSFLOW_", frozen=True, extra="ignore")

    database_url: SecretStr = Field(SecretStr(""), description="libpq URL of the news database")
    archive: str = Field("", description="folder or fsspec URL where captures (WARC) are kept")
    home: Path = Field(
        default_factory=_default_home, description="state of the local servers: data, keys, archive, logs"
    )

    contact: str = Field("https://github.com/newsflow/newsflow", description="URL or e-mail in the User-Agent")
    schedule: str = Field("0 2 * * *", description="cron of the nightly run, UTC; empty: only by hand")
    deadline_h: float = Field(3.0, ge=0, description="hours after which an unfinished nightly run is late; 0: never")
    retries: int = Field(3, ge=0, le=20, description="how often Airflow tries a task again after trouble of our own")
    retry_delay_s: float = Field(30.0, ge=0, description="pause before such a retry, seconds")
    shards: int = Field(4, ge=1, le=64, description="mapped tasks for fetch and extract, at most")
    shard_pages: int = Field(200, ge=1, description="pages that make another shard worth its overhead")

    fetch_threads: int = Field(64, ge=1, le=256, description="origins asked at once by a shard")
    fetch_batch: int = Field(100, ge=1, description="captures in one transaction")
    fetch_attempts: int = Field(4, ge=1, description="tries before a retryable page is given up")
    delay_s: float = Field(1.0, ge=0, description="pause between two requests to one origin, seconds")
    max_delay_s: float = Field(30.0, ge=0, description="longest pause that robots or slowness can ask for")
    deadline_s: float = Field(30.0, gt=0, description="total time of one exchange with its redirects, seconds")
    max_bytes: int = Field(10_000_000, gt=0, description="cap on a decoded answer, bytes")
    max_redirects: int = Field(5, ge=0)
    allow_origins: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(), description="scheme://host:port that may be loopback, space separated (sample newsroom)"
    )

    poll_schedule: str = Field("*/10 * * * *", description="cron of the polls between the nightly runs, UTC")
    poll_threads: int = Field(32, ge=1, le=256, description="origins whose feeds are asked at once")
    poll_batch: int = Field(100, ge=1, description="polls in one transaction")
    parse_workers: int = Field(2, ge=1, description="processes that read feeds")
    parse_timeout_s: float = Field(10.0, gt=0, description="limit for reading one feed, CPU seconds")
    parse_memory_mb: int = Field(512, ge=128, description="limit for one feed reading process, MiB on top of its start")

    extract_timeout_s: float = Field(10.0, gt=0, description="limit for one document, CPU seconds")
    extract_memory_mb: int = Field(1024, gt=0, description="limit for one extracting process, MiB on top of its start")
    extract_workers: int = Field(0, ge=0, description="processes of one extract task; 0 = cores / shards")
    min_words: int = Field(25, ge=0, description="shorter texts are no article")

    load_chunk: int = Field(50_000, ge=1, description="pages published in one transaction; a run of fewer is atomic")
    load_search: bool = Field(True, description="fill search and counts after each load; off: news_maintain does it")

    maintain_schedule: str = Field("40 * * * *", description="cron of news_maintain, UTC; daily jobs run once a day")
    partitions_ahead: int = Field(3, ge=1, le=24, description="monthly partitions that are made ahead")
    retain_polls_days: int = Field(365, ge=0, description="log of feed polls; 0 keeps it for ever, as below")
    retain_fetch_log_days: int = Field(365, ge=0, description="log of page fetches")
    retain_revisions_days: int = Field(0, ge=0, description="older contents of articles, by when they were replaced")
    retain_extractions_days: int = Field(90, ge=0, description="extractions that newer ones have replaced")
    retain_bodies_days: int = Field(0, ge=0, description="bodies of articles; the rows stay, without their text")
    retain_articles_days: int = Field(0, ge=0, description="whole articles; a tombstone keeps them from returning")
    retain_captures_days: int = Field(0, ge=0, description="capture files (WARC) in the archive")
    retain_runs_days: int = Field(730, ge=0, description="funnels of runs")
    retain_changes_days: int = Field(
        0, ge=0, description="the change log; consumers that are further behind miss changes"
    )
    retain_figures_days: int = Field(400, ge=1, description="figures that maintenance measured")
    reap_query_minutes: int = Field(15, ge=1, description="longest query of a reader before its session is ended")
    reap_idle_minutes: int = Field(30, ge=1, description="longest open transaction of a reader at rest")

    dedupe_batch: int = Field(2000, ge=1, description="pages put into stories in one transaction")
    dedupe_workers: int = Field(0, ge=0, description="processes that read and compare; 0 = cores, for long queues only")

    check_min_loaded: float = Field(0.5, ge=0, le=1, description="share of fetched pages that must become articles")

    ui_url: str = Field("", description="address of the Airflow UI, for links in messages; empty: Airflow's base_url")
    notifiers: SecretStr = Field(SecretStr(""), description="JSON list of notifiers for alarms; empty: the log only")
    watch_schedule: str = Field("*/15 * * * *", description="cron of news_watch, UTC")
    alarm_lag_h: float = Field(24.0, gt=0, description="hours that a consumer of changes may be behind")
    alarm_disk_days: float = Field(14.0, ge=0, description="days left on the archive's disk that raise an alarm")

    @field_validator("allow_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return frozenset(value.split()) if isinstance(value, str) else value

    @property
    def user_agent(self) -> str:
        """One identity with a contact, as RFC 9110 §10.1.5 and RFC 9309 ask."""
        return f"{PRODUCT} (+{self.contact})"

    def on(self, uri: str) -> Settings:
        """These settings, with the database of an Airflow connection's URI; its scheme becomes libpq's."""
        return self.model_copy(update={"database_url": SecretStr("postgresql://" + uri.partition("://")[2])})

    @property
    def dsn(self) -> str:
        """The libpq connection string.

        :raises SettingsError: where none is set.
        """
        url = self.database_url.get_secret_value()
        if not url:
            raise SettingsError("NEWSFLOW_DATABASE_URL is not set (run `newsflow up` for a local server)")
        return url

    @property
    def archive_url(self) -> str:
        """Where captures go: the setting, or a folder in the local home."""
        return self.archive or str(self.home.expanduser() / "archive")


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once.

    :raises SettingsError: naming each variable that is wrong, never its value (it may be a secret).
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = (f"NEWSFLOW_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise SettingsError("; ".join(wrong)) from None
