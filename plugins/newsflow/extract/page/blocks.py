"""A page's lines of text in order, each with where it stands: the ground for judging what the engine kept.

A block is a run of text between two block-level boundaries (or line breaks): what a reader
sees as one paragraph, list item, heading or caption.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml.html import HtmlElement

from newsflow.extract.page import custom_elements
from newsflow.text.characters import bare
from newsflow.text.sentences import END
from newsflow.text.word_count import count_words

# Never text of an article; taken out of the tree before anything looks for it.
_JUNK = """
script style noscript template iframe object embed applet svg canvas math map audio video select option button input
textarea datalist progress nav menu dialog frameset frame noindex link meta title
"""
JUNK = tuple(_JUNK.split())

_INLINE = """
a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr q rb rp rt ruby s samp small
span strike strong sub sup time tt u var wbr picture source o:p font-face
"""
INLINE = frozenset(_INLINE.split())
_RUNNING, _LINKED = 12, 0.3  # words of a line of running text, and its share of links
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_CONCEALED = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MAX_DEPTH = 220
_MAX_BLOCKS = 20_000


@dataclass(slots=True)
class Block:
    """One line of a page.

    `links` is the share of its characters inside links; `path` the tags and classes of what it
    stands in, outermost first; `order` its place on the page; `times` what its `<time>` elements
    state, each with its class.
    """

    text: str
    tag: str
    links: float
    path: tuple[str, ...]
    nodes: tuple[int, ...]
    order: int
    bold: float = 0.0
    times: tuple[tuple[str, str], ...] = ()
    _words: int = -1
    _key: str | None = None
    _running: bool | None = None

    @property
    def box(self) -> tuple[int, ...]:
        """The container that it stands in, as a row of one node; empty at the top of the page."""
        return self.nodes[-2:-1]

    @property
    def words(self) -> int:
        """Words, comparable between scripts; counted once."""
        if self._words < 0:
            self._words = count_words(self.text)
        return self._words

    @property
    def running(self) -> bool:
        """Is it running text: long enough, with few links, and a sentence to its end? Asked once."""
        if self._running is None:
            self._running = self.links < _LINKED and self.words >= _RUNNING and bool(END.search(self.text))
        return self._running

    @property
    def key(self) -> str:
        """The key of its text; made once."""
        if self._key is None:
            self._key = key(self.text)
        return self._key


def is_running(block: Block) -> bool:
    """The same as a function, to sort lines by."""
    return block.running


def key(text: str) -> str:
    """What two renderings of one line have in common: its letters and digits."""
    return bare(text).replace("_", "")


@dataclass(slots=True)
class _Walk:
    blocks: list[Block] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    linked: int = 0
    bold: int = 0
    path: list[str] = field(default_factory=list)
    nodes: list[int] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    elements: list[HtmlElement] = field(default_factory=list)
    times: list[tuple[str, str]] = field(default_factory=list)

    def add(self, text: str | None, in_link: bool, in_bold: bool) -> None:
        if text:
            self.parts.append(text)
            if in_link:
                self.linked += len(text.strip())
            if in_bold:
                self.bold += len(text.strip())

    def flush(self) -> None:
        """End a line; of what is set as it is written, all its lines."""
        if not self.parts:
            return
        whole = "".join(self.parts)
        if squeezed := " ".join(whole.split()):
            links, bold = min(1.0, self.linked / len(squeezed)), min(1.0, self.bold / len(squeezed))
            written = whole.split("\n") if "\n" in whole and "pre" in self.tags else ()
            for line in map(" ".join, map(str.split, written)) if written else (squeezed,):
                if line:
                    self._end(line, links, bold)
        self.parts, self.linked, self.bold = [], 0, 0

    def _end(self, text: str, links: float, bold: float) -> None:
        if len(self.blocks) < _MAX_BLOCKS:
            tag = self.tags[-1] if self.tags else ""
            place = tuple(self.path), tuple(self.nodes), len(self.blocks)
            self.blocks.append(Block(text, tag, links, *place, bold, tuple(self.times)))
            self.times.clear()


def label(element: HtmlElement) -> str:
    """Tag, id and classes of an element as one string to look for words in: `div#main.story.body`."""
    found = f"{element.tag}#{element.get('id') or ''}.{element.get('class') or ''}"
    style = element.get("style")
    concealed = element.get("hidden") is not None or (style and _CONCEALED.search(style))
    return f"{found} hidden" if concealed else found


def _visit(element: HtmlElement, walk: _Walk, in_link: bool, in_bold: bool, depth: int) -> None:
    tag = element.tag
    if not isinstance(tag, str):
        return
    if tag not in INLINE and custom_elements.is_custom(tag):
        tag = custom_elements.settle(element)
    if tag in INLINE:
        in_link = in_link or tag == "a"
        in_bold = in_bold or tag in {"b", "strong"}
        if tag == "time" and (stated := element.get("datetime")):
            walk.times.append((stated, element.get("class") or ""))
        walk.add(element.text, in_link, in_bold)
        for child in element:
            _visit(child, walk, in_link, in_bold, depth + 1)
            walk.add(child.tail, in_link, in_bold)
        return
    walk.flush()
    if tag in {"br", "hr"}:
        return
    walk.path.append(label(element))
    walk.tags.append(tag)
    walk.elements.append(element)
    walk.nodes.append(len(walk.elements))
    if depth > _MAX_DEPTH:
        walk.add(" ".join(element.itertext()), in_link, in_bold)
    else:
        walk.add(element.text, in_link, in_bold)
        for child in element:
            _visit(child, walk, in_link, in_bold, depth + 1)
            walk.add(child.tail, in_link, in_bold)
    walk.flush()
    walk.path.pop()
    walk.nodes.pop()
    walk.tags.pop()


def relabelled(found: Sequence[Block], elements: Sequence[HtmlElement], nodes: Collection[int]) -> list[Block]:
    """The same blocks, where some of the elements that they stand in got other names."""
    new = {node: label(elements[node - 1]) for node in nodes}
    return [block if new.keys().isdisjoint(block.nodes) else _relabelled(block, new) for block in found]


def _relabelled(block: Block, new: Mapping[int, str]) -> Block:
    path = (new.get(node, old) for node, old in zip(block.nodes, block.path, strict=True))
    return replace(block, path=tuple(path))


def segment(root: HtmlElement) -> list[Block]:
    """The blocks of a page in document order."""
    return walked(root)[0]


def walked(root: HtmlElement) -> tuple[list[Block], list[HtmlElement]]:
    """The same, and the elements that their `nodes` number, from 1."""
    walk = _Walk()
    body = root.find("body")
    _visit(root if body is None else body, walk, False, False, 0)
    walk.flush()
    return walk.blocks, walk.elements
