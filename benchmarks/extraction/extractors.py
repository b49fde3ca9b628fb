"""What an extractor makes of a set of pages: `python extractors.py NAME MANIFEST`.

Runs in that extractor's own environment, so it imports nothing of newsflow but what it measures. Prints one
JSON object a page (body, title, authors, day, CPU seconds, refused calls) and, last, one with the peak memory.
No extractor reaches the network: a socket that would connect is refused, and counted.
"""

from __future__ import annotations

import gzip
import json
import logging
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Page:
    """A page as extractors are given it; `charset` is for those that want text."""

    html: bytes
    url: str
    charset: str

    @property
    def text(self) -> str:
        return self.html.decode(self.charset, "replace")


@dataclass
class Made:
    """What came of a page; `authors` and `day` are None where the extractor does not tell.

    `rejected`: why it is no article for the extractor, "" where it is one or where it only has no text.
    """

    body: str = ""
    title: str | None = None
    authors: list[str] | None = None
    day: str | None = None
    seconds: float = 0.0
    refused: int = field(default=0)
    rejected: str = ""


Extract = Callable[[Page], Made]


def trafilatura(**options: Any) -> Extract:
    from trafilatura import extract

    return lambda page: Made(extract(page.html, url=page.url, include_comments=False, **options) or "")


def trafilatura_with_metadata() -> Extract:
    from trafilatura import bare_extraction

    def extract(page: Page) -> Made:
        found: Any = bare_extraction(page.html, url=page.url, include_comments=False, with_metadata=True)
        if found is None:
            return Made()
        return Made(found.text or "", found.title or "", (found.author or "").split("; "), (found.date or "")[:10])

    return extract


def resiliparse() -> Extract:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    def extract(page: Page) -> Made:
        text = bytes_to_str(page.html, detect_encoding(page.html) or "utf-8")
        return Made(extract_plain_text(text, main_content=True, alt_texts=False))

    return extract


def readability() -> Extract:
    from readability import Document
    from resiliparse.extract.html2text import extract_plain_text

    def extract(page: Page) -> Made:
        document = Document(page.text)
        return Made(extract_plain_text(document.summary(), alt_texts=False), document.short_title())

    return extract


def newspaper4k() -> Extract:
    from newspaper import Article

    def extract(page: Page) -> Made:
        article = Article(page.url or "http://localhost/", fetch_images=False)
        article.download(input_html=page.text)
        article.parse()
        return Made(article.text, article.title, article.authors, _day(article.publish_date))

    return extract


def news_please() -> Extract:
    from newsplease import NewsPlease

    def extract(page: Page) -> Made:
        found = NewsPlease.from_html(page.text, url=page.url or None, fetch_images=False)
        return Made(found.maintext or "", found.title or "", found.authors or [], _day(found.date_publish))

    return extract


def mediacloud() -> Extract:
    from mcmetadata import extract as metadata

    def extract(page: Page) -> Made:
        found = metadata(page.url or "http://localhost/a/b", html_text=page.text)
        return Made(found["text_content"] or "", found["article_title"] or "", None, _day(found["publication_date"]))

    return extract


def newsflow() -> Extract:
    from newsflow.extract.document import extract as read

    def extract(page: Page) -> Made:
        found = read(page.html, page.url)
        rejected = "" if found.outcome == "ok" else str(found.outcome)
        return Made(found.body, found.title, list(found.authors), _day(found.published_at), rejected=rejected)

    return extract


EXTRACTORS: dict[str, Callable[[], Extract]] = {
    "newsflow": newsflow,
    "trafilatura": trafilatura,
    "trafilatura fast": lambda: trafilatura(fast=True),
    "trafilatura precision": lambda: trafilatura(favor_precision=True),
    "trafilatura recall": lambda: trafilatura(favor_recall=True),
    "trafilatura + metadata": trafilatura_with_metadata,
    "readability-lxml": readability,
    "resiliparse": resiliparse,
    "newspaper4k": newspaper4k,
    "news-please": news_please,
    "mediacloud-metadata": mediacloud,
}


def _day(moment: Any) -> str:
    return str(moment)[:10] if moment else ""


class Refusals:
    """Refuses each connection of this process, and counts."""

    def __init__(self) -> None:
        self.count = 0
        socket.socket.connect = self.refuse  # type: ignore[method-assign]
        socket.getaddrinfo = self.refuse

    def refuse(self, *_: Any, **__: Any) -> Any:
        self.count += 1
        raise OSError("extractors are measured without a network")


def measured(extract: Extract, page: Page, refusals: Refusals) -> Made:
    """One page; an extractor that fails on it has no text for it."""
    refused, started = refusals.count, time.process_time()
    try:
        made = extract(page)
    except Exception:
        made = Made()
    made.seconds, made.refused = time.process_time() - started, refusals.count - refused
    return made


def peak_mb() -> float:
    """This program's own peak of resident memory; `ru_maxrss` would count its parent's too (proc(5), VmHWM)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main(name: str, manifest: str) -> None:
    """Print a line a page, then the peak memory in MiB. The first page is read twice: the first time warms."""
    logging.disable(logging.CRITICAL)
    extract, refusals = EXTRACTORS[name](), Refusals()
    with Path(manifest).open(encoding="utf-8") as lines:
        asked = [json.loads(line) for line in lines]
    for number, line in enumerate([asked[0], *asked]):
        with gzip.open(line["path"]) as file:
            page = Page(file.read(), line["url"], line["charset"])
        made = measured(extract, page, refusals)
        if number:
            print(json.dumps(asdict(made)), flush=True)
    print(json.dumps({"peak_mb": peak_mb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
