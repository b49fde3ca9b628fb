"""`newsflow publishers …`: what is known of outlets, and what becomes of them."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from newsflow.commands.home_database import database_settings

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="List and describe publishers; import and export them as CSV; rename, merge, give other names.",
)

AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]
Name = Annotated[str, typer.Argument(help="Name of the publisher, or another name of it.")]
Collections = Annotated[list[str] | None, typer.Option("--collection", help="Only of this one; may be repeated.")]
_NAMES: Mapping[str, str] = {
    "title": "Name as readers know it.",
    "homepage": "Address of the home page.",
    "country": "ISO 3166-1 code, such as PT.",
    "region": "Part of the country, or place.",
    "languages": "ISO 639-1 codes, such as 'pt en': pages in others are rejected from then on.",
    "kind": "daily, weekly, magazine, broadcaster, agency, aggregator, blog, institution or other.",
    "time_zone": "IANA name, such as Europe/Lisbon.",
    "owner": "Who owns it.",
    "maintainer": "Who of us looks after it; messages of its alarms name them.",
    "channel": "Channel of NEWSFLOW_NOTIFIERS that its alarms go to.",
    "notes": "Anything else.",
}


@app.command("list")
def list_(
    names: Annotated[list[str] | None, typer.Argument(help="Only these.")] = None,
    collection: Collections = None,
    as_json: AsJson = False,
) -> None:
    """List publishers with what is known of them."""
    from newsflow.publishers import store

    with _session() as conn:
        found = store.listing(conn, names, collection)
    if as_json:
        typer.echo(json.dumps([row._asdict() for row in found], ensure_ascii=False))
        return
    for row in found:
        languages = " ".join(row.languages or ())
        told = (row.title, row.kind, row.country, languages, row.time_zone, "; ".join(row.collections))
        typer.echo(f"{row.name:32} {' · '.join(part for part in told if part)}".rstrip())
    if not found:
        typer.echo("none")


def _option(field: str) -> Any:
    return Annotated[str | None, typer.Option(f"--{field.replace('_', '-')}", help=f"{_NAMES[field]} Empty: unknown.")]


@app.command("set")
def set_(
    name: Name,
    title: _option("title") = None,  # type: ignore[valid-type]
    homepage: _option("homepage") = None,  # type: ignore[valid-type]
    country: _option("country") = None,  # type: ignore[valid-type]
    region: _option("region") = None,  # type: ignore[valid-type]
    languages: _option("languages") = None,  # type: ignore[valid-type]
    kind: _option("kind") = None,  # type: ignore[valid-type]
    time_zone: _option("time_zone") = None,  # type: ignore[valid-type]
    owner: _option("owner") = None,  # type: ignore[valid-type]
    maintainer: _option("maintainer") = None,  # type: ignore[valid-type]
    channel: _option("channel") = None,  # type: ignore[valid-type]
    notes: _option("notes") = None,  # type: ignore[valid-type]
    collection: Annotated[
        list[str] | None, typer.Option(help="It is in these and no others; may be repeated. Empty: in none.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what is known of a publisher; what is not named stays as it is."""
    from newsflow.clock import utcnow
    from newsflow.publishers import facts, store

    given = {
        "title": title, "homepage": homepage, "country": country, "region": region, "languages": languages,
        "kind": kind, "time_zone": time_zone, "owner": owner, "maintainer": maintainer, "channel": channel,
        "notes": notes,
    }  # fmt: skip
    said = {field: text for field, text in given.items() if text is not None}
    sets = facts.collections(";".join(collection)) if collection is not None else None
    if not said and sets is None:
        raise typer.BadParameter("say what is to be set, such as --country PT")
    with _session() as conn:
        changed = store.set_facts(conn, name, said, sets, actor(), utcnow())
    if as_json:
        typer.echo(json.dumps({"publisher": name, "changed": changed}))
        return
    typer.echo(f"{name}: {', '.join(changed)} set" if changed else f"{name}: all of that was known already")


