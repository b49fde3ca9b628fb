"""A backfill that is killed five times midway and gone on with: the contract's rows against an undisturbed one's."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

from benchmarks.backfill.world import database, rows, started
from benchmarks.sheets import Sheet
from newsflow.settings import Settings
from tests.backfill.foreign import pages, write

KILLS = 5
CONTRACT = """select url, title, lead, body, authors, published_at, language, revision, is_origin,
  story_id = article_id from news.articles order by url"""
DONE = """select (select coalesce(sum(records), 0) from ingest.backfill_file)
  + (select count(*) from ingest.extraction) + (select count(*) from news_internal.article)"""


def killed(folder: Path, count: int) -> None:
    """Kill it at five chosen shares of its work, with SIGKILL, its children too."""
    file = write(folder / "k.warc.gz", pages(count))
    chance, found = random.Random(5), {}
    shares = sorted(chance.uniform(0.02, 0.9) for _ in range(KILLS))
    for name, kills in (("undisturbed", []), ("killed", shares)):
        with database(folder / name) as (_, settings):
            for share in kills:
                _kill_at(settings, file, share * 2 * count)
            process = started(settings, file)
            if process.wait():
                raise SystemExit(f"the backfill failed with {process.returncode}")
            found[name] = rows(settings, CONTRACT)
            runs = rows(settings, "select count(*), min(state) from ingest.run")
            print(f"{name}: {len(found[name])} articles, killed {len(kills)} times, runs {runs}")
    differ = len(set(map(repr, found["killed"])) ^ set(map(repr, found["undisturbed"])))
    at = ", ".join(f"{share:.0%}" for share in shares)
    Sheet("Killed and gone on with", ("", "articles"), [(name, str(len(f))) for name, f in found.items()]).show()
    print(f"  SIGKILL at {at} of reading and extracting; rows that differ: {differ}")


def _kill_at(settings: Settings, file: Path, done: float) -> None:
    process = started(settings, file)
    while process.poll() is None and rows(settings, DONE)[0][0] < done:
        time.sleep(0.05)
    if process.poll() is not None:
        raise SystemExit("the backfill had ended before it could be killed")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
