"""`make run`: PostgreSQL, Airflow and the sample newsroom, started together and stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from newsflow.clock import utcnow
from newsflow.errors import NewsflowError
from newsflow.local import contact, logs, processes, sample
from newsflow.local.airflow import READY_S, Airflow, AirflowError, Client, Ports, configuration
from newsflow.local.home import BusyError, Home, Running, myself
from newsflow.local.newsroom import Newsroom
from newsflow.local.nightly_run import addresses, ingest, summary, watch
from newsflow.local.postgres import PostgresError, Server, binaries, free_port
from newsflow.local.terminal import Terminal
from newsflow.local.unprivileged import data_folder
from newsflow.names import NEWS_INGEST
from newsflow.settings import Settings
from newsflow.store.db import session
from newsflow.store.migrate import MigrationError, migrate

DATABASE, METADATA = "news", "airflow"


def server(home: Home) -> Server:
    """The embedded server of a home, not yet started."""
    return Server(data_folder(home.root) / "data", 0, binaries())


@contextmanager
def database(home: Home, settings: Settings, show: Terminal, *, any_release: bool = False) -> Iterator[str]:
    """URL of the news database: the user's, that of servers at work here, or one started for as long as this lasts.

    One that is started is at this release's schema.

    :param any_release: whether one of a newer release, or of an edited schema, is given as it is.
    :raises MigrationError: where it is not, and such a one is found.
    """
    if own := settings.database_url.get_secret_value():
        yield own
        return
    with ExitStack() as stack:
        if running := _join(home.prepare(), stack):
            yield running.database_url
            return
        embedded = server(home)
        with show.step("starting PostgreSQL"):
            embedded.start()
        try:
            embedded.ensure_database(DATABASE)
            url = embedded.url(DATABASE)
            with suppress(*([MigrationError] if any_release else [])), session(url) as conn:
                migrate(conn)
            home.announce(myself(url))
            yield url
        finally:
            let_others_end(home, show)
            embedded.stop()


def _join(home: Home, stack: ExitStack) -> Running | None:
    """Use the servers that are up here, for as long as the stack lasts; else hold the home (None).

    Where another newsflow is just starting or stopping them, wait for it.

    :raises BusyError: where that takes more than `READY_S`.
    """
    deadline = time.monotonic() + READY_S
    while True:
        with ExitStack() as use:
            use.enter_context(home.used())
            if running := home.running():
                stack.push(use.pop_all())
                return running
        try:
            stack.enter_context(home.held())
        except BusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return None


def let_others_end(home: Home, show: Terminal) -> None:
    """Take no more users, and wait for those that are at work with our servers; Ctrl-C ends the waiting."""
    home.withdraw()
    if not home.in_use():
        return
    show.line("· another newsflow uses these servers: they stop when it is done (Ctrl-C: at once)")
    hurry = threading.Event()
    with _handled(lambda _number, _frame: hurry.set()):
        while home.in_use() and not hurry.wait(0.5):
            pass


Closing = Callable[[Settings, Client], Iterable[str]]


def nothing_more(_settings: Settings, _client: Client) -> Iterable[str]:
    """No lines below the addresses."""
    return ()


@dataclass
class Launcher:
    """All servers of a home; `open` starts them, and whatever happens they end with us."""

    home: Home
    settings: Settings
    show: Terminal
    feeds: Path | None = None
    closing: Closing = nothing_more
    newsroom: Newsroom | None = None
    _stack: ExitStack = field(default_factory=ExitStack)
    airflow: Airflow = field(init=False)
    database_url: str = ""
    working: bool = True

    @contextmanager
    def open(self) -> Iterator[Launcher]:
        """Start everything; raises `BusyError` where another launcher holds the home."""
        with ExitStack() as self._stack:
            self._stack.enter_context(_signals())
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

    @property
    def notes(self) -> Path:
        """What the home remembers of its newsroom."""
        return self.home.root / "newsroom.json"

    def _open_newsroom(self) -> None:
        notes = sample.SampleNotes.read(self.notes, utcnow())
        with session(self.database_url) as conn:
            if self.feeds or sample.has_own_feeds(conn, notes):
                self.settings = contact.asked(self.home, self.settings, self.show)
                if self.feeds:
                    import_feeds(self.feeds, self.settings)
                sample.pause(conn, notes)
                return
            newsroom, kept = sample.open_newsroom(self.notes, utcnow())
            sample.register(conn, newsroom)
        if not kept and notes.ports:
            self.show.line("! a port of the sample newsroom was taken: its articles appear under new addresses")
        self.newsroom = self._stack.enter_context(newsroom)
        publishers, articles = len(newsroom.world.publishers), sum(newsroom.world.counts().values())
        self.show.line(f"✓ sample newsroom: {publishers} publishers, {articles} articles, edition “{newsroom.edition}”")

    def _start_airflow(self, metadata_url: str) -> None:
        ports = Ports(free_port())
        env = {**os.environ, **configuration(self.home, ports, metadata_url), **self._task_environment()}
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
            sample.turn_page(self.notes)
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
                edition = sample.SampleNotes.read(self.notes, utcnow()).edition
                if edition and edition != self.newsroom.edition:
                    self.newsroom.advance(edition)
            time.sleep(1)


@contextmanager
def _signals() -> Iterator[None]:
    """End on SIGTERM and SIGHUP as on Ctrl-C; a second Ctrl-C does not break the clean end."""

    def stop(number: int, _frame: object) -> None:
        for each in _ENDS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt(number)

    with _handled(stop):
        yield


_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def _handled(handler: Callable[[int, Any], None]) -> Iterator[None]:
    """Handle the signals that ask for an end; Python allows that in the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in _ENDS}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def tell(show: Terminal, closing: Closing, settings: Settings, client: Client) -> None:
    """The last lines, below the addresses."""
    for line in closing(settings, client):
        show.line(line)


