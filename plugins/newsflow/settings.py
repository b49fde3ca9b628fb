"""All settings of newsflow, validated, from the environment (`NEWSFLOW_…`).

This is the only module that reads the environment (an architecture test enforces it).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from annotated_types import Interval
from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings import PydanticBaseSettingsSource as Source

from newsflow import PRODUCT, resources
from newsflow.dsn import DsnError, normal
from newsflow.errors import NewsflowError

PREFIX = "NEWSFLOW_"
_CRON = re.compile(r"@[a-z]+|\S+( +\S+){4,5}")


def _default_home() -> Path:
    """`.newsflow/` of a checkout, so that several checkouts stay apart; the user's data folder (XDG) for a wheel."""
    checkout = resources.checkout()
    return checkout / ".newsflow" if checkout else user_data_path("newsflow", appauthor=False)


class SettingsError(NewsflowError):
    """A setting is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a value counts, for docs/settings.md."""

    name: str


def _cron(value: str) -> str:
    """Airflow refuses a schedule only where it reads the Dag, which then is missing; better to say so at once."""
    if value and not _CRON.fullmatch(value):
        raise ValueError("a schedule has five fields, such as 0 2 * * *, or is a name such as @daily")
    return value


def _address(value: SecretStr) -> SecretStr:
    """The address as libpq writes it. A message of pydantic's could quote it; `hide_input_in_errors` forbids that."""
    given = value.get_secret_value()
    try:
        return SecretStr(normal(given) if given else "")
    except DsnError as error:
        raise ValueError(str(error)) from None


USUAL = "usual"  # marks the settings that an installation of one's own needs

Seconds = Annotated[float, Unit("seconds")]
CpuSeconds = Annotated[float, Unit("CPU seconds")]
Hours = Annotated[float, Unit("hours")]
Minutes = Annotated[int, Unit("minutes")]
Days = Annotated[int, Unit("days")]
Mebibytes = Annotated[int, Unit("MiB")]
Pages = Annotated[int, Unit("pages")]
Processes = Annotated[int, Unit("processes")]
Origins = Annotated[int, Unit("origins")]
Cron = Annotated[str, Unit("cron, UTC"), AfterValidator(_cron)]
Kept = Annotated[int, Unit("days (0: for ever)"), Interval(ge=0, le=36_500)]


class _Places(BaseModel):
    """Database, archive, and who we are"""

    database_url: Annotated[SecretStr, USUAL, AfterValidator(_address)] = Field(
        SecretStr(""), description="libpq URL of the news database; empty: that of the Airflow connection news_db"
    )
    archive: Annotated[str, USUAL] = Field(
        "", description="folder or fsspec URL where captures (WARC) are kept; empty: archive/ in the home"
    )
    home: Path = Field(
        default_factory=_default_home,
        description="state of the local servers: data, keys, archive, logs; .newsflow/ of a checkout, "
        "else the user's data folder",
    )
    contact: Annotated[str, USUAL] = Field(
        "", description="URL or e-mail of yours in the User-Agent, for publishers; empty: it names nobody"
    )


class _Runs(BaseModel):
    """The nightly run and its tasks"""

    schedule: Annotated[Cron, USUAL] = Field("0 2 * * *", description="when news_ingest runs; empty: only by hand")
    retries: Annotated[int, Unit("tries")] = Field(
        3, ge=0, le=20, description="how often Airflow tries a task again after trouble of our own"
    )
    retry_delay_s: Seconds = Field(30.0, ge=0, le=3600, description="pause before such a try")
    shards: Annotated[int, Unit("tasks")] = Field(
        0,
        ge=0,
        le=64,
        description="tasks of poll, of fetch, and of extract, that run at the same time, on all machines together; "
        "0: one for each core of one machine, up to 4",
    )
    shard_pages: Pages = Field(200, ge=1, le=1_000_000, description="pages that make one more shard worth its overhead")
    fetch_queue: str = Field(
        "",
        description="Celery queue of the tasks that poll, fetch and read archives, for workers of their own; "
        "empty: Airflow's default queue",
    )
    extract_queue: str = Field("", description="the same for the tasks that extract: they need CPU, and no web")
    check_min_loaded: Annotated[float, Unit("share")] = Field(
        0.5, ge=0, le=1, description="least share of the fetched pages that must become articles"
    )


