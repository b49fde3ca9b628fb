"""Backfill and reprocess: reading against fastwarc, articles against trafilatura alone, kills, undo.

    make bench PART=backfill
    make bench PART=backfill ARGS="--parts overall --folder FOLDER"

The WARC file is CC-NEWS-like: the sample newsroom's texts and, where they are there, the pages of `shared/pages`,
each with edits of its own, so that no two records are copies. Figures are CPU seconds of all processes that take part
(this one, its children, the database's) and, where said, ratios by the clock against a peer beside it.
With `--folder`, the overall part keeps its file, its database and its archive there.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.backfill.kills import killed
from benchmarks.backfill.overall import overall
from benchmarks.backfill.reading import reading
from benchmarks.backfill.reprocessing import reprocessed
from benchmarks.backfill.world import mixed
from tests.backfill.foreign import write

PARTS = ("reading", "overall", "kill", "reprocess")


def main() -> None:
    """All parts, or those asked for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--records", type=int, default=20_000, help="of the file that is read, and brought in whole")
    options.add_argument("--kill", type=int, default=2_000, help="records of the backfill that is killed")
    options.add_argument("--reprocess", type=int, default=5_000, help="articles that are extracted again")
    options.add_argument("--folder", type=Path, help="of the overall part; its file is used again")
    options.add_argument("--parts", nargs="*", default=PARTS, choices=PARTS)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="nf-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if "reading" in given.parts:
            reading(write(folder / "news.warc.gz", mixed(given.records)))
        if "overall" in given.parts:
            overall(given.folder or folder / "overall", given.records)
        if "kill" in given.parts:
            killed(folder, given.kill)
        if "reprocess" in given.parts:
            reprocessed(folder, given.reprocess)
