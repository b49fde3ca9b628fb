"""`newsflow feeds read` and `feeds check`: what we make of feeds, and which of a list need a hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsflow.errors import NewsflowError
from newsflow.text.counted import counted

if TYPE_CHECKING:
    from newsflow.feeds.parsed import ParsedFeed
    from newsflow.settings import Settings
    from newsflow.subscriptions.checkup import Checked
    from newsflow.subscriptions.feed_report import FeedReport
    from newsflow.subscriptions.lists import Listed

AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]


class ReadAs(str, Enum):
    """As what an address is read, other than as the feed that it is."""

    PAGE = "page"


As = Annotated[
    ReadAs | None, typer.Option("--as", help="page: a section or home page, for the articles that it links to.")
]


class UnreadableError(NewsflowError):
    """What was given is no feed that can be read."""


def read(
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help="A feed: a file, - for stdin, or an address.")],
    base: Annotated[str, typer.Option(help="Address that a file's relative links start at.")] = "",
    read_as: As = None,
    as_json: AsJson = False,
) -> None:
    """Show what we make of a feed: its entries, how each date was read, and what is odd. Nothing is stored."""
    from newsflow.clock import utcnow
    from newsflow.commands.home_database import command_settings
    from newsflow.feeds.parsed import FeedError
    from newsflow.subscriptions.feed_report import report

    settings = command_settings()
    try:
        found = report(_parsed(settings, source, base, read_as), utcnow())
    except FeedError as error:
        raise UnreadableError(f"{error.outcome.meaning.sentence} {error.detail}") from None
    if as_json:
        typer.echo(json.dumps(asdict(found), default=str, ensure_ascii=False))
        return
    _show(found)


def _parsed(settings: Settings, source: str, base: str, read_as: ReadAs | None) -> ParsedFeed:
    from newsflow.clock import utcnow
    from newsflow.feeds.pages.memory import PageKnowledge
    from newsflow.feeds.parser_process import ParserProcesses

    is_web = "://" in source or source.startswith("feed:")
    body, base, kind = _asked(settings, source) if is_web else (_content(source), base or "http://localhost/", "")
    with ParserProcesses.of(settings, 1) as reader:
        return reader.parse(body, base, kind, page=PageKnowledge(utcnow()) if read_as else None)


def _content(name: str) -> bytes:
    with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as stream:
        return stream.read()


def _asked(settings: Settings, url: str) -> tuple[bytes, str, str]:
    """The body, the address that gave it, and its content type."""
    from newsflow.feeds.parsed import ACCEPT
    from newsflow.outcomes import Outcome
    from newsflow.subscriptions.addresses import feed_address
    from newsflow.web.transport import Transport

    with Transport(settings) as transport:
        exchange = transport.exchange(feed_address(url), accept=ACCEPT)
    if exchange.outcome is not Outcome.OK:
        raise UnreadableError(f"{url}: {exchange.outcome.meaning.sentence} {exchange.detail}".rstrip())
    return exchange.body, exchange.address, exchange.content_type


def _show(found: FeedReport) -> None:
    typer.echo(f"{found.kind}, {counted(len(found.entries), 'entry')}, {found.title!r}, {found.home or 'no home page'}")
    for warning in found.warnings:
        typer.echo(f"  ! {warning}")
    for entry in found.entries:
        when = f"{entry.published_at:%Y-%m-%d %H:%M}" if entry.published_at else "undated"
        typer.echo(f"{when:16} {entry.title or '(no title)'}  {entry.page}")
        if entry.published_raw:
            typer.echo(f"{'':16} date written as {entry.published_raw!r}")
        for warning in entry.warnings:
            typer.echo(f"{'':16} ! {warning}")


def check(
    file: Annotated[
        str, typer.Argument(help="A list: .opml, .yaml, .csv or .txt; without one, the feeds that are polled.")
    ] = "",
    write: Annotated[str, typer.Option(metavar="FILE", help="Write the list with its cures here.")] = "",
    as_json: AsJson = False,
) -> None:
    """Ask each feed of a list once: which are dead, moved, doubled or empty, and what to take instead."""
    from newsflow.commands.home_database import command_settings
    from newsflow.subscriptions import checkup, lists

    if write:
        lists.format_of(write)  # before the first request
    checked = []
    for one in checkup.check(command_settings(), _listed(file)):
        checked.append(one)
        if not as_json:
            _tell(one)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in checked], ensure_ascii=False))
    else:
        typer.echo(_summary(checked))
    if write:
        Path(write).write_text(lists.write(checkup.cured(checked), lists.format_of(write)), encoding="utf-8")


def _listed(file: str) -> Sequence[Listed]:
    from newsflow.commands.feeds import active
    from newsflow.subscriptions import list_file, lists

    if not file:
        return active()
    with Path(file).open("rb") as stream:
        return list_file.read_isolated(stream.read(list_file.MOST_BYTES + 1), lists.format_of(file))


def _tell(one: Checked) -> None:
    if one.verdict != "fine":
        typer.echo(f"{one.verdict:14} {one.feed.url}  {one.why}" + (f"\n{'':14} -> {one.cure}" if one.cure else ""))


def _summary(checked: Sequence[Checked]) -> str:
    verdicts = [one.verdict for one in checked]
    counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts))
    return f"{counted(len(checked), 'feed')}: {counts or 'none'}"
