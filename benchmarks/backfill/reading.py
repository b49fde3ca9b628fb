"""Records a second of reading and filtering, against fastwarc's own iteration over the same file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from benchmarks.sheets import Sheet
from newsflow.backfill import records
from newsflow.backfill.request import BackfillRequest
from newsflow.backfill.selection import refuses_answer
from newsflow.model import Exchange

ROUNDS = 3
BAR = 0.8


def reading(file: Path) -> None:
    """Both in turn, the best of three rounds, CPU seconds of this process."""
    wanted = BackfillRequest(warc=("x",), publishers=("paper3.example",), languages=("en", "de")).selection({})

    def refuses(record: Any) -> str:
        return wanted.refuses_headers(record.headers)

    def refuses_page(exchange: Exchange) -> str:
        refused = refuses_answer(exchange.status, exchange.headers.get("content-type", ""))
        return refused or wanted.refuses_language(exchange.headers, exchange.body)

    count = sum(1 for _ in _iterated(file))
    pairs = [
        (_timed(lambda: _iterated(file)), _timed(lambda: _read(file, refuses, refuses_page))) for _ in range(ROUNDS)
    ]
    own, ours = (min(times) for times in zip(*pairs, strict=True))
    Sheet(
        f"Reading {count:,} records, {file.stat().st_size / 1e6:.0f} MB",
        ("", "records/s", "of fastwarc's own"),
        [
            ("fastwarc's iteration", f"{count / own:,.0f}", "1.00"),
            ("read and filter (publisher, date, language)", f"{count / ours:,.0f}", f"{own / ours:.2f} (bar {BAR})"),
        ],
    ).show()


def _iterated(file: Path) -> Iterator[object]:
    with file.open("rb") as stream:
        yield from ArchiveIterator(stream, record_types=WarcRecordType.response)


def _read(file: Path, refuses: Any, refuses_page: Any) -> Iterator[object]:
    with file.open("rb") as stream:
        yield from records.read(stream, refuses, refuses_page)


def _timed(made: Callable[[], Iterator[object]]) -> float:
    before = time.process_time()
    for _ in made():
        pass
    return time.process_time() - before
