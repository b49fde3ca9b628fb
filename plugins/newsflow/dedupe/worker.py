"""Sketching in several processes, ahead of the one that clusters: slices of a run's pages, in order."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from types import TracebackType

from newsflow.dedupe import store
from newsflow.dedupe.furniture import Furniture
from newsflow.dedupe.sketch import Sketch, sketch
from newsflow.settings import Settings
from newsflow.store.db import session

LONG = 2000  # pages from which other processes are worth their start


def batches(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Slices of at most `size` ids, in order."""
    return (ids[i : i + size] for i in range(0, len(ids), size))


def sketch_slice(dsn: str, pages: Sequence[int]) -> dict[int, Sketch]:
    """Sketches of the newest extractions of pages, by extraction_id; over a connection of its own."""
    with session(dsn, application="newsflow sketch") as conn:
        rows, furniture = store.texts(conn, pages), Furniture(conn)
        furniture.load(rows)
    return {
        row.extraction_id: sketch(row.page_id, row.extraction_id, row.title, row.body, furniture.of(row))
        for row in rows
    }


class Ahead:
    """Sketches of the batches that are asked for next, made while earlier ones are clustered.

    Without other processes it has none, and clustering makes them itself.
    """

    def __init__(self, settings: Settings, pages: Sequence[int]) -> None:
        self._workers = settings.dedupe_workers or (os.cpu_count() or 1 if len(pages) >= LONG else 1)
        self._dsn = settings.dsn
        self._slices = list(batches(pages, settings.dedupe_batch))
        self._pool: ProcessPoolExecutor | None = None
        self._futures: list[Future[dict[int, Sketch]]] = []

    def __enter__(self) -> Ahead:
        if self._workers > 1:
            # fork: spawned children would import __main__, which is all of Airflow
            context = multiprocessing.get_context("fork")
            self._pool = ProcessPoolExecutor(self._workers, mp_context=context)
            self._fill()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def next(self) -> Mapping[int, Sketch]:
        """Sketches of the next batch, by extraction_id."""
        if not self._pool:
            return {}
        found = self._futures.pop(0).result()
        self._fill()
        return found

    def _fill(self) -> None:
        while self._pool and self._slices and len(self._futures) < 2 * self._workers:
            self._futures.append(self._pool.submit(sketch_slice, self._dsn, self._slices.pop(0)))
