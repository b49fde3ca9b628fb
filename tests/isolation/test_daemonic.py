"""Children of a daemonic process, as a task of a Celery worker is one: multiprocessing refuses it any."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection

import pytest

from newsflow.extract.pool import ExtractionJob, Extractors
from newsflow.feeds.parser_process import ParserProcesses
from newsflow.outcomes import Outcome
from tests.extract.pages import page

FORK = multiprocessing.get_context("fork")
FEED = b"<rss><channel><title>fine</title></channel></rss>"


def extracted_and_parsed() -> tuple[list[Outcome], str]:
    """Outcomes of three pages, and the title of a feed."""
    jobs = [ExtractionJob(f"https://paper.example/{n}", page()) for n in range(3)]
    with Extractors(2, 60, 1024) as pool, ParserProcesses(1, memory_mb=512, timeout_s=60, max_bytes=1) as parsers:
        return [found.outcome for found in pool.map(jobs)], parsers.parse(FEED, "https://paper.example/").title


def test_pages_are_extracted_and_feeds_parsed_under_the_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    config = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    monkeypatch.setitem(config, "daemon", True)
    with pytest.raises(AssertionError, match="daemonic"):
        FORK.Process(target=print).start()
    assert extracted_and_parsed() == ([Outcome.OK] * 3, "fine")
    assert config["daemon"] is True  # it stays what it is


def _answer(to: Connection) -> None:
    to.send(extracted_and_parsed())


def test_pages_are_extracted_and_feeds_parsed_in_a_daemonic_process() -> None:
    ours, theirs = FORK.Pipe()
    process = FORK.Process(target=_answer, args=[theirs], daemon=True)
    process.start()
    theirs.close()
    assert ours.recv() == ([Outcome.OK] * 3, "fine")
    process.join()
    assert process.exitcode == 0
