"""`newsflow checklist …`: what a desk settles before it relies on newsflow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from newsflow.commands.home_database import airflow_url, database_settings, home, on_database
from newsflow.commands.publishers import AsJson, actor
from newsflow.settings import is_airflow_set_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsflow.local.airflow import Client
    from newsflow.ops.checklist import Entry
    from newsflow.ops.schedules import DagState
    from newsflow.settings import Settings

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="What to settle before you rely on it: list, settle, reopen."
)
Name = Annotated[str, typer.Argument(help="Name of a check, as the list shows it.")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List contact, feeds, Dags, alarms and backup: what is done, and what to do about the others."""
    from newsflow.ops.checklist import entries
    from newsflow.store.migrate import ready_session

    settings = database_settings()
    with ready_session(settings.dsn) as conn:
        found = entries(conn, settings, dag_states())
    typer.echo(json.dumps([e.as_dict() for e in found], ensure_ascii=False) if as_json else "\n".join(lines(found)))


@app.command()
def settle(
    name: Name,
    why: Annotated[str, typer.Option(help="How it is done, or why it is not wanted.")],
    as_json: AsJson = False,
) -> None:
    """Close a check with a reason: done in a way that can't be seen from here, or not wanted."""
    from newsflow.ops import checklist

    on_database(lambda conn, now: checklist.settle(conn, name, why, actor(), now))
    typer.echo(json.dumps({"settled": name, "why": why}) if as_json else f"{name}: settled")


@app.command()
def reopen(name: Name, as_json: AsJson = False) -> None:
    """Take such a reason back."""
    from newsflow.ops import checklist

    on_database(lambda conn, now: checklist.reopen(conn, name, actor(), now))
    typer.echo(json.dumps({"reopened": name}) if as_json else f"{name}: open, unless it is done")


def lines(found: Iterable[Entry]) -> Iterator[str]:
    """The checklist for a terminal: what is done or settled, and what is not, each with what to do."""
    for entry in found:
        yield f"{'☐' if entry.is_open else '✓'} {entry.name:<8} {entry.title}: {entry.sentence}"
        if entry.is_open:
            yield f"  {'':<8} → {entry.cure}"


def dag_states() -> list[DagState] | None:
    """The Dags of the Airflow that is up in this home, else of the one that is set up; None where there is none."""
    from newsflow.local.airflow import Client
    from newsflow.ops import schedules

    if url := airflow_url():
        return _of_client(Client(url, home().password()))
    if not is_airflow_set_up():
        return None
    try:
        return schedules.stored()
    except Exception:  # Airflow's database is away, or empty: the doctor's check "airflow" tells
        return None


def _of_client(client: Client) -> list[DagState] | None:
    import requests

    from newsflow.ops import schedules

    try:
        return schedules.told(client.dags())
    except requests.RequestException:  # it is ending, or busy
        return None
    finally:
        client.close()


def closing(settings: Settings, client: Client) -> Iterator[str]:
    """What `newsflow up` ends with: the checklist, until nothing of it is open."""
    from newsflow.ops.checklist import entries
    from newsflow.store.migrate import ready_session

    with ready_session(settings.dsn, application="newsflow up") as conn:
        found = entries(conn, settings, _of_client(client))
    if any(entry.is_open for entry in found):
        yield "\nBefore you rely on it (newsflow checklist list):"
        yield from lines(found)
