"""The same bytes and version give the same extraction, in any process: also where strings hash otherwise."""

from __future__ import annotations

import os
import subprocess
import sys

SCRIPT = """
import hashlib
from newsflow.extract.document import extract
from newsflow.extract.manifest import to_json
from tests.extract.rejects.test_vendor_walls import FURNITURE, SYSTEMS, URL
from tests.extract.texts import TEXTS
made = []
for system in SYSTEMS:
    for code, text in sorted(TEXTS.items()):
        behind = list(FURNITURE[code].behind) if code in FURNITURE else []
        html = f"<title>{text.title}</title>{system(text.title, list(text.paragraphs), behind)}"
        made.append(to_json(extract(html.encode(), URL)))
print(hashlib.sha256("".join(made).encode()).hexdigest())
"""


def _made(seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment, check=True)
    return done.stdout.strip()


def test_extractions_do_not_depend_on_the_seed_of_hashes() -> None:
    first, second = _made("0"), _made("1")
    assert len(first) == 64
    assert first == second
