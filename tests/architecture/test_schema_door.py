"""Whatever opens the database looks at its schema first, but for those who come before it or beside it."""

from __future__ import annotations

import re

from tests.paths import ROOT

PACKAGE = ROOT / "plugins" / "newsflow"
_OPENS = re.compile(
    r"^\s*from newsflow\.store\.db import .*\b(?:session|connect)\b|\bdb\.(?:session|connect)\(", re.MULTILINE
)
OTHERS = {
    "commands/backup.py": "backs up what is there, before a migration too",
    "commands/database.py": "migrates",
    "commands/progress_bars.py": "watches the step that has looked",
    "dedupe/comparer_pool.py": "a worker of the step that has looked",
    "load/search_index.py": "a worker of the step that has looked",
    "local/airflow.py": "Airflow's own database",
    "local/database.py": "migrates",
    "local/launcher.py": "migrates",
    "local/nightly_run.py": "watches while others migrate",
    "maintain/snapshot.py": "describes a scratch database",
    "maintain/typed_queries.py": "describes a scratch database",
    "ops/dependencies.py": "pages that show what there is",
    "ops/doctor.py": "says itself what is wrong with the schema",
    "store/migrate.py": "the door",
    "store/runs.py": "looks itself, before a run begins",
    "store/stage_work.py": "looks itself, before a step begins",
}


def test_only_these_open_the_database_unlooked() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if _OPENS.search(path.read_text(encoding="utf-8"))
    }
    assert found == OTHERS.keys()