class _Requests(BaseModel):
    """Requests to publishers"""

    fetch_threads: Origins = Field(64, ge=1, le=256, description="origins that a shard asks at once")
    fetch_batch: Annotated[int, Unit("captures")] = Field(
        100, ge=1, le=100_000, description="captures stored in one transaction"
    )
    fetch_budget_s: Seconds = Field(
        3600.0,
        gt=0,
        le=86_400,
        description="time for fetching in a run; pages that don't fit wait for the next",
    )
    fetch_tail_s: Seconds = Field(
        60.0,
        ge=0,
        le=86_400,
        description="least time that slow sites get beyond the others; they get as much as those took, at least",
    )
    fetch_attempts: Annotated[int, Unit("tries")] = Field(
        4, ge=1, le=100, description="tries before a page is given up whose failure may pass"
    )
    delay_s: Seconds = Field(1.0, ge=0, le=3600, description="pause between two requests to one origin")
    max_delay_s: Seconds = Field(30.0, ge=0, le=86_400, description="longest pause that robots.txt or slowness gives")
    deadline_s: Seconds = Field(30.0, gt=0, le=3600, description="longest time of one exchange, with its redirects")
    max_bytes: Annotated[int, Unit("bytes")] = Field(
        10_000_000, gt=0, le=1_000_000_000, description="largest answer that is read, after decompression"
    )
    max_redirects: Annotated[int, Unit("redirects")] = Field(
        5, ge=0, le=20, description="redirects that are followed, at most"
    )
    allow_origins: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(),
        description="origins (scheme://host:port, blanks between) that may be on loopback, as the sample newsroom is",
    )
    access_file: str = Field(
        "", description="YAML file with the access that publishers granted; nobody else may read it"
    )
    access: SecretStr = Field(SecretStr(""), description="the same as a JSON list, for where a file can't be had")
    access_connections: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Airflow connections (blanks between) with such access: host, login and password, extra"
    )
    proxy: SecretStr = Field(
        SecretStr(""), description="forward proxy, http://[user:password@]host:port; used for `proxy_origins` alone"
    )
    proxy_origins: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(), description="origins (scheme://host[:port], blanks between) that are asked through the proxy"
    )


class _Feeds(BaseModel):
    """Feeds"""

    poll_schedule: Cron = Field("*/10 * * * *", description="when news_poll runs; empty: only by hand")
    poll_threads: Origins = Field(32, ge=1, le=256, description="origins whose feeds a shard asks at once")
    shard_feeds: Annotated[int, Unit("feeds")] = Field(
        200, ge=1, le=1_000_000, description="feeds that make one more shard worth its overhead"
    )
    poll_batch: Annotated[int, Unit("polls")] = Field(
        100, ge=1, le=100_000, description="polls stored in one transaction"
    )
    poll_budget_s: Seconds = Field(
        900.0,
        gt=0,
        le=3000,
        description="time for polling in a run; feeds that don't fit are due at the next",
    )
    poll_tail_s: Seconds = Field(
        60.0, ge=0, le=3000, description="least time that slow sites get beyond the others, as for fetch"
    )
    look_again_days: Annotated[int, Unit("days")] = Field(
        30,
        ge=0,
        le=3650,
        description="from one search of a healthy publisher's site for other feeds to the next; 0: never",
    )
    parse_workers: Processes = Field(
        2, ge=1, le=64, description="processes that read feeds, shared among a run's shards"
    )
    parse_timeout_s: CpuSeconds = Field(10.0, gt=0, le=3600, description="limit for reading one feed")
    parse_memory_mb: Mebibytes = Field(
        512,
        ge=128,
        le=1_048_576,
        description="memory limit for a process that reads feeds, on top of what it has at its start",
    )


class _Extraction(BaseModel):
    """Extraction"""

    extract_timeout_s: CpuSeconds = Field(10.0, gt=0, le=3600, description="limit for extracting one document")
    extract_memory_mb: Mebibytes = Field(
        1024,
        gt=0,
        le=1_048_576,
        description="memory limit for a process that extracts, on top of what it has at its start",
    )
    extract_workers: Processes = Field(
        0, ge=0, le=256, description="processes of one extract task; 0: its machine's cores divided by the run's shards"
    )
    min_words: Annotated[int, Unit("words")] = Field(25, ge=0, le=100_000, description="a shorter text is no article")


class _Stories(BaseModel):
    """Stories and loading"""

    dedupe_batch: Pages = Field(2000, ge=1, le=1_000_000, description="pages put into stories in one transaction")
    dedupe_workers: Processes = Field(
        0, ge=0, le=256, description="processes that read and compare texts; 0: one a core, for long queues only"
    )
    load_chunk: Pages = Field(
        50_000,
        ge=1,
        le=10_000_000,
        description="pages published in one transaction; analysts see a run of fewer pages all at once",
    )
    load_search: bool = Field(True, description="fill search and counts after each load; off: news_maintain does it")


