"""`newsflow backfill` in a process that kills itself, for real, at a chosen point (see tests/chaos/child.py).

Run as `python -m tests.backfill.child TRAP ARGUMENTS…`; batches are small, so that a small file has many.
"""

from __future__ import annotations

import json
import sys

from newsflow.backfill import step
from newsflow.commands.backfill import app
from tests.chaos.child import Trap, arm

if __name__ == "__main__":
    step.BATCH = 8
    arm(Trap(json.loads(sys.argv[1])))
    app(sys.argv[2:])
