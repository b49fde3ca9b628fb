"""Extraction in worker processes that are killed at their limits and replaced; a batch survives them.

Limits: CPU seconds per document (the kernel kills the child), address space per child (RLIMIT_AS).
A page ends for what it costs, never for what else the machine does: a child that dies in another
way (killed for memory that others took, stopped for a minute, under a clock that jumps) is no
verdict on its page, which is tried once more.
Children die with their parent, or a killed step would leave them holding its connection.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Expired
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

from newsflow.extract.document import MIN_WORDS, extract
from newsflow.extract.version import extractor
from newsflow.isolation.child_lifetime import die_with_parent
from newsflow.model import Extraction, Hints, Outcome

log = logging.getLogger(__name__)

_RECYCLE = 4000  # documents after which a child is replaced: libxml2's heap fragments
_AHEAD = 16  # documents queued for each worker: its work while a batch is read or stored
_PATIENCE = 6  # times its CPU seconds that a document may take by the clock: a machine may be busy

Key = TypeVar("Key")


NO_HINTS = Hints()


@dataclass(frozen=True, slots=True)
class ExtractionJob:
    """One document to extract; `error` stands for bytes that could not be read, and `ends` is what that makes of it."""

    url: str
    html: bytes = b""
    hints: Hints = NO_HINTS
    min_words: int = MIN_WORDS
    error: str = ""
    ends: Outcome = Outcome.EXTRACT_CRASHED


def failed(url: str, outcome: Outcome, detail: str) -> Extraction:
    """An extraction that holds nothing but its outcome."""
    return Extraction(url, outcome, detail[:500], extractor=extractor())


def work(job: ExtractionJob, limit_s: float) -> Extraction:
    """What a child does with a job; its own exceptions become outcomes.

    :param limit_s: CPU seconds, after which SIGPROF ends the process (setitimer(2)).
    """
    if job.error:
        return failed(job.url, job.ends, job.error)
    signal.setitimer(signal.ITIMER_PROF, limit_s)
    try:
        return extract(job.html, job.url, job.hints, min_words=job.min_words)
    except MemoryError:
        return failed(job.url, Outcome.EXTRACT_CRASHED, "it needed more memory than one page may use")
    except RecursionError:
        return failed(job.url, Outcome.EXTRACT_CRASHED, "its mark-up is nested too deeply")
    except Exception as error:  # whatever a page provokes is that page's outcome
        return failed(job.url, Outcome.EXTRACT_CRASHED, f"{type(error).__name__} while extracting")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _limit(memory_mb: int, parent: int) -> None:
    """Prepare a child: it dies with its parent, and can't take more memory than it may."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    die_with_parent(parent)
    pages = int(open("/proc/self/statm", encoding="ascii").read().split()[0])  # noqa: SIM115, PTH123
    limit = pages * os.sysconf("SC_PAGE_SIZE") + memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


class Extractors:
    """A pool of extracting processes, as a context manager.

    :param workers: processes; each holds one document at a time.
    :param timeout_s: CPU seconds one document may take.
    :param memory_mb: MiB that one process may take on top of what it starts with.
    """

    def __init__(self, workers: int, timeout_s: float, memory_mb: int) -> None:
        self.workers, self.timeout_s, self.memory_mb = workers, timeout_s, memory_mb
        self._pool: ProcessPool | None = None

    def __enter__(self) -> Extractors:
        warm()
        self._pool = ProcessPool(
            self.workers,
            max_tasks=_RECYCLE,
            initializer=_limit,
            initargs=(self.memory_mb, os.getpid()),
            context=multiprocessing.get_context("fork"),  # warm children; forkserver would import __main__ in each
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._pool:
            if kind:
                self._pool.stop()  # type: ignore[no-untyped-call]
            else:
                self._pool.close()  # type: ignore[no-untyped-call]
            self._pool.join()

    def pids(self) -> list[int]:
        """Process ids of the living children."""
        return [child.pid for child in multiprocessing.active_children() if child.pid]

    def map(self, jobs: Iterable[ExtractionJob]) -> Iterator[Extraction]:
        """Extractions in the order of the jobs; jobs are read only as far ahead as the workers need."""
        return (extraction for _, extraction in self.pairs((None, job) for job in jobs))

    def pairs(self, jobs: Iterable[tuple[Key, ExtractionJob]]) -> Iterator[tuple[Key, Extraction]]:
        """The same, each with what the caller knows its job by."""
        waiting: deque[tuple[Key, ExtractionJob, Future[Extraction]]] = deque()
        for key, job in jobs:
            waiting.append((key, job, self._schedule(job)))
            if len(waiting) >= self.workers * _AHEAD:
                yield self._next(waiting)
        while waiting:
            yield self._next(waiting)

    def _next(self, waiting: deque[tuple[Key, ExtractionJob, Future[Extraction]]]) -> tuple[Key, Extraction]:
        key, job, future = waiting.popleft()
        return key, self._result(job, future)

    def _schedule(self, job: ExtractionJob) -> Future[Extraction]:
        assert self._pool is not None  # noqa: S101 -- only usable inside the with block
        future: Future[Extraction] = self._pool.schedule(
            work, args=[job, self.timeout_s], timeout=_PATIENCE * self.timeout_s
        )
        return future

    def _result(self, job: ExtractionJob, future: Future[Extraction]) -> Extraction:
        try:
            return future.result()
        except (Expired, ProcessExpired) as error:
            if not _is_verdict(error):
                log.warning("%s: its extracting process ended (%s); once more", job.url, error)
                return self._second(job)
            return self._ended(job, error)

    def _second(self, job: ExtractionJob) -> Extraction:
        try:
            return self._schedule(job).result()
        except (Expired, ProcessExpired) as error:
            return self._ended(job, error)

    def _ended(self, job: ExtractionJob, error: Exception) -> Extraction:
        if isinstance(error, ProcessExpired) and not _is_verdict(error):
            detail = f"the extracting process died (exit code {error.exitcode}), twice"
            return failed(job.url, Outcome.EXTRACT_CRASHED, detail)
        return failed(job.url, Outcome.EXTRACT_TIMEOUT, f"stopped after {self.timeout_s:g} s")


def _is_verdict(error: Exception) -> bool:
    """Whether the page itself is to blame: its process used up its CPU seconds."""
    return isinstance(error, ProcessExpired) and error.exitcode == -signal.SIGPROF


def warm() -> None:
    """Import and load what each child needs, once, before it forks."""
    extract(
        b"<html><body><p>" + b"A warm text that loads the models. " * 10 + b"</p></body></html>", "http://localhost/"
    )
