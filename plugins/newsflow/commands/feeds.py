"""`newsflow feeds …`: which feeds are polled."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Add, import, export, list and remove feeds.")

AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]
Publisher = Annotated[str, typer.Option(help="Name of the outlet; else the domain of the address.")]


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="A feed, or a site whose feeds are to be found.")],
    publisher: Publisher = "",
    as_json: AsJson = False,
) -> None:
    """Add a feed."""
    from newsflow.poll.lists import Listed

    _added([Listed(url, publisher)], as_json)


@app.command("import")
def import_(
    file: Annotated[str, typer.Argument(help="A list: .opml, .yaml, .csv or .txt; - reads lines from stdin.")],
    as_json: AsJson = False,
) -> None:
    """Add the feeds of a list."""
    from newsflow.poll import lists

    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    _added(lists.read(text, "txt" if file == "-" else lists.format_of(file)), as_json)


@app.command("export")
def export(
    file: Annotated[str, typer.Argument(help="Where to: .opml, .yaml, .csv or .txt; - writes OPML to stdout.")] = "-",
) -> None:
    """Write all active feeds as a list."""
    from newsflow.poll import lists
    from newsflow.poll.lists import Listed

    feeds = [Listed(row.url, row.publisher, row.title, row.home) for row in _listing(None) if row.state == "active"]
    text = lists.write(feeds, "opml" if file == "-" else lists.format_of(file))
    if file == "-":
        typer.echo(text, nl=False)
    else:
        Path(file).write_text(text, encoding="utf-8")
        typer.echo(f"{len(feeds)} feeds written to {file}")


@app.command("list")
def list_(
    publisher: Annotated[list[str] | None, typer.Option(help="Only of this outlet; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the feeds and how they are doing."""
    found = _listing(publisher)
    if as_json:
        typer.echo(json.dumps([row._asdict() for row in found], default=str, ensure_ascii=False))
        return
    for row in found:
        state = row.state if row.state != "active" else str(row.last_outcome or "not polled yet")
        every = f"every {row.interval_s / 3600:.1f} h" if row.interval_s else ""
        typer.echo(f"{row.publisher:24} {row.kind:12} {state:16} {every:12} {row.url}  {row.reason}".rstrip())
    if not found:
        typer.echo("no feeds yet: newsflow feeds add https://example.org")


@app.command("remove")
def remove(urls: Annotated[list[str], typer.Argument(help="Addresses of feeds.")]) -> None:
    """Stop polling feeds; what they brought stays."""
    from newsflow.poll import subscriptions

    _changed(urls, lambda conn: subscriptions.remove(conn, urls), "removed")


@app.command("pause")
def pause(urls: Annotated[list[str], typer.Argument(help="Addresses of feeds.")]) -> None:
    """Pause feeds."""
    from newsflow.poll import subscriptions

    _changed(urls, lambda conn: subscriptions.pause(conn, urls, paused=True), "paused")


@app.command("resume")
def resume(urls: Annotated[list[str], typer.Argument(help="Addresses of feeds.")]) -> None:
    """Resume paused feeds."""
    from newsflow.poll import subscriptions

    _changed(urls, lambda conn: subscriptions.pause(conn, urls, paused=False), "resumed")


def _listing(publishers: list[str] | None) -> list[Any]:
    from newsflow.poll import subscriptions
    from newsflow.settings import get_settings
    from newsflow.store.db import session

    with session(get_settings().dsn) as conn:
        return subscriptions.listing(conn, publishers)


def _changed(urls: list[str], change: Any, word: str) -> None:
    from newsflow.settings import get_settings
    from newsflow.store.db import session

    with session(get_settings().dsn) as conn:
        done = change(conn)
    for url in done:
        typer.echo(f"{word} {url}")
    unknown = sorted(set(urls) - set(done))
    if unknown:
        raise LookupError(f"no such feed: {', '.join(unknown)}")


def _added(feeds: list[Any], as_json: bool) -> None:
    from newsflow.clock import utcnow
    from newsflow.poll import subscriptions
    from newsflow.settings import get_settings
    from newsflow.store.db import session

    with session(get_settings().dsn) as conn:
        found = subscriptions.add(conn, feeds, utcnow())
    if as_json:
        typer.echo(json.dumps({"new": found.new, "known": found.known, "refused": dict(found.refused)}))
    else:
        for url in found.new if len(feeds) < 20 else ():
            typer.echo(f"added {url}")
        typer.echo(f"{len(found.new)} added, {len(found.known)} known already, {len(found.refused)} refused")
        for url, why in found.refused:
            typer.echo(f"refused {url}: {why}", err=True)
    if found.refused and not (found.new or found.known):
        raise typer.Exit(1)
