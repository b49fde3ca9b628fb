"""What `newsflow import` costs an article, and if its memory grows with the file: ordinary prose and stock phrases.

Ordinary articles share nothing. Stock-phrase ones are drawn from 400 sentences, so that each
shares some with hundreds of others and is a copy of none. Each file is imported by a process
of its own into a database of its own; `SIZES="3000 6000"` says how many articles.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.stories import postgres
from benchmarks.watch import spent
from newsflow.importer.step import import_file
from newsflow.settings import Settings

KINDS = ("ordinary", "stock phrases")
SIZES = os.environ.get("SIZES", "3000 6000")
PUBLISHERS, STOCK = 40, 400


def articles(kind: str, count: int) -> Iterator[dict[str, str]]:
    """Rows of a file, the same for the same arguments."""
    rng = random.Random(5)
    syllables = [a + b for a in "bcdfglmnprstvw" for b in "aeiou"]
    words = ["".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(6000)]
    stock = [_sentence(rng, words) for _ in range(STOCK)]
    for n in range(count):
        sentences = (rng.choice(stock) if kind == KINDS[1] else _sentence(rng, words) for _ in range(20))
        yield {
            "url": f"https://p{n % PUBLISHERS}.example/{n}", "title": " ".join(rng.choices(words, k=6)),
            "body": "\n".join(sentences), "published_at": f"2026-03-{1 + n % 28:02d}T{n % 24:02d}:00:00Z",
            "language": "en",
        }  # fmt: skip


def _sentence(rng: random.Random, words: list[str]) -> str:
    return " ".join(rng.choices(words, k=rng.randint(9, 22))).capitalize() + "."


def one(kind: str, count: int) -> dict[str, float]:
    """Import one file: CPU seconds here and of the server, the most memory in MB."""
    with tempfile.TemporaryDirectory() as folder, postgres() as dsn:
        file = Path(folder) / "articles.jsonl"
        with file.open("w") as lines:
            lines.writelines(json.dumps(row) + "\n" for row in articles(kind, count))
        me = psutil.Process()
        before = spent(me)
        result = import_file(Settings(database_url=dsn, dedupe_workers=1), file)  # type: ignore[arg-type]
        client, server = spent(me) - before, spent(*me.children(recursive=True))
    if result.counts != {"new": count}:
        raise SystemExit(f"{kind}: {result.counts}")
    return {"client": client, "server": server, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main() -> None:
    if len(sys.argv) == 3:
        print(json.dumps(one(sys.argv[1], int(sys.argv[2]))))
        return
    table = Table(title="newsflow import, one process")
    for column in ("articles", "of", "CPU ms an article", "of the server", "most memory, MB"):
        table.add_column(column, justify="right")
    for kind in KINDS:
        for count in SIZES.split():
            command = [sys.executable, "-m", "benchmarks.importing", kind, count]
            found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
            ours, server = (f"{1000 * found[name] / int(count):.1f}" for name in ("client", "server"))
            table.add_row(f"{int(count):,}", kind, ours, server, f"{found['memory']:.0f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
