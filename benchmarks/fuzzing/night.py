"""Nights whose every input is damaged, through the real steps into a real database: each input must have an outcome.

A loopback server serves feeds, pages, their heads and robots.txt; WARC files go through backfill, lists through
subscriptions, files through import. What ends a step is a finding, and so is an input of which nothing is noted.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from psycopg2.extensions import cursor as Plain
from pydantic import SecretStr

from benchmarks.fuzzing import inputs
from newsflow import pipeline
from newsflow.backfill import pipeline as backfill
from newsflow.backfill.request import BackfillRequest
from newsflow.clock import utcnow
from newsflow.importer.columns import MissingColumnError
from newsflow.importer.read import UnreadableError
from newsflow.importer.step import import_file
from newsflow.outcomes import Outcome, where
from newsflow.request import RunRequest
from newsflow.settings import Settings
from newsflow.store.db import session, transaction
from newsflow.subscriptions import lists
from newsflow.subscriptions import store as subscriptions
from newsflow.subscriptions.lists import Listed, ListError
from tests.webserver import Server, raw

_WAITS = where(lambda it: it.kind == "retry")


@dataclass
class Tally:
    """What went in, how each ended, and what went wrong."""

    inputs: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def ended(self, kind: str, outcome: str | None, name: str) -> None:
        """Note an input's end; one without is a finding."""
        self.inputs[kind] += 1
        if outcome is None:
            self.findings.append(f"{kind} {name} has no outcome")
        else:
            self.outcomes[kind, outcome] += 1


