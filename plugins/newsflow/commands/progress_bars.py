"""Progress bars beside a run that works in this process: what the ledger says of it, on stderr."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from newsflow.clock import utcnow
from newsflow.errors import NewsflowError
from newsflow.settings import Settings

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection
    from rich.progress import Progress, TaskID

EVERY_S = 0.3


class Bar(NamedTuple):
    """One bar: `done` of `total`, in whatever unit the name says."""

    name: str
    done: int
    total: int
    note: str


Look = Callable[["Connection"], Iterable[Bar]]


@contextmanager
def watched(settings: Settings, look: Look) -> Iterator[None]:
    """Show bars while the block works; `look` is asked again and again, over a connection of its own."""
    done = threading.Event()
    watcher = threading.Thread(target=_watch_quietly, args=(settings, look, done), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def stages(run_id: int) -> Look:
    """A bar for each stage of a run, in pages (or feeds)."""

    def look(conn: Connection) -> Iterator[Bar]:
        from newsflow.progress import snapshot

        for stage in snapshot(conn, run_id, utcnow()):
            yield Bar(stage.stage, stage.done, stage.total, f"{stage.rate:.1f}/s")

    return look


def _watch_quietly(settings: Settings, look: Look, done: threading.Event) -> None:
    """Watch, and end without a word where the database is away: whoever works says so, once."""
    import psycopg2

    with suppress(psycopg2.Error, NewsflowError):
        _watch(settings, look, done)


def _watch(settings: Settings, look: Look, done: threading.Event) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from newsflow.store.db import session

    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    last = TextColumn("{task.fields[note]}")
    with session(settings.dsn) as conn, Progress(*columns, last, console=Console(file=sys.stderr)) as bars:
        known: dict[str, TaskID] = {}
        while not done.wait(EVERY_S):
            _update(bars, known, look(conn))
        _update(bars, known, look(conn))


def _update(bars: Progress, known: dict[str, TaskID], lines: Iterable[Bar]) -> None:
    for line in lines:
        if line.name not in known:
            known[line.name] = bars.add_task(line.name, total=None, note="")
        bars.update(known[line.name], completed=line.done, total=max(line.total, 1), note=line.note)
