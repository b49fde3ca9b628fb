"""Children at their limits: killed, replaced, and the batch goes on."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsflow.extract import pool as pools
from newsflow.extract.pool import ExtractionJob, Extractors
from newsflow.outcomes import Outcome
from tests.extract.pages import page

GOOD = ExtractionJob("https://courier.example/a", page())
NESTED = ExtractionJob(
    "https://courier.example/nested", b"<html><body>" + b"<div>" * 100_000 + b"deep" + b"</div>" * 100_000
)
LINKS = ExtractionJob(
    "https://courier.example/links",
    b"<html><body><p>" + b'<a href="/x">link text</a> ' * 200_000 + b"</p></body></html>",
)
ATTRIBUTES = ExtractionJob(
    "https://courier.example/attributes",
    b"<html><body><div " + b" ".join(b'a%d="x"' % n for n in range(200_000)) + b"><p>Text.</p></div></body></html>",
)


def _spent() -> float:
    """CPU seconds of all children that have ended: what a page costs, however busy the machine is."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("hostile", [NESTED, LINKS, ATTRIBUTES], ids=["nested", "links", "attributes"])
def test_hostile_pages_end_in_bounded_time_and_their_neighbours_live(hostile: ExtractionJob) -> None:
    before = _spent()
    with Extractors(2, timeout_s=3, memory_mb=1024) as pool:
        found = list(pool.map([GOOD, hostile, GOOD, GOOD]))
    # one page's limit, or twice that where the machine is so busy that the clock runs out; the start and the others
    assert 0 < _spent() - before < 3 * 3
    assert [f.outcome for f in (found[0], *found[2:])] == [Outcome.OK] * 3
    assert found[1].outcome is not Outcome.OK
    assert found[1].url == hostile.url


def test_a_page_over_its_time_is_stopped() -> None:
    with Extractors(1, timeout_s=0.3, memory_mb=1024) as pool:
        found = list(pool.map([LINKS, GOOD]))
    assert found[0].outcome is Outcome.EXTRACT_TIMEOUT
    assert "0.3 s" in found[0].detail
    assert found[1].outcome is Outcome.OK


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _stand_still() -> None:
    time.sleep(60)


@pytest.mark.parametrize("fate", [_die, _stand_still])
def test_a_page_is_not_judged_by_what_befell_its_process(
    fate: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The memory killer takes a child, or the machine stands still: neither says anything of the page."""
    real, befell = pools.extract, tmp_path / "befell"

    def extract(html: bytes, url: str, *more: Any, **options: Any) -> Any:
        if url == GOOD.url and not befell.exists():
            befell.touch()
            fate()
        return real(html, url, *more, **options)

    with Extractors(1, timeout_s=0.2, memory_mb=1024) as pool:
        monkeypatch.setattr(pools, "extract", extract)  # the children are forked with the first job
        found = list(pool.map([GOOD, ExtractionJob("https://courier.example/b", page())]))
    assert befell.exists()
    assert [f.outcome for f in found] == [Outcome.OK, Outcome.OK]


def test_a_page_that_kills_its_process_twice_is_to_blame(monkeypatch: pytest.MonkeyPatch) -> None:
    with Extractors(1, timeout_s=5, memory_mb=1024) as pool:
        monkeypatch.setattr(pools, "extract", lambda *_a, **_k: _die())
        (found,) = pool.map([GOOD])
    assert (found.outcome, "twice" in found.detail) == (Outcome.EXTRACT_CRASHED, True)


def test_the_limit_is_what_a_page_costs_and_not_what_the_clock_says(monkeypatch: pytest.MonkeyPatch) -> None:
    real = pools.extract

    def slowly(*given: Any, **options: Any) -> Any:
        time.sleep(0.5)
        return real(*given, **options)

    with Extractors(1, timeout_s=0.2, memory_mb=1024) as pool:
        monkeypatch.setattr(pools, "extract", slowly)
        (found,) = pool.map([GOOD])
    assert found.outcome is Outcome.OK


def test_a_page_over_its_memory_crashes_alone() -> None:
    big = ExtractionJob("https://courier.example/big", b"<html><body>" + b"<p>word word</p>" * 3_000_000)
    with Extractors(1, timeout_s=30, memory_mb=150) as pool:
        found = list(pool.map([GOOD, big, GOOD]))
    assert [f.outcome for f in found] == [Outcome.OK, Outcome.EXTRACT_CRASHED, Outcome.OK]


def test_order_is_that_of_the_jobs() -> None:
    jobs = [ExtractionJob(f"https://courier.example/{n}", page()) for n in range(30)]
    with Extractors(2, timeout_s=5, memory_mb=1024) as pool:
        assert [f.url for f in pool.map(iter(jobs))] == [job.url for job in jobs]


def test_each_extraction_comes_with_its_key() -> None:
    jobs = [(n, ExtractionJob(f"https://courier.example/{n}", page())) for n in range(5)]
    with Extractors(2, timeout_s=5, memory_mb=1024) as pool:
        assert [(key, f.url) for key, f in pool.pairs(jobs)] == [(key, job.url) for key, job in jobs]
