"""Stories against truth and against peers, on seeds and texts that were never tuned on.

Ours goes the whole way: `newsflow import` into a real Postgres, `news.articles(url, story_id)` out.
Tuning used seeds below 100 and the half of the open texts whose hash is even (`half(text) == 0`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations
from math import comb
from pathlib import Path

from rich.console import Console
from rich.table import Table

from newsflow.dedupe.comparison_text import prepare
from newsflow.dedupe.sketch import sketch
from newsflow.importer.step import import_file
from newsflow.local.postgres import Server, binaries, free_port
from newsflow.settings import Settings
from newsflow.store.db import session
from newsflow.store.migrate import migrate
from tests.worlds.story_world import Item, build, open_texts
from tests.worlds.wire_world import wire

SEEDS = range(100, 105)
PEERS = ("datasketch==2.0.0", "rensa==0.5.0", "numpy>=2")
Labels = Sequence[object]


@contextmanager
def postgres() -> Iterator[str]:
    """URL of a throw-away server at the head of the migrations."""
    with tempfile.TemporaryDirectory(prefix="nf-bench-") as base:
        Path(base).chmod(0o755)
        server = Server(data=Path(base) / "pg" / "data", port=free_port(), bin=binaries(), fast=True)
        server.start()
        try:
            with session(server.url()) as conn:
                migrate(conn)
            yield server.url()
        finally:
            server.stop("immediate")


def rows(items: Sequence[Item]) -> str:
    """Items as `newsflow import` reads them: nothing of the truth."""
    return "".join(
        json.dumps(
            {
                "url": i.url, "title": i.title, "body": i.body, "published_at": i.published_at.isoformat(),
                "publisher": i.publisher, "language": i.language,
            }
        ) + "\n"
        for i in items
    )  # fmt: skip


def ours(items: Sequence[Item], file: Path) -> tuple[Labels, float]:
    """Story of each item, and CPU seconds of this process for the whole import."""
    with postgres() as dsn:
        started = time.process_time()
        import_file(Settings(database_url=dsn, dedupe_workers=1), file)  # type: ignore[arg-type]
        seconds = time.process_time() - started
        with session(dsn) as conn, conn.cursor() as cursor:
            cursor.execute("select url, story_id from news.articles")
            story = dict(cursor.fetchall())
    return [story[i.url] for i in items], seconds


def peers() -> str | None:
    """An interpreter that has the peers; None where they can't be installed."""
    folder = Path(tempfile.gettempdir()) / f"newsflow-peers-{os.getuid()}"
    python = folder / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *PEERS], check=True)
    except (subprocess.CalledProcessError, OSError):
        return None
    return str(python)


def pairs(items: Sequence[Item], found: Labels) -> tuple[int, int, int]:
    """Pairs rightly joined, wrongly joined, missed."""
    both = Counter((i.story, label) for i, label in zip(items, found, strict=True))
    true = sum(comb(n, 2) for n in Counter(i.story for i in items).values())
    joined = sum(comb(n, 2) for n in Counter(found).values())
    hit = sum(comb(n, 2) for n in both.values())
    return hit, joined - hit, true - hit


def adjusted_rand(items: Sequence[Item], found: Labels) -> float:
    """Adjusted Rand index (Hubert and Arabie 1985)."""
    hit, wrong, missed = pairs(items, found)
    every = comb(len(items), 2)
    expected = (hit + wrong) * (hit + missed) / every
    return (hit - expected) / (((hit + wrong) + (hit + missed)) / 2 - expected)


def by_kind(items: Sequence[Item], found: Labels) -> dict[str, tuple[int, int, int]]:
    """For each kind of item: pairs that should be joined, those that were, and wrong joins that it is in."""
    table: dict[str, list[int]] = {}
    for (a, x), (b, y) in combinations(zip(items, found, strict=True), 2):
        if a.story == b.story or x == y:
            for kind in {a.kind, b.kind}:
                counts = table.setdefault(kind, [0, 0, 0])
                counts[0] += a.story == b.story
                counts[1] += a.story == b.story and x == y
                counts[2] += a.story != b.story
    return {kind: (c[0], c[1], c[2]) for kind, c in table.items()}