class Night:
    """One round: inputs of all kinds from one seed."""

    def __init__(self, dsn: str, folder: Path, seed: str, tally: Tally, bases: Sequence[bytes] = ()) -> None:
        self._rng, self._seed, self._tally, self._bases, self._folder = Random(seed), seed, tally, bases, folder
        self._servers = [Server() for _ in range(3)]
        self._settings = Settings(
            database_url=SecretStr(dsn),
            archive=str(folder / "archive"),
            allow_origins=frozenset(server.origin for server in self._servers),
            delay_s=0.0,
            max_delay_s=0.1,
            deadline_s=20.0,
            max_bytes=4_000_000,
            shards=1,
            extract_timeout_s=5.0,
            check_min_loaded=0.0,
            poll_budget_s=10.0,
            poll_tail_s=5.0,
            fetch_budget_s=20.0,
            fetch_tail_s=5.0,
        )

    def run(self, pages: int) -> None:
        """All kinds, one after the other; a step that ends is a finding, and the others go on."""
        try:
            for what in (self._lists, lambda: self._web(pages), self._warc, self._import):
                with self._watched(getattr(what, "__name__", "web")):
                    what()
        finally:
            for server in self._servers:
                server.close()

    @contextmanager
    def _watched(self, what: str) -> Iterator[None]:
        try:
            yield
        except Exception:
            last = traceback.format_exc().strip().splitlines()
            self._tally.findings.append(f"seed {self._seed}: {what} ended: {last[-1][:300]} ({last[-3].strip()[:200]})")

    def _file(self, name: str, data: bytes) -> Path:
        path = self._folder / f"{self._seed.replace('/', '-')}-{name}"
        path.write_bytes(data)
        return path

    def _rows(self, sql: str, *values: Any) -> list[Any]:
        with session(self._settings.dsn) as conn, conn.cursor(cursor_factory=Plain) as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchall()

    # -- lists --

    def _lists(self) -> None:
        for _ in range(4):
            data, kind = inputs.feed_list(self._rng)
            try:
                found = lists.read(lists.decoded(data), kind)
            except ListError:
                self._tally.ended("list", "refused", kind)
                continue
            with session(self._settings.dsn) as conn:
                added = subscriptions.add(conn, found, utcnow())
            whole = len(added.new) + len(added.known) + len(added.refused)
            self._tally.ended("list", "read" if whole else None, kind)
        with session(self._settings.dsn) as conn, transaction(conn), conn.cursor() as cursor:
            cursor.execute("update ingest.feed set state = 'paused'")  # nobody out there is asked

    # -- the web --

    def _web(self, pages: int) -> None:
        urls = [self._serve(number) for number in range(pages)]
        for server in self._servers:
            self._answer(server, "/robots.txt", inputs.robots(self._rng))
        feeds = self._feeds(urls)
        request, name = RunRequest(feeds=feeds, force=True), f"fuzz-{self._seed}"
        run = pipeline.open_run(self._settings, "fuzz", name, request)
        for shard in pipeline.poll(self._settings, run, request):
            pipeline.fetch(self._settings, run, shard.shard)
            pipeline.extract(self._settings, run, shard.shard)
        self._finish(run)
        self._count_web(run, feeds, urls)

    def _finish(self, run: int) -> None:
        pipeline.deduplicate(self._settings, run)
        pipeline.load(self._settings, run)
        self._rows("update ingest.run set state = 'success' where run_id = %s returning run_id", run)
        open_pages = self._rows(
            "select count(*) from ingest.run_page x join ingest.page p using (page_id)"
            " where run_id = %s and p.state in ('captured', 'extracted', 'clustered')", run)  # fmt: skip
        if open_pages[0][0]:
            self._tally.findings.append(f"seed {self._seed}: {open_pages[0][0]} pages stand between two steps")

    def _serve(self, number: int) -> str:
        server = self._rng.choice(self._servers)
        path = f"/2026/05/12/{self._seed.replace('/', '-')}-{number}"
        self._answer(server, path, inputs.page(self._rng, self._bases))
        return server.url(path)

    def _feeds(self, urls: Sequence[str]) -> list[str]:
        """One feed of each origin with hostile entries, and a sound one that names all pages."""
        found = []
        for server in self._servers:
            self._answer(server, "/feed", inputs.feed(self._rng, self._rng.sample(urls, min(4, len(urls)))))
            found.append(server.url("/feed"))
        self._answer(self._servers[0], "/sound", inputs.plain_feed(urls))
        found.append(self._servers[0].url("/sound"))
        with session(self._settings.dsn) as conn:
            subscriptions.add(conn, [Listed(url, f"p{n}.example") for n, url in enumerate(found)], utcnow())
        return found

    @staticmethod
    def _answer(server: Server, path: str, served: inputs.Serves) -> None:
        server.plays[path] = raw(b"".join(served))

    def _count_web(self, run: int, feeds: Sequence[str], urls: Sequence[str]) -> None:
        polled = dict(self._rows("select f.url, p.outcome from ingest.poll p join ingest.feed f using (feed_id)"
                                 " where p.run_id = %s", run))  # fmt: skip
        for url in feeds:
            self._tally.ended("feed", polled.get(url), f"{self._seed} {url}")
        known = dict(self._rows("select url, coalesce(outcome, case when state = 'pending' and next_attempt_at > now()"
                                " then 'waits' end) from ingest.page where url = any(%s)", list(urls)))  # fmt: skip
        sound = polled.get(feeds[-1]) == Outcome.OK
        for url in urls if sound else known:
            self._tally.ended("page and its head", known.get(url), f"{self._seed} {url}")
        asked = dict(self._rows("select origin, robots_status::text from ingest.origin where origin = any(%s)",
                                [server.origin for server in self._servers]))  # fmt: skip
        for server in self._servers:
            self._tally.ended("robots.txt", _robots(server, asked), f"{self._seed} {server.origin}")

    # -- files --

    def _warc(self) -> None:
        paths = [self._file(f"{n}.warc.gz", inputs.warc(self._rng, self._bases)) for n in range(2)]
        request = BackfillRequest(warc=[str(path) for path in paths])
        run = pipeline.open_run(self._settings, "fuzz-backfill", f"fuzz-{self._seed}", request)
        for shard in backfill.plan(self._settings, run, request):
            backfill.read(self._settings, run, shard.shard, request)
        for shard in backfill.shards(self._settings, run):
            pipeline.extract(self._settings, run, shard.shard)
        self._finish(run)
        ended = dict(self._rows("select source, state from ingest.backfill_file where run_id = %s", run))
        for path in paths:
            state = ended.get(str(path))
            self._tally.ended("WARC file", state if state in ("done", "failed") else None, str(path))
            path.unlink()

    def _import(self) -> None:
        for n in range(2):
            data, ending = inputs.table(self._rng)
            path = self._file(f"{n}{ending}", data)
            try:
                found = import_file(self._settings, path)
            except (UnreadableError, MissingColumnError):
                self._tally.ended("imported file", "refused", str(path))
                continue
            finally:
                path.unlink()
            whole = sum(found.counts.values()) + found.rejected
            self._tally.ended("imported file", "read" if whole or not data.strip() else "empty", str(path))
            for outcome, rows in found.counts.items():
                self._tally.outcomes["row of it", outcome] += rows
            for reject in found.rejects:
                self._tally.outcomes["row of it", str(reject.outcome)] += 1


def _robots(server: Server, asked: dict[str, str]) -> str | None:
    """How a robots.txt ended; where it was never asked for, nothing of its origin was."""
    if not server.asked("/robots.txt"):
        return "not asked for"
    return f"status {asked[server.origin]}" if asked.get(server.origin) is not None else "no answer that counts"


def nights(
    dsn: str, folder: Path, seed: int, bases: Sequence[bytes], go_on: Callable[[Tally], bool], pages: int
) -> Tally:
    """Night after night until `go_on` says no, or something was found."""
    tally, number = Tally(), 0
    while go_on(tally):
        Night(dsn, folder, f"{seed}/{number}", tally, bases).run(pages)
        number += 1
    return tally
