"""A month of a newsroom's nights, written straight into the ledger; each night runs by an injected clock.

Publishers are quiet (steady, weekdays only, weekly, irregular, always half paywalled) or carry a
planted fault with the day on which it begins.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from psycopg2.extensions import connection as Connection
from psycopg2.extras import Json, execute_values

from newsflow.poll import gaps

FIRST = datetime(2026, 3, 2, 2, 0, tzinfo=timezone.utc)  # a Monday


@dataclass
class Outlet:
    """A publisher's habits: articles a weekday (Monday first), share that is readable, body length in words."""

    name: str
    week: tuple[float, ...] = (14, 14, 15, 14, 13, 7, 6)
    readable: float = 0.97
    words: int = 420
    failure: str = "too_short"
    fault: str = ""
    from_night: int = 999
    publisher_id: int = 0
    feed_id: int = 0
    origin_id: int = 0


def newsroom() -> list[Outlet]:
    """Quiet publishers and those with a planted fault."""
    quiet = [
        Outlet("courier.example", week=(31, 33, 30, 34, 29, 16, 14)),
        Outlet("heute.example", words=380),
        Outlet("lejournal.example", week=(20, 22, 21, 19, 23, 12, 10), words=510),
        Outlet("tribune.example", readable=0.92),
        Outlet("business.example", week=(11, 12, 11, 12, 10, 0, 0)),
        Outlet("weekly.example", week=(0, 0, 0, 18, 0, 0, 0), words=1300),
        Outlet("notebook.example", week=(1.2, 1.0, 1.1, 1.0, 0.9, 1.0, 1.3), words=900),
        Outlet("premium.example", readable=0.48, failure="paywall"),
        Outlet("village.example", week=(3, 3, 4, 3, 3, 2, 2), words=260),
        Outlet("harbour.example", week=(9, 8, 9, 9, 8, 9, 8)),
    ]
    planted = [
        Outlet("redesign.example", fault="template", failure="not_text", from_night=26),
        Outlet("teaser.example", fault="shrunk", from_night=25, words=600),
        Outlet("radiosilence.example", fault="silent", from_night=24, week=(8, 9, 8, 9, 8, 7, 8)),
        Outlet("moved.example", fault="moved", from_night=22),
    ]
    return quiet + planted