def up(
    home: Home,
    settings: Settings,
    show: Terminal,
    *,
    run: bool,
    once: bool,
    feeds: Path | None,
    closing: Closing = nothing_more,
) -> int:
    """Start, run, show, stay; or use the servers that are up here already. Returns the exit code."""
    deadline, told = time.monotonic() + READY_S, False
    while True:
        try:
            return _up(Launcher(home, settings, show, feeds, closing), run=run, once=once)
        except BusyError as error:
            running = home.running()
            if running and running.airflow_url:
                with home.used():
                    if home.running() == running:  # it may have begun to stop meanwhile
                        return attach(home, running, settings, show, run=run, feeds=feeds, closing=closing)
            if time.monotonic() > deadline:
                raise
            if not told:
                show.line(f"· {error}: waiting until it is up, or gone …")
            told = True
            time.sleep(1)


def _up(launcher: Launcher, *, run: bool, once: bool) -> int:
    """Start, run, show, stay.

    :raises BusyError: where another launcher holds the home.
    """
    show, good = launcher.show, True
    try:
        with launcher.open():
            good = launcher.show_run() if run else launcher.show_addresses()
            if not once:
                show.line("\nup until Ctrl-C")
                launcher.stay()
    except KeyboardInterrupt:
        show.line("stopped")
        return 130 if launcher.working else int(not good)
    except (AirflowError, PostgresError) as error:
        show.line(f"! {error}")
        return 1
    return int(not good)


def attach(
    home: Home,
    running: Running,
    settings: Settings,
    show: Terminal,
    *,
    run: bool,
    feeds: Path | None,
    closing: Closing = nothing_more,
) -> int:
    """Use the servers that another launcher of this home keeps up, and leave them up."""
    show.line(f"✓ servers of this checkout are up already (process {running.pid}); using them")
    settings = settings.model_copy(update={"database_url": SecretStr(running.database_url)})
    settings = contact.known(home, settings)
    if feeds:
        import_feeds(feeds, settings)
    good = True
    if run:
        force = sample.runs(settings, home.root / "newsroom.json")
        result = ingest(Client(running.airflow_url, home.password()), settings, show, NEWS_INGEST, force=force)
        good = result.good
        summary(settings, show, result)
        if good and force:
            sample.turn_page(home.root / "newsroom.json")
    show.where(addresses(home, settings, running.airflow_url, on_screen=show.is_screen))
    tell(show, closing, settings, Client(running.airflow_url, home.password()))
    return int(not good)


def import_feeds(feeds: Path, settings: Settings) -> None:
    """`newsflow feeds import FILE`.

    :raises NewsflowError: where the file can't be used; the command has said why.
    """
    command = [sys.executable, "-m", "newsflow.cli", "feeds", "import", str(feeds)]
    given = {"NEWSFLOW_DATABASE_URL": settings.dsn, "NEWSFLOW_CONTACT": settings.contact}
    if subprocess.run(command, env={**os.environ, **given}, check=False).returncode:
        raise NewsflowError(f"the feeds of {feeds} could not be imported")


def down(home: Home) -> int:
    """End the launcher of this home and whatever is left of it; returns how many processes ended."""
    running, stopped = home.prepare().running(), 0
    if running:
        processes.end([running.pid], grace_s=60)
        stopped += 1
    left = processes.marked(home.mark)
    processes.end(left)
    embedded = server(home)
    if embedded.running():
        embedded.stop()
        left.append(0)
    home.withdraw()
    return stopped + len(left)
