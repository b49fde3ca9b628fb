"""A night of the sample newsroom under other releases of Airflow: `make test-airflows` (RELEASES="3.1 3.2").

Each release is installed from the index into an environment of its own, with our wheel and nothing of the checkout;
`newsflow up --run` there has to end good, our pages have to answer, and all six Dags and the pool have to be there.
No test of the suite: it takes a minute or two a release, and the network.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from newsflow.local.airflow import USER
from newsflow.local.home import Home
from newsflow.names import POOL
from tests.package.installed import build_wheel
from tests.paths import ROOT
from tests.waiting import PATIENCE_S

DAGS = {path.stem for path in (ROOT / "dags").glob("*.py")}
PAGES = ("/", "/alarms", "/publishers", "/rejects", "/runbooks/silent", "/dag/news_ingest")

# What Airflow's own constraints keep out: 3.2 can't build its task API with a newer FastAPI.
ALSO = {"3.2": ["fastapi<0.130"]}


def installed(release: str, wheel: Path, folder: Path) -> Path:
    """The programs of a new environment with the newest patch of a release, such as `3.1`."""
    uv, python = str(Path(sys.executable).parent / "uv"), str(folder / "bin/python")
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(folder)], check=True)
    packages = [f"newsflow[local] @ {wheel.as_uri()}", f"apache-airflow~={release}.0", *ALSO.get(release, [])]
    subprocess.run([uv, "pip", "install", "-q", "--python", python, *packages], check=True)
    return folder / "bin"


@contextmanager
def night(programs: Path, home: Path) -> Iterator[list[str]]:
    """`newsflow up --run` until its first run is over, then its lines; servers are up meanwhile."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("NEWSFLOW_", "AIRFLOW", "PYTHON"))
    }
    env = {**kept, "NEWSFLOW_HOME": str(home), "PATH": f"{programs}:{kept['PATH']}", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [str(programs / "newsflow"), "up", "--run"], env=env, stdout=subprocess.PIPE, text=True, cwd=home.parent
    )
    assert process.stdout
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line.rstrip())
            if "up until Ctrl-C" in line:
                break
        yield lines
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_S)


def asked(home: Path, url: str) -> dict[str, Any]:
    """What the running Airflow says: its release, Dags, pools, and the status of each of our pages."""
    with requests.Session() as client:
        body = {"username": USER, "password": Home(home).password()}
        token = client.post(f"{url}/auth/token", json=body, timeout=PATIENCE_S).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        client.cookies.set("_token", token)

        def get(path: str) -> requests.Response:
            return client.get(url + path, timeout=PATIENCE_S)

        (run,) = get("/api/v2/dags/news_ingest/dagRuns").json()["dag_runs"]
        run_page = f"/dag/news_ingest/run/{run['dag_run_id']}"
        return {
            "release": get("/api/v2/version").json()["version"],
            "dags": {dag["dag_id"] for dag in get("/api/v2/dags?limit=100").json()["dags"]},
            "pools": {pool["name"] for pool in get("/api/v2/pools").json()["pools"]},
            "pages": {page: get(f"/newsflow{page}").status_code for page in [*PAGES, run_page]},
        }


def judge(release: str, wheel: Path, folder: Path) -> str:
    """A sentence on a release; it begins with "good" where all is."""
    home = folder / "home"
    with night(installed(release, wheel, folder / "venv"), home) as lines:
        running = Home(home).running()
        if not running:
            return f"bad: {lines[-15:]}"
        found = asked(home, str(running.airflow_url))
    verdict = next((line for line in lines if line.startswith(("Good", "Not good"))), "no verdict")
    troubles = {page: status for page, status in found["pages"].items() if status != requests.codes.ok}
    good = verdict.startswith("Good") and not troubles and found["dags"] == DAGS and POOL in found["pools"]
    return f"{'good' if good else 'bad'}, {found['release']}: {verdict} {troubles or 'all pages answer'}"


def main(releases: list[str]) -> int:
    """Exit code: how many releases are bad."""
    bad = 0
    with tempfile.TemporaryDirectory(prefix="nf-airflows-") as base:
        wheel = build_wheel(Path(base) / "tree")
        for release in releases:
            folder = Path(base) / release
            folder.mkdir()
            sentence = judge(release, wheel, folder)
            bad += not sentence.startswith("good")
            sys.stdout.write(f"{release}: {sentence}\n")
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