@app.command("import")
def import_(
    file: Annotated[str, typer.Argument(help="CSV with the column publisher and any others of export; - for stdin.")],
    add: Annotated[bool, typer.Option("--add", help="Make publishers that are not there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take over a table of publishers, whole or not at all; an empty cell empties its field."""
    from newsflow.clock import utcnow
    from newsflow.publishers import exchange
    from newsflow.publishers.table import TableError
    from newsflow.subscriptions.lists import decoded

    text = decoded(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
    with _session() as conn:
        try:
            done = exchange.bring_in(conn, text, actor(), utcnow(), add=add)
        except TableError as error:
            for trouble in error.troubles[:50]:
                typer.echo(str(trouble), err=True)
            raise
    if as_json:
        told = {"publishers": done.publishers, "changed": done.changed, "added": done.added}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    typer.echo(f"{done.publishers} publishers read, {len(done.changed)} changed, {len(done.added)} added")


@app.command("export")
def export(
    file: Annotated[str, typer.Argument(help="CSV to write; - for stdout.")] = "-",
    collection: Collections = None,
) -> None:
    """Write publishers as a table that a spreadsheet edits and import takes back."""
    from newsflow.publishers import exchange

    with _session() as conn:
        text = exchange.export(conn, None, collection)
    if file == "-":
        typer.echo(text, nl=False)
        return
    # with its mark, or a spreadsheet reads UTF-8 as the machine's old code page
    Path(file).write_text(f"\ufeff{text}", encoding="utf-8", newline="")
    typer.echo(f"written to {file}")


@app.command("rename")
def rename(
    name: Name,
    new: Annotated[str, typer.Argument(help="What it is called from now on.")],
    as_json: AsJson = False,
) -> None:
    """Give a publisher another name, for one whose domain moves: its articles follow, the old name leads to it."""
    from newsflow.publishers import moves

    with _session() as conn:
        act = moves.rename(conn, name, new, actor())
    told = {"act": act, "old_name": name, "new_name": new}
    typer.echo(
        json.dumps(told) if as_json else f"{name} is called {new} now; newsflow publishers undo {act} takes it back"
    )


@app.command("merge")
def merge(
    name: Annotated[str, typer.Argument(help="Publisher that goes into the other.")],
    into: Annotated[str, typer.Argument(help="Publisher that stays.")],
    as_json: AsJson = False,
) -> None:
    """Make two publishers one: hosts, feeds, pages, articles and counts of the first are the second's."""
    from newsflow.publishers import moves

    with _session() as conn:
        act = moves.merge(conn, name, into, actor())
    told = {"act": act, "old_name": name, "new_name": into}
    typer.echo(json.dumps(told) if as_json else f"{name} is {into} now; newsflow publishers undo {act} takes it back")


@app.command("undo")
def undo(
    act: Annotated[int | None, typer.Argument(help="Number of the act; the newest by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take a renaming or a merger back."""
    from newsflow.publishers import moves

    with _session() as conn:
        done = moves.undo(conn, act, actor())
    told = {"act": done.act_id, "back": done.old_name}
    typer.echo(json.dumps(told) if as_json else f"act {done.act_id} is undone: {done.old_name} is back")


@app.command("acts")
def acts(as_json: AsJson = False) -> None:
    """List renamings and mergers, the newest first; what broke off goes on."""
    from newsflow.publishers import moves
    from newsflow.store import queries

    with _session() as conn:
        moves.resume(conn)
        found = queries.publishers.acts(conn, act_id=None, open=False)
    if as_json:
        typer.echo(json.dumps([row._asdict() for row in found], default=str, ensure_ascii=False))
        return
    for row in found:
        told = f"{row.act_id:6} {row.verb:7} {row.state:8} {row.begun_at:%Y-%m-%d %H:%M} {row.actor:12}"
        typer.echo(f"{told} {row.old_name} -> {row.new_name}")
    if not found:
        typer.echo("none")


@app.command("alias")
def alias(
    name: Name,
    aliases: Annotated[list[str], typer.Argument(help="Other names or hosts of it.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take them from it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give a publisher other names, by which lists, links and searches find it."""
    from newsflow.clock import utcnow
    from newsflow.publishers import aliases as names

    with _session() as conn:
        (names.remove if remove else names.add)(conn, name, aliases, actor(), utcnow())
    told = {"publisher": name, "aliases": aliases, "known": not remove}
    plain = f"{', '.join(aliases)}: {'no longer' if remove else 'now'} a name of {name}"
    typer.echo(json.dumps(told) if as_json else plain)


def actor() -> str:
    """Who is to stand in the audit: the machine's user, as far as it has a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "a person"


@contextmanager
def _session() -> Iterator[Any]:
    from newsflow.store.migrate import ready_session

    with ready_session(database_settings().dsn, application="newsflow publishers") as conn:
        yield conn
