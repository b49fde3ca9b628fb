"""`newsflow extract`: one page, or a manifest of pages, to JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsflow.commands.home_database import command_settings
from newsflow.settings import get_settings

if TYPE_CHECKING:
    from newsflow.model import Extraction

app = typer.Typer(add_completion=False)


@app.command()
def extract(
    source: Annotated[str, typer.Argument(help="A file, a URL, or - for standard input.")] = "",
    url: Annotated[str, typer.Option(help="Address that the page came from.")] = "",
    batch: Annotated[
        Path | None, typer.Option(help='A file of JSON lines {"path": …, "url": …}.', exists=True, dir_okay=False)
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 for one a core.")] = 0,
    site_lines: Annotated[
        bool, typer.Option(help="With --batch: leave out lines that recur across the pages of one host.")
    ] = True,
) -> None:
    """Extract one page, or a manifest of pages, to JSON on standard output."""
    if (batch is None) == (not source):
        raise typer.BadParameter("name either a page or --batch MANIFEST.jsonl")
    if batch:
        _batch(batch, workers, site_lines)
    else:
        _one(source, url)


def _one(source: str, url: str) -> None:
    from newsflow.extract.document import extract as read
    from newsflow.extract.manifest import to_json
    from newsflow.model import Hints

    found = page(source)
    sys.stdout.write(to_json(read(found.html, url or found.url, Hints(content_type=found.content_type))) + "\n")


@dataclass(frozen=True)
class ShownExtraction:
    """What was read, and what its transport said of it."""

    html: bytes
    url: str = ""
    content_type: str = ""


def page(source: str) -> ShownExtraction:
    """A page from a file, standard input, or a URL (asked through the guarded transport).

    :raises OSError: where it can't be read.
    """
    from newsflow.extract.manifest import bounded, read_page

    if source == "-":
        return ShownExtraction(bounded(sys.stdin.buffer, "standard input"))
    if source.startswith(("http://", "https://")):
        return _asked(source)
    if "://" in source:
        raise OSError(f"{source}: only http:// and https:// addresses are asked")
    return ShownExtraction(read_page(Path(source)))


def _asked(url: str) -> ShownExtraction:
    from newsflow.outcomes import Outcome
    from newsflow.web.transport import Transport

    with Transport(command_settings()) as transport:
        answer = transport.exchange(url)
    if answer.outcome is not Outcome.OK:
        raise OSError(f"{url}: {answer.outcome} {answer.detail}".rstrip())
    return ShownExtraction(answer.body, answer.final_url or url, answer.headers.get("content-type", ""))


def _batch(manifest: Path, workers: int, site_lines: bool) -> None:
    from newsflow.extract import manifest as lines
    from newsflow.extract.pool import Extractors
    from newsflow.isolation.cores import cores

    settings = get_settings()
    total = lines.count(manifest)
    with Extractors(workers or cores(), settings.extract_timeout_s, settings.extract_memory_mb) as pool:
        spool = lines.Spool()
        for extraction in _watched(pool.map(lines.jobs(manifest)), total):
            if site_lines:
                spool.add(extraction)
            else:
                sys.stdout.write(lines.to_json(extraction) + "\n")
    sys.stdout.writelines(line + "\n" for line in spool.lines())


def _watched(made: Iterable[Extraction], total: int) -> Iterator[Extraction]:
    from rich.console import Console
    from rich.progress import track

    yield from track(made, "extract", total=total, console=Console(file=sys.stderr), update_period=0.5)
