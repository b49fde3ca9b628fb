"""Parse our Dags and load our plugin under other releases of Airflow: `python -m tests.package.airflow_versions 3.3.0`.

No test of the suite: each release is installed from the index into a folder of its own, which takes minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.package.installed import build_wheel

LOOK = """
import json, warnings; warnings.simplefilter("ignore")
from airflow import __version__
from airflow.dag_processing.dagbag import DagBag
from airflow.plugins_manager import _get_plugins
from newsflow.ops.app import app
from newsflow.resources import dags_folder
bag = DagBag(str(dags_folder()))
plugins, errors = _get_plugins()
print(json.dumps({"airflow": __version__, "dags": sorted(bag.dags), "import_errors": bag.import_errors,
  "plugins": [p.name for p in plugins], "plugin_errors": errors, "pages": len(app.routes)}))
"""


def look(release: str) -> str:
    """What newsflow's Dags and plugin are under a release, as JSON."""
    with tempfile.TemporaryDirectory(prefix="nf-airflow-") as name:
        folder, uv = Path(name), str(Path(sys.executable).parent / "uv")
        wheel, python = build_wheel(folder / "tree"), str(folder / "venv/bin/python")
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(folder / "venv")], check=True)
        packages = [str(wheel), f"apache-airflow=={release}"]
        subprocess.run([uv, "pip", "install", "-q", "--python", python, *packages], check=True)
        env = {**os.environ, "AIRFLOW_HOME": str(folder / "home"), "PYTHONPATH": ""}
        ready = [python, "-m", "airflow", "db", "migrate"]
        subprocess.run(ready, env=env, check=True, capture_output=True)
        done = subprocess.run([python, "-c", LOOK], env=env, check=True, capture_output=True, text=True, cwd=folder)
        return done.stdout.splitlines()[-1]


if __name__ == "__main__":
    for asked in sys.argv[1:]:
        sys.stdout.write(f"{asked}: {look(asked)}\n")