@dataclass
class Month:
    """The scenario on a database: `night(n)` writes night n (0 is the first) and gives its end."""

    conn: Connection
    outlets: list[Outlet] = field(default_factory=newsroom)
    outage_night: int = 17
    seed: int = 7
    dag_id: str = "news_ingest"
    first: datetime = FIRST

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.pages = 0
        for outlet in self.outlets:
            self._register(outlet)
        self.conn.commit()

    def begin(self, night: int) -> datetime:
        """When a night's run begins."""
        return self.first + timedelta(days=night)

    def play(self, nights: int) -> Iterator[tuple[int, datetime]]:
        """Write night after night; gives (number, end of the run) after each."""
        for night in range(nights):
            yield night, self.night(night)

    def night(self, night: int) -> datetime:
        """Write one night's polls, pages, extractions and verdict."""
        begin, out = self.begin(night), night == self.outage_night
        run_id = self._run(begin)
        rows: list[tuple[Outlet, str, str | None, str | None, int]] = []
        for outlet in self.outlets:
            rows += [(outlet, *fate) for fate in self._pages(outlet, night, out)]
            self._poll(outlet, run_id, begin, night, out, sum(r[0] is outlet for r in rows))
        self._store(run_id, begin, rows)
        self._move(night, begin)
        self._note_outage(begin, out)
        self._finish(run_id, begin, rows, out)
        self.conn.commit()
        return begin + timedelta(minutes=40)

    def _register(self, o: Outlet) -> None:
        o.publisher_id = self._value(
            "insert into ingest.publisher (name, title, homepage) values (%s, %s, %s) returning publisher_id",
            o.name,
            f"The {o.name.split('.')[0].title()}",
            f"https://{o.name}/",
        )
        o.origin_id = self._value(
            "insert into ingest.origin (origin, publisher_id) values (%s, %s) returning origin_id",
            f"https://{o.name}",
            o.publisher_id,
        )
        o.feed_id = self._value(
            "insert into ingest.feed (publisher_id, url, kind, title) values (%s, %s, 'rss', %s) returning feed_id",
            o.publisher_id,
            f"https://{o.name}/feed.xml",
            f"{o.name}: news",
        )

    def _run(self, begin: datetime) -> int:
        return self._value(
            "insert into ingest.run (dag_id, dag_run_id, started_at) values (%s, %s, %s) returning run_id",
            self.dag_id,
            f"nightly__{begin.isoformat()}",
            begin,
        )

    def _pages(self, o: Outlet, night: int, out: bool) -> list[tuple[str, str | None, str | None, int]]:
        """(fetch, extract, load outcome, words) of each page that is due."""
        if out or (o.fault in ("silent", "moved") and night >= o.from_night):
            return []
        mean = o.week[self.begin(night).weekday()]
        number = max(0, round(self.random.gauss(mean, mean**0.5 * 0.6))) if mean else 0
        return [self._fate(o, night) for _ in range(number)]

    def _fate(self, o: Outlet, night: int) -> tuple[str, str | None, str | None, int]:
        broken = night >= o.from_night
        if self.random.random() < 0.02:
            return (self.random.choice(["not_found", "server_error", "deadline"]), None, None, 0)
        share = 0.06 if o.fault == "template" and broken else o.readable
        if self.random.random() > share:
            return ("ok", o.failure, None, 0)
        length = o.words * (0.22 if o.fault == "shrunk" and broken else 1.0)
        return (
            "ok",
            "ok",
            "revised" if self.random.random() < 0.04 else "new",
            max(30, round(self.random.lognormvariate(0, 0.25) * length)),
        )

    def _poll(self, o: Outlet, run_id: int, begin: datetime, night: int, out: bool, found: int) -> None:
        if o.fault == "moved" and night > o.from_night:
            return
        gone = o.fault == "moved" and night == o.from_night
        outcome = "own_outage" if out else "gone" if gone else "ok"
        detail = "status 410" if gone else ""
        self._execute(
            "insert into ingest.poll (polled_at, feed_id, run_id, outcome, status, entries, new_entries, seconds,"
            " detail) values (%s, %s, %s, %s, %s, 40, %s, 0.2, %s)",
            begin,
            o.feed_id,
            run_id,
            outcome,
            0 if out else 410 if gone else 200,
            found,
            detail,
        )
        self._execute(
            "update ingest.feed set last_poll_at = %s, last_outcome = %s, failures = %s,"
            " last_ok_at = case when %s then last_ok_at else %s end,"
            " last_new_at = case when %s then %s else last_new_at end where feed_id = %s",
            begin,
            outcome,
            0,  # nobody is blamed for an outage of ours
            out,
            begin,
            found > 0,
            begin,
            o.feed_id,
        )

    def _note_outage(self, begin: datetime, out: bool) -> None:
        """As poll does: one gap and one alarm for all feeds, ended by the first answer."""
        if out:
            gaps.own_outage(self.conn, begin, len(self.outlets))
        else:
            gaps.outage_over(self.conn, begin)

    def _move(self, night: int, begin: datetime) -> None:
        """From its night on, the moved feed is gone and its site names another."""
        for o in (o for o in self.outlets if o.fault == "moved" and night == o.from_night):
            self._execute("update ingest.feed set state = 'gone', reason = 'the server says so (410)', "
                          "last_outcome = 'gone' where feed_id = %s", o.feed_id)  # fmt: skip
            self._execute(
                "insert into ingest.proposal (feed_id, url, kind, title, reason, proposed_at)"
                " values (%s, %s, 'atom', %s, 'the home page names it', %s)",
                o.feed_id, f"https://{o.name}/news/atom.xml", f"{o.name}: all news", begin,
            )  # fmt: skip

    def _store(self, run_id: int, begin: datetime, rows: list[Any]) -> None:
        numbers = range(self.pages + 1, self.pages + len(rows) + 1)
        urls = [f"https://{r[0].name}/2026/{n}-a-story" for n, r in zip(numbers, rows, strict=True)]
        self.pages += len(rows)
        pages = [self._page(url, r, begin) for url, r in zip(urls, rows, strict=True)]
        ids = self._many(
            "insert into ingest.page (url, url_hash, origin_id, publisher_id, state, outcome, detail, discovered_at,"
            " changed_at) values %s returning page_id",
            pages,
        )
        self._many(
            "insert into ingest.run_page (run_id, page_id, shard, entered, fetch_outcome, extract_outcome,"
            " deduplicate_outcome, load_outcome) values %s returning page_id",
            [(run_id, i, 0, "fetch", r[1], r[2], "ok" if r[3] else None, r[3]) for i, r in zip(ids, rows, strict=True)],
        )
        self._many(
            "insert into ingest.extraction (page_id, run_id, extractor, outcome, title, body, word_count, content_hash,"
            " text_hash, extracted_at) values %s returning extraction_id",
            [
                (i, run_id, "test", r[2], f"Story {i} of {r[0].name}", "word " * 20, r[4], _hash(i), _hash(i), begin)
                for i, r in zip(ids, rows, strict=True)
                if r[2]
            ],
        )

    def _page(self, url: str, row: Any, begin: datetime) -> tuple[Any, ...]:
        outlet, fetch, extract, load, _ = row
        state = "loaded" if load else ("pending" if fetch in ("server_error", "deadline") else "rejected")
        outcome = load or extract or fetch
        return (
            url,
            _hash(url),
            outlet.origin_id,
            outlet.publisher_id,
            state,
            outcome,
            "",
            begin,
            begin + timedelta(minutes=20),
        )

    def _finish(self, run_id: int, begin: datetime, rows: list[Any], out: bool) -> None:
        counts: dict[str, dict[str, int]] = {s: {} for s in ("poll", "fetch", "extract", "deduplicate", "load")}
        counts["poll"] = {"own_outage" if out else "ok": len(self.outlets)}
        for _, fetch, extract, load, _ in rows:
            for stage, code in (
                ("fetch", fetch),
                ("extract", extract),
                ("deduplicate", "ok" if load else None),
                ("load", load),
            ):
                if code:
                    counts[stage][code] = counts[stage].get(code, 0) + 1
        for position, (stage, by) in enumerate(counts.items()):
            self._execute(
                "insert into ingest.run_stage (run_id, stage, started_at, ended_at, counts, cpu_s)"
                " values (%s, %s, %s, %s, %s, %s)",
                run_id,
                stage,
                begin + timedelta(minutes=position * 8),
                begin + timedelta(minutes=position * 8 + 7),
                Json(by),
                2 + 0.05 * sum(by.values()),
            )
        load = counts["load"]
        verdict = (
            f"Not good: all {len(self.outlets)} feeds failed."
            if out
            else f"Good: {len(self.outlets)} feeds asked; {load.get('new', 0)} new articles, "
            f"{load.get('revised', 0)} revised, 0 unchanged."
        )
        self._execute(
            "update ingest.run set state = %s, verdict = %s, ended_at = %s where run_id = %s",
            "failed" if out else "success",
            verdict,
            begin + timedelta(minutes=40),
            run_id,
        )

    def _execute(self, statement: str, *params: Any) -> None:
        with self.conn.cursor() as cursor:
            cursor.execute(statement, params)

    def _value(self, statement: str, *params: Any) -> int:
        with self.conn.cursor() as cursor:
            cursor.execute(statement, params)
            return int(cursor.fetchone()[0])

    def _many(self, statement: str, rows: list[Any]) -> list[int]:
        if not rows:
            return []
        with self.conn.cursor() as cursor:
            return [r[0] for r in execute_values(cursor, statement, rows, page_size=len(rows), fetch=True)]


def _hash(value: object) -> bytes:
    return hashlib.sha256(str(value).encode()).digest()
