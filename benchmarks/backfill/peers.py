"""trafilatura alone, on pages of the file that is brought in: the measure of a whole backfill."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import TracebackType

from fastwarc.warc import ArchiveIterator, WarcRecordType

from newsflow.isolation.cores import cores

PAGES = 1_280  # of the file, spread over it
ROUND = 128  # of them asked for at a time
CHUNK = 4
CORES = cores()


@dataclass
class Peer:
    """A way to run trafilatura, and what it has used so far: pages, seconds by the clock, CPU seconds."""

    name: str
    processes: int
    fast: bool = False
    pages: int = 0
    wall: float = 0.0
    cpu: float = 0.0

    @property
    def ms(self) -> tuple[float, float]:
        """A page's milliseconds of CPU and by the clock."""
        return 1000 * self.cpu / self.pages, 1000 * self.wall / self.pages


@dataclass
class Peers:
    """All of them, in processes that wait from round to round; a context manager."""

    file: Path
    count: int
    all: tuple[Peer, ...] = field(
        default_factory=lambda: (
            Peer("its defaults, in one process", 1),
            Peer(f"its defaults, in {CORES} processes", CORES),
            Peer(f"its fast mode, in {CORES} processes", CORES, fast=True),
        )
    )

    def __enter__(self) -> Peers:
        self._left = iter(_shuffled(_sample(self.file, self.count)))
        self._open = ExitStack()
        self._pools = [self._open.enter_context(ProcessPoolExecutor(peer.processes)) for peer in self.all]
        for pool in self._pools:
            list(pool.map(_extract, ["<p>Imports and models.</p>"] * 4 * CORES, [False] * 4 * CORES))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    def ask(self) -> None:
        """One round more of each, while there are pages."""
        pages = list(islice(self._left, ROUND))
        for peer, pool in zip(self.all, self._pools, strict=True):
            began = time.monotonic()
            peer.cpu += sum(pool.map(_extract, pages, [peer.fast] * len(pages), chunksize=CHUNK))
            peer.wall += time.monotonic() - began
            peer.pages += len(pages)


def _sample(file: Path, count: int) -> Iterator[str]:
    step = max(1, count // PAGES) | 1  # odd: written and real pages take turns
    with file.open("rb") as stream:
        for record in islice(ArchiveIterator(stream, record_types=WarcRecordType.response), 0, None, step):
            record.parse_http(auto_decode="all")
            yield record.reader.read().decode("utf-8", "replace")


def _shuffled(pages: Iterator[str]) -> list[str]:
    found = list(pages)
    random.Random(1).shuffle(found)
    return found


def _extract(html: str, fast: bool) -> float:
    """CPU seconds of trafilatura alone on a page."""
    from trafilatura import bare_extraction

    before = time.process_time()
    bare_extraction(html, with_metadata=True, fast=fast)
    return time.process_time() - before
