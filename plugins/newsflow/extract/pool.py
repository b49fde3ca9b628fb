"""Extraction in a set of worker processes; a batch survives each page.

A page ends for what it costs, never for what else the machine does: see `newsflow.isolation` for its limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from newsflow.extract import document
from newsflow.extract.body.template_learning import PageSketch
from newsflow.extract.document import MIN_WORDS, extract
from newsflow.extract.version import extractor
from newsflow.isolation.limits import Ending, Finished, Limits, Stopped
from newsflow.isolation.workers import Workers
from newsflow.model import Extraction, Hints
from newsflow.outcomes import Outcome

_RECYCLE = 4000  # documents after which a child is replaced: libxml2's heap fragments

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


def work(job: ExtractionJob) -> Extraction:
    """What a child does with a job."""
    if job.error:
        return failed(job.url, job.ends, job.error)
    return extract(job.html, job.url, job.hints, min_words=job.min_words)


def sketched(job: ExtractionJob) -> PageSketch | None:
    """The same for a page that is learned from; None where its bytes could not be read."""
    return None if job.error else document.sketch(job.html, job.url, job.hints)


class Extractors:
    """A pool of extracting processes, as a context manager.

    :param workers: processes; each holds one document at a time.
    :param timeout_s: CPU seconds one document may take.
    :param memory_mb: MiB that one process may take on top of what it starts with.
    """

    def __init__(self, workers: int, timeout_s: float, memory_mb: int) -> None:
        self._limits = Limits(timeout_s, memory_mb)
        self._workers = Workers(workers, limits=self._limits, recycle=_RECYCLE)

    def __enter__(self) -> Extractors:
        warm()
        self._workers.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._workers.__exit__(*error)

    @property
    def longest_s(self) -> float:
        """Seconds by the clock after which a document is given up, tried twice."""
        return 2 * self._limits.clock_s

    def map(self, jobs: Iterable[ExtractionJob]) -> Iterator[Extraction]:
        """Extractions in the order of the jobs; jobs are read only as far ahead as the workers need."""
        return (extraction for _, extraction in self.pairs((None, job) for job in jobs))

    def pairs(
        self,
        jobs: Iterable[tuple[Key, ExtractionJob]],
        note: Callable[[Key, float], object] = lambda _key, _cpu_s: None,
    ) -> Iterator[tuple[Key, Extraction]]:
        """The same, each with what the caller knows its job by.

        :param note: told of each job what it took, in CPU seconds.
        """
        keyed = (((key, job.url), job) for key, job in jobs)
        for (key, url), result in self._workers.in_order(work, keyed):
            note(key, result.cpu_s if isinstance(result, Finished) else self._limits.cpu_s)
            yield key, result.value if isinstance(result, Finished) else self._stopped(url, result)

    def sketches(self, jobs: Iterable[ExtractionJob]) -> Iterator[PageSketch]:
        """Pages as templates are learned from them, without those that could not be read or were stopped."""
        for _, result in self._workers.in_order(sketched, ((None, job) for job in jobs)):
            if isinstance(result, Finished) and result.value is not None:
                yield result.value

    def _stopped(self, url: str, stopped: Stopped) -> Extraction:
        if stopped.ending is Ending.TIMED_OUT:
            return failed(url, Outcome.EXTRACT_TIMEOUT, f"stopped after {self._limits.cpu_s:g} s")
        return failed(url, Outcome.EXTRACT_CRASHED, _why(stopped))


def _why(stopped: Stopped) -> str:
    if stopped.ending is Ending.OUT_OF_MEMORY:
        return "it needed more memory than one page may use"
    if stopped.error == RecursionError.__name__:
        return "its mark-up is nested too deeply"
    if stopped.error:
        return f"{stopped.error} while extracting"
    return f"the extracting process died (exit code {stopped.exit_code}), twice"


def warm() -> None:
    """Import and load what each child needs, once, before it forks."""
    extract(
        b"<html><body><p>" + b"A warm text that loads the models. " * 10 + b"</p></body></html>", "http://localhost/"
    )
