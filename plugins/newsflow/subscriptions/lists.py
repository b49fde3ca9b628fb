"""Lists of feeds as people keep them: OPML, YAML, CSV, and lines of text. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from lxml import etree

from newsflow.errors import NewsflowError
from newsflow.feeds import encoding
from newsflow.feeds.repair_xml import mended
from newsflow.publishers.facts import COLLECTIONS, FIELDS, field_of
from newsflow.text.cells import delimiter, inert
from newsflow.text.storable import Storable
from newsflow.web import charset

FORMATS = ("opml", "yaml", "csv", "txt")
_PAGE_LINE = "page:"
_OPML = re.compile(r"<(?:[\w-]{1,30}:)?opml\b", re.IGNORECASE)
_COLUMNS = ("url", "feed", "feed_url", "feed url", "feedurl", "xmlurl", "xml_url", "rss", "rss_url", "link", "address")
_BULLET = re.compile(r"^\s*[-*•]\s+")
_ADDRESS = re.compile(r"(?:https?|feed):\S+", re.IGNORECASE)
_SUFFIXES = {"opml": "opml", "xml": "opml", "yaml": "yaml", "yml": "yaml", "csv": "csv", "txt": "txt", "": "txt"}


@dataclass(frozen=True, slots=True)
class Listed(Storable):
    """A feed in a list; only the address must be there."""

    url: str
    publisher: str = ""
    title: str = ""
    homepage: str = ""
    kind: str = ""  # "page" for one that is read for its links to articles; a feed tells its kind itself
    facts: Mapping[str, str] = field(default_factory=dict)  # of its publisher, as written, by `FACTS`


PAGE = "page"
# What a list may say of a feed's publisher. Its title and its kind have other names than the feed's own.
FACTS = tuple(sorted({*FIELDS, COLLECTIONS} - {"homepage"}))
_OWN_NAMES = {"title": "publisher_title", "kind": "publisher_kind"}
_OF_FEED = ("publisher", "title", "url", "homepage", "kind")


class ListError(NewsflowError):
    """A list that can't be read; the message says where."""


def format_of(name: str) -> str:
    """The format that a file name tells.

    :raises ListError: for an unknown ending.
    """
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in _SUFFIXES:
        raise ListError(f"{name}: a list of feeds ends in .opml, .yaml, .csv or .txt")
    return _SUFFIXES[ending]


def decoded(data: bytes) -> str:
    """The text of a list: in the encoding that it tells, UTF-8, or else what spreadsheets on Windows write."""
    codec = encoding.unmistakable(data)
    return data.decode(codec, "replace").removeprefix("\ufeff") if codec else charset.decode(data)


