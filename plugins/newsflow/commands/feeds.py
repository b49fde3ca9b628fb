"""`newsflow feeds …`: which feeds are polled."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from newsflow.commands import feed_inspection
from newsflow.commands.feed_inspection import As, AsJson
from newsflow.commands.home_database import database_settings
from newsflow.errors import NewsflowError
from newsflow.text.counted import counted

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Add, read, check, import, export, list and remove feeds."
)

app.command("read")(feed_inspection.read)
app.command("check")(feed_inspection.check)
Number = Annotated[int, typer.Argument(help="Number of the proposal.")]
Urls = Annotated[list[str], typer.Argument(help="Addresses of feeds.")]
Publisher = Annotated[str, typer.Option(help="Name of the outlet; else the domain of the address.")]


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="A feed, or a site whose feeds are to be found.")],
    publisher: Publisher = "",
    read_as: As = None,
    unchecked: Annotated[bool, typer.Option("--unchecked", help="Add the address as it is, unasked.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Add all feeds found and not only the best.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add a feed, or the best of the feeds of a site (and its news sitemap, which fills gaps), or a page."""
    from newsflow.subscriptions.finder import NoFeedError
    from newsflow.subscriptions.lists import Listed

    if unchecked:
        _added([Listed(url, publisher, kind=read_as.value if read_as else "")], as_json)
        return
    _with_db(lambda _conn: None)  # before the first request: without a database there is nothing to add to
    if read_as:
        page = _find_page(url)
        if not as_json:
            _show([page])
        _added([Listed(page.url, publisher, page.title, kind=page.kind)], as_json)
        return
    try:
        found = _find(url)
    except NoFeedError as error:
        raise NoFeedError(f"{error} (--unchecked adds the address as it is)") from None
    if not as_json:
        _show(found)
    sitemaps = [one for one in found[1:] if one.kind == "sitemap"][:1]
    chosen = found if every else [found[0], *sitemaps]
    _added([Listed(one.url, publisher, one.title) for one in chosen], as_json)


@app.command("discover")
def discover(
    url: Annotated[str, typer.Argument(help="A site, or any page of it.")],
    as_json: AsJson = False,
) -> None:
    """Show the feeds of a site, best first, and add none."""
    found = _find(url)
    if as_json:
        from dataclasses import asdict

        told = [{name: value for name, value in asdict(one).items() if name != "links"} for one in found]
        typer.echo(json.dumps(told, default=str, ensure_ascii=False))
        return
    _show(found)


@app.command("proposals")
def proposals(as_json: AsJson = False) -> None:
    """List what is proposed for feeds that are dead or have moved to another site, and other feeds of publishers."""
    from newsflow.subscriptions import proposals

    found = _with_db(proposals.waiting)
    if as_json:
        typer.echo(json.dumps([row._asdict() for row in found], default=str, ensure_ascii=False))
        return
    for row in found:
        sign = "+" if row.beside else "->"
        typer.echo(f"{row.proposal_id:6} {row.publisher:24} {row.old_url}")
        typer.echo(f"{'':6} {sign} {row.url}  ({row.kind}, {row.reason})")
    typer.echo("newsflow feeds accept N, or decline N" if found else "no proposals")


@app.command("accept")
def accept(number: Number, as_json: AsJson = False) -> None:
    """Poll what was proposed: in the feed's stead, or beside it."""
    _settle(number, accepted=True, as_json=as_json)


@app.command("decline")
def decline(number: Number, as_json: AsJson = False) -> None:
    """Decline a proposal."""
    _settle(number, accepted=False, as_json=as_json)


