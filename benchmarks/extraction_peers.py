"""What other extractors make of the same files.

Runs in an environment of its own (`python extraction_peers.py NAME < MANIFEST`), so it imports
nothing of newsflow; prints one JSON object a page: body, title, and the CPU seconds it took.
"""

from __future__ import annotations

import gzip
import json
import logging
import sys
import time
from collections.abc import Callable
from typing import Any

Made = tuple[str, str]


def trafilatura(**options: bool) -> Callable[[bytes, str], Made]:
    from trafilatura import extract

    return lambda html, url: (extract(html, url=url, include_comments=False, **options) or "", "")


def resiliparse(html: bytes, url: str) -> Made:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    return extract_plain_text(bytes_to_str(html, detect_encoding(html)), main_content=True, alt_texts=False), ""


def readability(html: bytes, url: str) -> Made:
    import lxml.html
    from readability import Document

    document = Document(html)
    return lxml.html.fromstring(document.summary()).text_content(), document.short_title()


def newspaper4k(html: bytes, url: str) -> Made:
    from newspaper import Article

    article = Article(url or "http://localhost/", fetch_images=False)
    article.download(input_html=html.decode("utf-8", "replace"))
    article.parse()
    return article.text, article.title


def news_please(html: bytes, url: str) -> Made:
    from newsplease import NewsPlease

    article = NewsPlease.from_html(html.decode("utf-8", "replace"), url=url or None)
    return article.maintext or "", article.title or ""


PEERS: dict[str, Callable[[], Callable[[bytes, str], Made]]] = {
    "trafilatura": trafilatura,
    "trafilatura fast": lambda: trafilatura(fast=True),
    "trafilatura precision": lambda: trafilatura(favor_precision=True),
    "trafilatura recall": lambda: trafilatura(favor_recall=True),
    "resiliparse": lambda: resiliparse,
    "readability-lxml": lambda: readability,
    "newspaper4k": lambda: newspaper4k,
    "news-please": lambda: news_please,
}


def main() -> None:
    logging.disable(logging.CRITICAL)
    extract = PEERS[sys.argv[1]]()
    for line in sys.stdin:
        page: dict[str, Any] = json.loads(line)
        with gzip.open(page["path"]) as file:
            html = file.read()
        started = time.process_time()
        try:
            body, title = extract(html, page["url"])
        except Exception:  # a peer that fails on a page has no text for it
            body, title = "", ""
        print(json.dumps({"body": body, "title": title, "seconds": time.process_time() - started}))


if __name__ == "__main__":
    main()
