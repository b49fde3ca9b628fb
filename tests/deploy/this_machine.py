"""What containers are told, as a plain process on this machine is told it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from newsflow.local.postgres import binaries
from tests.paths import ROOT
from tests.waiting import PATIENCE_S

IMAGE = {"/opt/newsflow": str(ROOT), "/entrypoint": f"{ROOT}/deploy/image/entrypoint"}
IMAGE["/clean-logs"] = f"{ROOT}/deploy/image/clean-logs"


def here(found: Any, places: dict[str, str]) -> Any:
    """The same with this machine's addresses and folders, those of the image among them."""
    text = json.dumps(found)
    for theirs, ours in {**places, **IMAGE}.items():
        text = text.replace(theirs, ours)
    return json.loads(text)


def environment(service: dict[str, Any], **more: str) -> dict[str, str]:
    """As in the container: nothing of ours but the way to the programs."""
    path = f"{Path(sys.executable).parent}:{binaries()}:{os.environ['PATH']}"
    base = {"PATH": path, "HOME": "/tmp", "PYTHONPATH": str(ROOT / "plugins")}
    return {**base, **service["environment"], **more}


def run(command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a container's command to its end."""
    words = [sys.executable if word == "python" else word for word in command]
    return subprocess.run(words, env=env, capture_output=True, text=True, check=False, cwd=ROOT)


def healthy(service: dict[str, Any], within_s: float = PATIENCE_S) -> str:
    """Run the healthcheck until it succeeds, as Docker does."""
    kind, *command = service["healthcheck"]["test"]
    assert kind == "CMD"
    deadline = time.monotonic() + within_s
    while True:
        done = subprocess.run(
            [sys.executable if word == "python" else word for word in command],
            env=environment(service), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode == 0 or time.monotonic() > deadline:
            return done.stdout or done.stderr[-300:]
        time.sleep(1)
