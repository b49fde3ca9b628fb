"""`newsflow` in the test's own process, for tests that need no process of its own: starting one takes a second."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass

import pytest

from newsflow import cli
from newsflow.settings import get_settings


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    returncode: int
    stdout: bytes
    stderr: bytes


def newsflow(*args: str, stdin: bytes = b"", **env: str) -> Done:
    """Run a command from its entry point to its exit code, with these further environment variables."""
    said, told = io.BytesIO(), io.BytesIO()
    out, err = io.TextIOWrapper(said, write_through=True), io.TextIOWrapper(told, write_through=True)
    get_settings.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["newsflow", *args])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        for name, value in env.items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            cli.main()
    get_settings.cache_clear()
    out.flush()
    err.flush()
    return Done(int(ended.value.code or 0), said.getvalue(), told.getvalue())
