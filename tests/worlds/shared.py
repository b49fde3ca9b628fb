"""The folder of open data: `shared` beside the project, or what NEWSFLOW_SHARED names."""

from __future__ import annotations

import os
from pathlib import Path

SHARED = Path(os.environ.get("NEWSFLOW_SHARED", Path(__file__).parents[3] / "shared"))
