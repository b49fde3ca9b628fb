"""Judges in processes of their own, for one who clusters: they read ahead, and share out what is to be compared."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from types import TracebackType

from psycopg2.extensions import connection as Connection

from newsflow.batched import batched
from newsflow.dedupe.comparer import Asked, Comparer, Pair, Versions, by_story, versions_of
from newsflow.dedupe.text_cache import ReadText
from newsflow.dedupe.verify import Comparison
from newsflow.isolation.cores import cores
from newsflow.isolation.workers import Call, Workers
from newsflow.settings import Settings
from newsflow.store.db import connect

PIECES = 4  # of a process' share: who is done takes from the others
LONG = 2000  # pages from which other processes are worth their start


class ComparerPool:
    """Reads and compares for the caller, who holds the transaction; alone it works in this process.

    Others see only what is committed: extractions are, long before, and nothing else is read.

    :param pages: how many are waiting.
    """

    def __init__(self, settings: Settings, conn: Connection, pages: int) -> None:
        self.own = Comparer(conn)
        self._dsn = settings.dsn
        self._size = settings.dedupe_workers or (cores() if pages >= LONG else 1)
        self._others: list[Workers] = []
        self._running = ExitStack()
        self._batches: Iterator[Sequence[int]] = iter(())
        self._ahead: list[Call[dict[int, ReadText]]] = []

    def __enter__(self) -> ComparerPool:
        if self._size > 1:
            # a set of one each, so that a story's pages can go to the process that has its texts at hand
            sets = [Workers(1, begin=partial(_begin, self._dsn)) for _ in range(self._size)]
            self._others = [self._running.enter_context(one) for one in sets]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.__exit__(kind, error, trace)

    def plan(self, batches: Iterable[Sequence[int]]) -> None:
        """Say what will be read, batch by batch: each is read while its forerunner is compared and stored."""
        self._batches = iter(batches)
        self._read_next()

    def _read_next(self) -> None:
        batch = next(self._batches, ())
        size = -(-len(batch) // max(1, len(self._others))) or 1
        self._ahead = [
            other.submit(_readings, some) for other, some in zip(self._others, batched(batch, size), strict=False)
        ]

    def readings(self, extractions: Collection[int]) -> dict[int, ReadText]:
        """Sketch and credits of each extraction: what was read ahead, the rest now."""
        ready = {key: reading for call in self._ahead for key, reading in call.value().items()}
        self._read_next()
        missing = [key for key in extractions if key not in ready]
        return {key: ready[key] for key in extractions if key in ready} | self.own.readings(missing)

    def comparisons(self, asked: Asked, versions: Versions) -> dict[Pair, Comparison]:
        """Verdicts worth keeping on pages and their candidates, as `Judge.verdicts`."""
        if not self._others:
            return self.own.comparisons(asked, versions)
        left = pieces(asked, len(self._others))

        def work(number: int) -> dict[Pair, Comparison]:
            found: dict[Pair, Comparison] = {}
            while piece := take(left, number):
                found |= self._others[number].submit(_comparisons, piece, versions_of(piece, versions)).value()
            return found

        with ThreadPoolExecutor(len(left)) as threads:
            return {pair: verdict for found in threads.map(work, range(len(left))) for pair, verdict in found.items()}


def pieces(asked: Asked, count: int) -> list[deque[Asked]]:
    """The share of each process, in pieces that hold something."""
    return [deque(filter(None, shares(share, PIECES))) for share in shares(asked, count)]


def take(left: Sequence[deque[Asked]], number: int) -> Asked | None:
    """The next of a process' own pieces, or the last of the one's that has most left; None where all are taken."""
    try:
        return left[number].popleft() if left[number] else max(left, key=len).pop()
    except IndexError:  # another took it meanwhile
        return None


def shares(asked: Asked, count: int) -> list[Asked]:
    """As many parts of about equal work; a story's pages are in one part, or in two that follow."""
    parts: list[dict[int, Sequence[int]]] = [{} for _ in range(count)]
    work, done = sum(map(len, asked.values())), 0
    for page in by_story(asked):
        parts[done * count // work][page] = asked[page]
        done += len(asked[page])
    return list(parts)


_comparers: list[Comparer] = []  # one, in a process of the pool


def _begin(dsn: str) -> None:
    conn = connect(dsn, application="newsflow deduplicate")
    conn.autocommit = True
    _comparers[:] = [Comparer(conn)]


def _readings(extractions: Sequence[int]) -> dict[int, ReadText]:
    return _comparers[0].readings(extractions)


def _comparisons(asked: Asked, versions: Versions) -> dict[Pair, Comparison]:
    return _comparers[0].comparisons(asked, versions)