def read(text: str, kind: str) -> list[Listed]:
    """The feeds of a list, each address once.

    :raises ListError: where the text is not of that format, or names no feed.
    """
    readers = {"opml": _read_opml, "yaml": _read_yaml, "csv": _read_csv, "txt": _read_lines}
    found: dict[str, Listed] = {}
    try:
        for listed in readers[kind](text):
            if listed.url:
                found.setdefault(listed.url, listed)
    except (etree.LxmlError, csv.Error, yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise ListError(f"no {kind.upper()}: {(str(error) or type(error).__name__).splitlines()[0]}") from error
    if not found:
        raise ListError("the list names no feed")
    return list(found.values())


def write(feeds: Iterable[Listed], kind: str) -> str:
    """A list in one of `FORMATS`; `read` gives the same feeds back."""
    writers = {"opml": _write_opml, "yaml": _write_yaml, "csv": _write_csv, "txt": _write_lines}
    return writers[kind](list(feeds))


def _read_lines(text: str) -> Iterator[Listed]:
    """A URL a line, `page:` before that of a page, a name of the publisher after it where wanted; # is a comment.

    A mark of an item (- * •) and quotes around the address are left out.
    """
    for line in text.lstrip("\ufeff").splitlines():
        words = _BULLET.sub("", line).split(None, 1)
        if words and not words[0].startswith("#"):
            written = words[0].strip("\"'<>,;")
            url = written.removeprefix(_PAGE_LINE)
            kind = PAGE if url != written else ""
            yield Listed(url, words[1].strip() if len(words) > 1 else "", kind=kind)


def _write_lines(feeds: list[Listed]) -> str:
    marks = {PAGE: _PAGE_LINE}
    return "".join(f"{marks.get(feed.kind, '')}{feed.url} {feed.publisher}".rstrip() + "\n" for feed in feeds)


def _read_csv(text: str) -> Iterator[Listed]:
    text = text.lstrip("\ufeff")
    head = text.partition("\n")[0]
    mark = delimiter(head)
    columns = None if not _ADDRESS.search(head) else _columns(next(csv.reader([head], delimiter=mark)))
    reader = csv.DictReader(io.StringIO(text), columns, delimiter=mark, skipinitialspace=True)
    names = {name.strip().lower(): name for name in reader.fieldnames or ()}
    column = next((names[name] for name in _COLUMNS if name in names), None)
    if column is None:
        raise ListError("the CSV has no column url")
    for row in reader:
        fields = {name: (row.get(original) or "").strip() for name, original in names.items()}
        yield Listed(
            (row.get(column) or "").strip(),
            fields.get("publisher", ""),
            fields.get("title", ""),
            fields.get("homepage", ""),
            _kind(fields.get("kind", "")),
            _facts(fields),
        )


def _facts(given: Mapping[str, Any]) -> dict[str, str]:
    """What a row says of the feed's publisher, whatever it calls its columns."""
    found: dict[str, str] = {}
    for column, value in given.items():
        name = _fact(str(column))
        texts = value if isinstance(value, list) else [value]
        text = "; ".join(str(each).strip() for each in texts if each not in (None, ""))
        if name and text:
            found.setdefault(name, text)
    return found


def _fact(column: str) -> str:
    """The field of the publisher that a column is about; '' for none."""
    name = field_of(column)
    if name in _OWN_NAMES:  # of the feed
        return ""
    own = {written: known for known, written in _OWN_NAMES.items()}
    name = own.get(name, name)
    return name if name in FACTS else ""


def _said(feed: Listed) -> dict[str, str]:
    """The facts of a feed's publisher under the names that they have in lists."""
    return {_OWN_NAMES.get(name, name): feed.facts[name] for name in FACTS if feed.facts.get(name)}


def _kind(text: str) -> str:
    """What a list says of a feed's kind; only that it is a page matters."""
    return PAGE if text.strip().lower() == PAGE else ""


def _columns(cells: list[str]) -> list[str]:
    """Names for the columns of a table that begins with a feed instead of names."""
    address = next((n for n, cell in enumerate(cells) if _ADDRESS.match(cell.strip())), 0)
    return ["url" if n == address else f"column {n}" for n in range(len(cells))]


def _write_csv(feeds: list[Listed]) -> str:
    out = io.StringIO()
    rows = [_row(feed) for feed in feeds]
    told = sorted({name for row in rows for name in row} - {*_OF_FEED})
    writer = csv.DictWriter(out, [*_OF_FEED, *told], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: inert(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def _row(feed: Listed) -> dict[str, str]:
    return {**{name: str(getattr(feed, name)) for name in _OF_FEED}, **_said(feed)}


def _read_yaml(text: str) -> Iterator[Listed]:
    """A list of mappings (as columns of CSV) or of URLs, or a mapping publisher → URLs."""
    data = yaml.safe_load(text)
    if isinstance(data, dict) and isinstance(data.get("feeds"), list):
        data = data["feeds"]
    if isinstance(data, dict):
        data = [
            item if isinstance(item, dict) and "url" in item else {"publisher": str(name), "url": item}
            for name, items in data.items()
            for item in (items if isinstance(items, list) else [items])
        ]
    if not isinstance(data, list):
        raise ListError("the YAML is neither a list of feeds nor a mapping of publishers to feeds")
    yield from map(_from_yaml, data)


def _from_yaml(item: Any) -> Listed:
    if isinstance(item, str):
        return Listed(item.strip())
    if not isinstance(item, dict) or not isinstance(item.get("url"), str):
        raise ListError(f"a feed needs a url: {str(item)[:100]}")
    texts = {name: str(item.get(name) or "").strip() for name in ("url", "publisher", "title", "homepage")}
    return Listed(**texts, kind=_kind(str(item.get("kind") or "")), facts=_facts(item))


def _write_yaml(feeds: list[Listed]) -> str:
    items = [{name: value for name, value in _row(feed).items() if value} for feed in feeds]
    return str(yaml.safe_dump(items, allow_unicode=True, sort_keys=False))


def _read_opml(text: str) -> Iterator[Listed]:
    """OPML 2.0 (http://opml.org/spec2.opml); an attribute `publisher` of ours names the outlet.

    In any namespace, which some programs give it, and with the small breakages of feeds mended.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, recover=True)
    text = text.replace("\0", "")
    start = _OPML.search(text)  # behind a declaration, comments, or what a browser saved with it
    if start is None:
        raise ListError("the document is no OPML")
    root = etree.fromstring(mended(text[start.start() :].encode("utf-8", "replace")), parser)
    if root is None or _local(root) != "opml":
        raise ListError("the document is no OPML")
    for node in root.iter():
        if _local(node) != "outline":
            continue
        url = _attribute(node, "xmlurl") or _included(node)
        if url:
            name = _attribute(node, "publisher")
            title, home = _attribute(node, "title") or _attribute(node, "text"), _attribute(node, "htmlurl")
            said = _facts({_bare(str(key)): str(value) for key, value in node.attrib.items()})
            yield Listed(url, name, title, home, _kind(_attribute(node, "type")), said)


def _local(node: etree._Element) -> str:
    """The name of an element without its namespace or prefix, lower case."""
    return _bare(str(node.tag))


def _included(node: etree._Element) -> str:
    """The address of an outline of a feed's type that calls it `url`, as some programs do."""
    return _attribute(node, "url") if _attribute(node, "type").lower() in ("rss", "atom", "feed") else ""


def _attribute(node: etree._Element, name: str) -> str:
    values = (str(value).strip() for key, value in node.attrib.items() if _bare(str(key)) == name)
    return next(values, "")


def _bare(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2].lower()


def _write_opml(feeds: list[Listed]) -> str:
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "newsflow feeds"
    body = etree.SubElement(root, "body")
    for feed in feeds:
        node = etree.SubElement(body, "outline", type=feed.kind or "rss", text=feed.title or feed.url, xmlUrl=feed.url)
        for name, value in (("title", feed.title), ("htmlUrl", feed.homepage), ("publisher", feed.publisher)):
            if value:
                node.set(name, value)
        for name, value in _said(feed).items():
            node.set(name, value)
    text = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return text.decode()
