"""Where the working copy is, for tests; the package itself must not know."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
