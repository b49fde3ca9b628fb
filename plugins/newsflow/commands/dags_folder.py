"""`newsflow dags-folder`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def dags_folder(
    bundle: Annotated[bool, typer.Option("--bundle", help="As the value of Airflow's dag_bundle_config_list.")] = False,
) -> None:
    """Print the folder of the Dag files, for an Airflow of your own to read.

    Says on stderr which Dags of the same names that Airflow has from other files.
    """
    from newsflow import resources
    from newsflow.ops.taken_names import elsewhere

    folder = resources.dags_folder()
    for name, file in elsewhere(folder):
        typer.echo(f"newsflow: Airflow has a Dag {name} already, of {file}: rename that one first", err=True)
    typer.echo(json.dumps([_bundle(str(folder))]) if bundle else str(folder))


def _bundle(folder: str) -> dict[str, object]:
    local = "airflow.dag_processing.bundles.local.LocalDagBundle"
    return {"name": "newsflow", "classpath": local, "kwargs": {"path": folder}}