@app.command("gaps")
def gaps(
    every: Annotated[bool, typer.Option("--all", help="Also those that are closed.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the spans in which entries may have been missed."""
    from newsflow.store import queries

    found = _with_db(lambda conn: queries.poll.gaps(conn, all=every, limit=limit))
    if as_json:
        typer.echo(json.dumps([row._asdict() for row in found], default=str, ensure_ascii=False))
        return
    for row in found:
        until = f"{row.to_at:%Y-%m-%d %H:%M}" if row.to_at else "now"
        state = f"closed by {row.closed_by}" if row.closed_at else f"~{row.missed_estimate - row.filled} missing"
        typer.echo(f"{row.from_at:%Y-%m-%d %H:%M} to {until:16} {row.cause:10} {state:20} {row.url or 'all feeds'}")
    if not found:
        typer.echo("no gaps")


@app.command("import")
def import_(
    file: Annotated[str, typer.Argument(help="A list: .opml, .yaml, .csv or .txt; - reads lines from stdin.")],
    as_json: AsJson = False,
) -> None:
    """Add the feeds of a list."""
    from newsflow.subscriptions import list_file, lists

    kind = "txt" if file == "-" else lists.format_of(file)
    with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as stream:
        data = stream.read(list_file.MOST_BYTES + 1)
    _added(list_file.read_isolated(data, kind), as_json)


@app.command("export")
def export(
    file: Annotated[str, typer.Argument(help="Where to: .opml, .yaml, .csv or .txt; - writes OPML to stdout.")] = "-",
) -> None:
    """Write all active feeds as a list."""
    from newsflow.subscriptions import lists

    feeds = active()
    text = lists.write(feeds, "opml" if file == "-" else lists.format_of(file))
    if file == "-":
        typer.echo(text, nl=False)
    else:
        Path(file).write_text(text, encoding="utf-8")
        typer.echo(f"{counted(len(feeds), 'feed')} written to {file}")


@app.command("list")
def list_(
    publisher: Annotated[list[str] | None, typer.Option(help="Only of this outlet; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the feeds and how they are doing."""
    found = listing(publisher)
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
def remove(urls: Urls, as_json: AsJson = False) -> None:
    """Stop polling feeds; what they brought stays."""
    from newsflow.subscriptions import store

    _changed(urls, lambda conn: store.remove(conn, urls), "removed", as_json)


@app.command("pause")
def pause(urls: Urls, as_json: AsJson = False) -> None:
    """Pause feeds."""
    from newsflow.subscriptions import store

    _changed(urls, lambda conn: store.pause(conn, urls, paused=True), "paused", as_json)


@app.command("resume")
def resume(urls: Urls, as_json: AsJson = False) -> None:
    """Resume paused feeds."""
    from newsflow.subscriptions import store

    _changed(urls, lambda conn: store.pause(conn, urls, paused=False), "resumed", as_json)


def _with_db(work: Callable[[Any], Any]) -> Any:
    from newsflow.store.migrate import ready_session

    with ready_session(database_settings().dsn) as conn:
        return work(conn)


def listing(publishers: list[str] | None) -> list[Any]:
    from newsflow.subscriptions import store

    return list(_with_db(lambda conn: store.listing(conn, publishers)))


def active() -> list[Any]:
    """The feeds that are polled, as a list has them."""
    from newsflow.publishers.listed import written
    from newsflow.subscriptions.lists import PAGE, Listed

    facts = _with_db(written)
    return [
        Listed(row.url, row.publisher, row.title, row.home, PAGE if row.kind == PAGE else "", facts[row.publisher])
        for row in listing(None)
        if row.state == "active"
    ]


def _find(url: str) -> list[Any]:
    from newsflow.commands.home_database import command_settings
    from newsflow.subscriptions.addresses import feed_address
    from newsflow.subscriptions.finder import search

    url = feed_address(url)
    return list(search(command_settings(), url if "://" in url else f"https://{url}"))


def _find_page(url: str) -> Any:
    from newsflow.commands.home_database import command_settings
    from newsflow.subscriptions.finder import search_page

    return search_page(command_settings(), url if "://" in url else f"https://{url}")


def _show(found: list[Any]) -> None:
    for one in found:
        newest = f"newest {one.newest_at:%Y-%m-%d %H:%M}" if one.newest_at else "undated"
        typer.echo(f"{one.kind:12} {one.entries:4} entries, {newest}  {one.url}  {one.title!r} ({one.how})")


def _settle(number: int, *, accepted: bool, as_json: bool) -> None:
    from newsflow.clock import utcnow
    from newsflow.subscriptions import proposals

    url = _with_db(lambda conn: proposals.settle(conn, number, utcnow(), accepted=accepted))
    word = "accepted" if accepted else "declined"
    typer.echo(json.dumps({word: url}) if as_json else f"{word} {url}")


def _changed(urls: list[str], change: Callable[[Any], list[str]], word: str, as_json: bool) -> None:
    done = _with_db(change)
    if as_json:
        typer.echo(json.dumps({word: done}))
    for url in () if as_json else done:
        typer.echo(f"{word} {url}")
    unknown = sorted(set(urls) - set(done))
    if unknown:
        raise NewsflowError(f"no such feed: {', '.join(unknown)}")


def _added(feeds: list[Any], as_json: bool) -> None:
    from newsflow.clock import utcnow
    from newsflow.subscriptions import store

    found = _with_db(lambda conn: store.add(conn, feeds, utcnow()))
    if as_json:
        typer.echo(json.dumps({"new": found.new, "known": found.known, "refused": dict(found.refused)}))
    else:
        for url in found.new if len(feeds) < 20 else ():
            typer.echo(f"added {url}")
        typer.echo(f"{len(found.new)} added, {len(found.known)} known already, {len(found.refused)} refused")
        for url, why in found.refused:
            typer.echo(f"refused {url}: {why}", err=True)
    for trouble in found.unread:
        typer.echo(f"left out: {trouble}", err=True)
    if found.refused and not (found.new or found.known):
        raise typer.Exit(1)