class Board:
    """Sums over seeds, a row a method."""

    def __init__(self) -> None:
        self.sums: dict[str, list[float]] = {}
        self.kinds: dict[str, dict[str, list[int]]] = {}

    def add(self, method: str, items: Sequence[Item], found: Labels, seconds: float, size: float) -> None:
        hit, wrong, missed = pairs(items, found)
        new = [hit, wrong, missed, adjusted_rand(items, found), len(items), seconds, size, 1]
        self.sums[method] = [a + b for a, b in zip(self.sums.get(method, [0] * len(new)), new, strict=True)]
        kinds = self.kinds.setdefault(method, {})
        for kind, counts in by_kind(items, found).items():
            kinds[kind] = [a + b for a, b in zip(kinds.get(kind, [0, 0, 0]), counts, strict=True)]

    def show(self, console: Console) -> None:
        table = Table(title="Stories: pairs of articles over all reporting seeds")
        for column in ("method", "precision", "recall", "ARI", "docs / CPU-s", "bytes / article"):
            table.add_column(column, justify="left" if column == "method" else "right")
        for method, (hit, wrong, missed, ari, docs, seconds, size, worlds) in self.sums.items():
            table.add_row(
                method, f"{hit / max(1, hit + wrong):.4f}", f"{hit / (hit + missed):.4f}", f"{ari / worlds:.3f}",
                f"{docs / max(seconds, 1e-9):,.0f}", f"{size / worlds:,.0f}",
            )  # fmt: skip
        console.print(table)
        self._show_kinds(console)

    def _show_kinds(self, console: Console) -> None:
        table = Table(title="Share of its pairs found (wrong joins that it is in), by kind of article")
        table.add_column("kind")
        for method in self.sums:
            table.add_column(method, justify="right")
        every = sorted({kind for kinds in self.kinds.values() for kind in kinds})
        for kind in every:
            cells = [self.kinds[method].get(kind, [0, 0, 0]) for method in self.sums]
            table.add_row(kind, *(f"{f'{c[1] / c[0]:.3f}' if c[0] else '–'} ({c[2]})" for c in cells))
        console.print(table)


def sketch_rate(items: Sequence[Item]) -> tuple[float, float]:
    """Documents a CPU second, tokenising included, and their mean length in words."""
    started = time.process_time()
    words = sum(sketch(0, 0, prepare(i.title, i.body)).words for i in items)
    return len(items) / (time.process_time() - started), words / len(items)


def main() -> None:
    console = Console(width=200)
    texts = open_texts()
    source = f"{len(texts)} open texts" if texts else "texts of our own"
    board, python = Board(), peers()
    rates = []
    for seed in SEEDS:
        items = build(seed, part=1, texts=texts).items
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "articles.jsonl"
            file.write_text(rows(items))
            found, seconds = ours(items, file)
            hashes = sum(len(sketch(0, 0, prepare(i.title, i.body)).hashes) for i in items) / len(items)
            board.add("newsflow", items, found, seconds, 8 * hashes)
            if python:
                script = Path(__file__).with_name("story_peers.py")
                done = subprocess.run([python, str(script), str(file)], check=True, capture_output=True, text=True)
                for line in map(json.loads, done.stdout.splitlines()):
                    board.add(line["method"], items, line["labels"], line["seconds"], line["bytes"])
        rates.append(sketch_rate(items))
    console.print(f"{len(SEEDS)} worlds from {source}; newsflow's time is the whole import: mapping, stories, load")
    board.show(console)
    rate, words = max(rates)
    for half, name in enumerate(("tuning", "sealed")):
        wires = Board()
        for seed in SEEDS:
            items = wire(seed, half)
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "articles.jsonl"
                file.write_text(rows(items))
                wires.add(f"newsflow, {name} forms of a wire", items, *ours(items, file), 0)
        wires.show(console)
    console.print(f"sketching alone: {rate:,.0f} documents a CPU second, {words:.0f} words each on average")


if __name__ == "__main__":
    main()
