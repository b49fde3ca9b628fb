"""`make run`: PostgreSQL, Airflow and the sample newsroom, started together and stopped together."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from newsflow.clock import utcnow
from newsflow.local import contact, logs, processes, sample
from newsflow.local.airflow import Airflow, Client, Ports, configuration
from newsflow.local.database import DATABASE, METADATA, server
from newsflow.local.ending import ended_by_signals, let_others_end
from newsflow.local.home import Home, myself
from newsflow.local.newsroom import Newsroom
from newsflow.local.nightly_run import addresses, ingest, summary, watch
from newsflow.local.own_feeds import import_feeds
from newsflow.local.postgres import free_port
from newsflow.local.terminal import Terminal
from newsflow.names import NEWS_INGEST
from newsflow.settings import Settings
from newsflow.store.db import session
from newsflow.store.migrate import migrate

Closing = Callable[[Settings, Client], Iterable[str]]


def nothing_more(_settings: Settings, _client: Client) -> Iterable[str]:
    """No lines below the addresses."""
    return ()


def tell(show: Terminal, closing: Closing, settings: Settings, client: Client) -> None:
    """The last lines, below the addresses."""
    for line in closing(settings, client):
        show.line(line)


@dataclass
class Launcher:
    """All servers of a home; `open` starts them, and whatever happens they end with us.

    `once`: they are up for one run alone.
    """

    home: Home
    settings: Settings
    show: Terminal
    feeds: Path | None = None
    closing: Closing = nothing_more
    once: bool = False
    newsroom: Newsroom | None = None
    _stack: ExitStack = field(default_factory=ExitStack)
    airflow: Airflow = field(init=False)
    database_url: str = ""
    working: bool = True

    @contextmanager
    def open(self) -> Iterator[Launcher]:
        """Start everything; raises `BusyError` where another launcher holds the home."""
        with ExitStack() as self._stack:
            self._stack.enter_context(ended_by_signals())
            self._stack.enter_context(self.home.prepare().held())
            processes.end(processes.marked(self.home.mark))
            metadata_url = self._start_postgres()
            self._open_newsroom()
            self._start_airflow(metadata_url)
            self._stack.push(self._leave)
            self.home.announce(myself(self.database_url, self.airflow.ports.url))
            yield self
            self.show.line("stopping the servers …")

    def _leave(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Let others end first, unless a server has failed, or `newsflow down` (SIGTERM) asks for an end at once."""
        failed = error is not None and not isinstance(error, KeyboardInterrupt)
        if failed or (error is not None and error.args == (signal.SIGTERM,)):
            self.home.withdraw()
        else:
            let_others_end(self.home, self.show)

    def _start_postgres(self) -> str:
        with self.show.step("starting PostgreSQL"):
            embedded = server(self.home)
            self._stack.callback(embedded.stop)
            embedded.start()
            embedded.ensure_database(METADATA)
            self.database_url = self.settings.database_url.get_secret_value()
            if not self.database_url:
                embedded.ensure_database(DATABASE)
                self.database_url = embedded.url(DATABASE)
            self.settings = self.settings.model_copy(update={"database_url": SecretStr(self.database_url)})
            with session(self.database_url) as conn:
                migrate(conn)
        return embedded.url(METADATA)

    def _open_newsroom(self) -> None:
        notes = sample.SampleNotes.read(self.home.newsroom_notes, utcnow())
        with session(self.database_url) as conn:
            if self.feeds or sample.has_own_feeds(conn, notes):
                self.settings = contact.asked(self.home, self.settings, self.show)
                if self.feeds:
                    import_feeds(self.feeds, self.settings)
                sample.pause(conn, notes)
                return
            newsroom, kept = sample.open_newsroom(self.home.newsroom_notes, utcnow())
            sample.register(conn, newsroom)
        if not kept and notes.ports:
            self.show.line("! a port of the sample newsroom was taken: its articles appear under new addresses")
        self.newsroom = self._stack.enter_context(newsroom)
        publishers, articles = len(newsroom.world.publishers), sum(newsroom.world.counts().values())
        self.show.line(f"✓ sample newsroom: {publishers} publishers, {articles} articles, edition “{newsroom.edition}”")

    def _start_airflow(self, metadata_url: str) -> None:
        ports = Ports(free_port())
        own = configuration(self.home, ports, metadata_url, once=self.once)
        env = {**os.environ, **own, **self._task_environment()}
        family = processes.ProcessGroup(self.home.mark)
        self.airflow = Airflow(self.home, ports, metadata_url, env, family)
        with self.show.step("preparing Airflow's metadata (some seconds, the first time more)"):
            self.airflow.migrate()
        self._stack.callback(self.airflow.stop)
        with self.show.step("starting Airflow: api-server, scheduler, dag-processor, triggerer"):
            self.airflow.start()
            self.airflow.wait(NEWS_INGEST)

    def _task_environment(self) -> dict[str, str]:
        """What tasks know: the database, the home, and which loopback origins are the newsroom's."""
        loopback = ",".join(filter(None, [os.environ.get("no_proxy", ""), "127.0.0.1", "localhost"]))
        found = {
            "no_proxy": loopback,
            "NO_PROXY": loopback,
            "NEWSFLOW_HOME": str(self.home.root),
            "NEWSFLOW_DATABASE_URL": self.database_url,
            "AIRFLOW_CONN_NEWS_DB": self.database_url,
            "NEWSFLOW_CONTACT": self.settings.contact,
        }
        if self.newsroom:
            found["NEWSFLOW_SCHEDULE"] = self._schedule
            found["NEWSFLOW_POLL_SCHEDULE"] = os.environ.get("NEWSFLOW_POLL_SCHEDULE", "")
            given = os.environ.get("NEWSFLOW_ALLOW_ORIGINS", "").split()
            found["NEWSFLOW_ALLOW_ORIGINS"] = " ".join([*given, *self.newsroom.origins.values()])
        return found

    def show_run(self) -> bool:
        """One run of `news_ingest`, watched; whether it was good. The newsroom's next edition comes out after it."""
        self.airflow.client.unpause(NEWS_INGEST)
        self._show_unfinished()
        result = ingest(self.airflow.client, self.settings, self.show, NEWS_INGEST, force=self.newsroom is not None)
        summary(self.settings, self.show, result)
        if result.good and self.newsroom:
            sample.turn_page(self.home.newsroom_notes)
        return self.show_addresses() and result.good

    def _show_unfinished(self) -> None:
        """Watch first what Airflow carries on or makes up for: such a run takes the news before ours does."""
        for dag_run_id in self.airflow.client.unfinished(NEWS_INGEST):
            self.show.line(f"✓ {NEWS_INGEST} is at work already: {dag_run_id}; a run for you follows")
            summary(
                self.settings, self.show, watch(self.airflow.client, self.settings, self.show, NEWS_INGEST, dag_run_id)
            )

    def show_addresses(self) -> bool:
        """Where to look; what was asked for is done."""
        self.working = False
        self.show.where(addresses(self.home, self.settings, self.airflow.ports.url, on_screen=self.show.is_screen))
        self.show.line(self._next_run())
        tell(self.show, self.closing, self.settings, Client(self.airflow.ports.url, self.home.password()))
        return True

    @property
    def _schedule(self) -> str:
        """When news_ingest runs; the sample newsroom's editions come out by hand, run by run."""
        return os.environ.get("NEWSFLOW_SCHEDULE", "") if self.newsroom else self.settings.schedule

    def _next_run(self) -> str:
        """When news come in by themselves, in a sentence."""
        if self._schedule:
            return f"While this is up, news_ingest runs at “{self._schedule}” (cron, UTC; NEWSFLOW_SCHEDULE)."
        return "The next run is by hand: `make run` again, or Trigger in Airflow."

    def stay(self) -> None:
        """Until Ctrl-C; raises `AirflowError` where a server ends on its own."""
        while True:
            self.airflow.check()
            for log in (*self.home.logs.glob("*.log"), server(self.home).log):
                logs.shorten(log)
            if self.newsroom:
                edition = sample.SampleNotes.read(self.home.newsroom_notes, utcnow()).edition
                if edition and edition != self.newsroom.edition:
                    self.newsroom.advance(edition)
            time.sleep(1)
