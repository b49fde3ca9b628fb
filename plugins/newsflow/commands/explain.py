"""`newsflow explain`: why each paragraph was kept or cut, and which source won each field."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from newsflow.commands.extract import ShownExtraction

app = typer.Typer(add_completion=False)


@app.command()
def explain(
    source: Annotated[str, typer.Argument(help="A file, a URL, or - for standard input.")],
    url: Annotated[str, typer.Option(help="Address that the page came from.")] = "",
    html: Annotated[Path | None, typer.Option(help="Write the report as an HTML page to this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
    stored: Annotated[
        bool, typer.Option("--stored", help="The URL as it was captured last, without asking it.")
    ] = False,
) -> None:
    """Show, paragraph by paragraph, what was kept or cut and why, and where each field came from."""
    from newsflow.extract import explanation
    from newsflow.extract.document import read
    from newsflow.model import Hints

    found = _stored(source) if stored else _page(source)
    reading = read(found.html, url or found.url, Hints(content_type=found.content_type))
    if html:
        html.write_text(explanation.html(reading, found.html), encoding="utf-8")
        sys.stderr.write(f"newsflow: the report is in {html}\n")
    if as_json:
        sys.stdout.write(json.dumps(explanation.data(reading), ensure_ascii=False) + "\n")
    elif not html:
        sys.stdout.writelines(line + "\n" for line in explanation.text(reading))


def _page(source: str) -> ShownExtraction:
    from newsflow.commands.extract import page

    return page(source)


def _stored(url: str) -> ShownExtraction:
    from newsflow.commands.archive import captured
    from newsflow.commands.extract import ShownExtraction

    answer = captured(url)
    return ShownExtraction(answer.body, url, answer.headers.get("content-type", ""))