class _Maintenance(BaseModel):
    """Maintenance and retention"""

    maintain_schedule: Cron = Field("40 * * * *", description="when news_maintain runs; empty: only by hand")
    partitions_ahead: Annotated[int, Unit("months")] = Field(
        3, ge=1, le=24, description="monthly partitions that are made ahead"
    )
    retain_polls_days: Kept = Field(365, description="log of feed polls")
    retain_fetch_log_days: Kept = Field(365, description="log of page fetches")
    retain_revisions_days: Kept = Field(0, description="older contents of articles, by when they were replaced")
    retain_sketches_days: Kept = Field(
        120,
        description="hashes by which near copies are found, by whole months; older texts are found if word for word",
    )
    retain_body_copies_days: Kept = Field(7, description="bodies of extractions whose articles have the same")
    retain_extractions_days: Kept = Field(90, description="extractions that newer ones have replaced")
    retain_bodies_days: Kept = Field(0, description="bodies of articles; the rows stay, without their text")
    retain_articles_days: Kept = Field(0, description="whole articles; a tombstone keeps them from returning")
    retain_captures_days: Kept = Field(0, description="capture files (WARC) in the archive")
    retain_runs_days: Kept = Field(730, description="funnels of runs")
    retain_changes_days: Kept = Field(0, description="the change log; consumers further behind miss changes")
    retain_task_logs_days: Kept = Field(
        90, description="log files of our tasks, on the machine that maintenance runs on"
    )
    retain_airflow_days: Kept = Field(
        90,
        description="runs, tasks and events in Airflow's own database, in Compose and Kubernetes; at least 7",
    )
    retain_figures_days: Days = Field(400, ge=1, le=36_500, description="figures that maintenance measured")
    reap_query_minutes: Minutes = Field(
        15, ge=1, le=10_080, description="longest query of a reader; then its session is ended"
    )
    reap_idle_minutes: Minutes = Field(30, ge=1, le=10_080, description="longest open transaction of a reader at rest")


class _Alarms(BaseModel):
    """Alarms"""

    watch_schedule: Cron = Field("*/15 * * * *", description="when news_watch runs; empty: only by hand")
    ui_url: Annotated[str, USUAL] = Field(
        "", description="address of the Airflow UI, for links in messages; empty: Airflow's base_url"
    )
    notifiers: Annotated[SecretStr, USUAL] = Field(
        SecretStr(""),
        description="JSON list of notifiers for alarms, with channels; empty: the log only",
    )
    alarm_lag_h: Hours = Field(
        24.0, gt=0, le=8760, description="how far a consumer of changes may be behind before an alarm"
    )
    alarm_disk_days: Annotated[float, Unit("days")] = Field(
        14.0, ge=0, le=3650, description="alarm when the archive's disk will be full sooner than this"
    )


# in the order of docs/settings.md
GROUPS: tuple[type[BaseModel], ...] = (
    _Places, _Runs, _Requests, _Feeds, _Extraction, _Stories, _Maintenance, _Alarms,
)  # fmt: skip


# pydantic orders fields from the last base to the first
class Settings(_Alarms, _Maintenance, _Stories, _Extraction, _Feeds, _Requests, _Runs, _Places, BaseSettings):
    """Validated settings; `NEWSFLOW_FETCH_THREADS=8` sets `fetch_threads`, and so on."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: Source,
        env_settings: Source,
        dotenv_settings: Source,
        file_secret_settings: Source,
    ) -> tuple[Source, ...]:
        """What is passed, then the environment; no files: to look for them takes a third of the time."""
        return init_settings, env_settings

    @field_validator("allow_origins", "proxy_origins", "access_connections", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return value.split() if isinstance(value, str) else value

    @property
    def user_agent(self) -> str:
        """One identity, with a contact where one is set, as RFC 9110 §10.1.5 and RFC 9309 ask."""
        return f"{PRODUCT} (+{self.contact})" if self.contact else PRODUCT

    def on(self, uri: str) -> Settings:
        """These settings, with the database of an Airflow connection's URI; its scheme becomes libpq's.

        :raises SettingsError: where the URI can't be read.
        """
        try:
            url = normal(uri)
        except DsnError as error:
            raise SettingsError(f"Airflow's connection news_db: {error}") from None
        return self.model_copy(update={"database_url": SecretStr(url)})

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
        wrong = (
            f"{PREFIX}{'_'.join(map(str, e['loc'])).upper()}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        )
        raise SettingsError("; ".join(wrong)) from None


def is_airflow_set_up() -> bool:
    """Whether this user has an Airflow: to ask one that is not set up would make its folder and its database."""
    folder = Path(os.environ.get("AIRFLOW_HOME", "~/airflow")).expanduser()
    named = any(name.startswith(("AIRFLOW__", "AIRFLOW_CONN_")) for name in os.environ)
    return named or (folder / "airflow.cfg").exists()


def airflow_database() -> str:
    """The SQLAlchemy URL of Airflow's own database, where the environment names it; else empty.

    The variable goes before all other places where Airflow has it from.
    """
    return os.environ.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "")
