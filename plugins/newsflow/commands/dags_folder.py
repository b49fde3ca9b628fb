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
    """Print the folder of the Dag files, for an Airflow of your own to read."""
    from newsflow import resources

    folder = str(resources.dags_folder())
    typer.echo(json.dumps([_bundle(folder)]) if bundle else folder)


def _bundle(folder: str) -> dict[str, object]:
    local = "airflow.dag_processing.bundles.local.LocalDagBundle"
    return {"name": "newsflow", "classpath": local, "kwargs": {"path": folder}}
