"""Where a page seems to have no text, or less than stands there: looked at once more before anything says so.

In turn: the page with its noscripts and templates open, and with boxes read as text that hold what there is of it;
what scripts hold; and the plain engine on the tree as it came. What one of these finds is marked as theirs in
`sources`, so that pages which only they could read can be counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from newsflow.extract import phrase_lists
from newsflow.extract.body import cleaning, completeness, embedded_json
from newsflow.extract.body.placement import Paragraph, merge, place
from newsflow.extract.body.trafilatura import door as trafilatura
from newsflow.extract.page import markup, misnamed, prepare, tree
from newsflow.extract.page.blocks import Block, is_running
from newsflow.extract.page.metadata import PageMetadata
from newsflow.extract.page.tree import text_of
from newsflow.model import SECOND_LOOKS
from newsflow.text.sentences import END
from newsflow.text.word_count import count_words

OPENED, PLAIN = SECOND_LOOKS
_BOXES = ("aside", "header", "footer", "nav", "form", "dialog", "details", "figure", "button", "fieldset")
_BULK = 0.6  # of a page's running text in such a box that makes it the text
_PROSE = 8  # words of a line of running text
_FULLER = 3  # times the words that we have: 2 % of the open pages hold so much running text beside it
_LINE = 12  # words of such a line
_SHARED, _RUNNING = 0.85, 0.9  # of our words that the plain engine has, and of its further ones that are running text
_ASKED = 24  # words beside a line that asks for JavaScript
_SENTENCES = 3  # of a page whose text is marked up as headings

Found = tuple[list[Paragraph], str, Sequence[Block]]


def without_names(
    text: str, ground: Sequence[Block], made: Sequence[Paragraph], page: PageMetadata, known: cleaning.Known
) -> Found | None:
    """The same lines and those that were lost for a name alone, cleaned; None where there are none such.

    :param made: the lines so far.
    """
    kept = cleaning.kept(made)
    nodes = misnamed.lost(ground, "\n".join(p.key for p in kept))
    if not nodes:
        return None
    root, unnamed = prepare.without_names(text, nodes)
    found, source = completeness.paragraphs(root, unnamed, text, embedded_json.told(page))
    letters = "\n".join(p.key for p in found)
    # Of the engine's new choice what it left out of its old one: the tree is the same but for the names.
    old = [unnamed[p.block.order] for p in kept if p.block and p.block.key not in letters]
    found = merge(found, old, "filled")
    cleaning.clean(found, known)
    return (found, source, unnamed) if _words(found) > _words(made) else None


def fuller(text: str, ground: Sequence[Block], made: Sequence[Paragraph], known: cleaning.Known) -> Found | None:
    """What all of the engine's stages find, where much running text stands beside ours; None where it is no better.

    They are, where they hold what we have and several times as much, nearly all of it running text: the rules for
    regions and kinds of boxes took one part of an article for all of it.
    """
    words = _words(made)
    if sum(block.words for block in ground if is_running(block)) < _FULLER * words:
        return None
    found = place(completeness.thorough(text), ground)
    cleaning.clean(found, known)
    return (found, PLAIN, ground) if _is_fuller(cleaning.kept(found), cleaning.kept(made)) else None


def _is_fuller(found: Sequence[Paragraph], ours: Sequence[Paragraph]) -> bool:
    letters, own = ("\n".join(p.key for p in lines) for lines in (found, ours))
    shared = sum(p.words for p in ours if p.key in letters)
    new = [p for p in found if p.key not in own]
    running = sum(p.words for p in new if p.words >= _LINE and END.search(p.text))
    many = _words(found) >= _FULLER * _words(ours) and shared >= _SHARED * _words(ours)
    return many and running >= _RUNNING * _words(new)


def _words(made: Sequence[Paragraph]) -> int:
    return sum(p.words for p in cleaning.kept(made))


def paragraphs(
    text: str, ground: Sequence[Block], page: PageMetadata, known: cleaning.Known, least: int
) -> Found | None:
    """The lines of the first that finds a text, cleaned, its name, and their blocks; None where there is none.

    :param text: the page as text.
    :param ground: its blocks.
    :param least: words of running text that make one.
    """
    for made, source, blocks in _looks(text, ground, page, known):
        cleaning.clean(made, known if blocks is ground else known.elsewhere())
        # Running text alone counts: lists of links and labels are what no text leaves behind.
        if sum(p.words for p in cleaning.kept(made) if _is_sentence(p.text)) >= least:
            return made, source, blocks
    return None


def _looks(text: str, ground: Sequence[Block], page: PageMetadata, known: cleaning.Known) -> Iterator[Found]:
    yield _opened(text, page)
    if (whole := tree.parse(text)) is not None:
        held = embedded_json.lines(whole, page, known.titles)
        yield [Paragraph(line, None, "scripts") for line in held], "scripts", ground
        yield place(trafilatura.thorough(whole), ground), PLAIN, ground


def _opened(text: str, page: PageMetadata) -> Found:
    root = tree.parse(markup.opened(text))
    if root is None:
        return [], OPENED, ()
    _read_as_text(root)
    ground = prepare.clear(root)
    made, _ = completeness.paragraphs(root, ground, text, embedded_json.told(page))
    return [] if _asks_for_scripts(made) else made, OPENED, ground


def _asks_for_scripts(made: Sequence[Paragraph]) -> bool:
    """Is there little but a line that asks for JavaScript, as noscripts hold?"""
    other = [p for p in made if not phrase_lists.hits("javascript", p.text.casefold())]
    return len(other) < len(made) and sum(p.words for p in other) < _ASKED


def _read_as_text(root: HtmlElement) -> None:
    """Boxes that hold most of the running text are boxes of text, whatever their tags; so are headings that are it."""
    prose = [line for line in root.iter("p", "li", "h2", "h3", "h4", "h5", "h6") if _is_sentence(text_of(line))]
    headings = [line for line in prose if line.tag not in {"p", "li"}]
    if len(headings) >= _SENTENCES and 2 * len(headings) > len(prose):
        for line in headings:
            line.tag = "p"
    for box in list(root.iter(*_BOXES)):
        if sum(1 for line in prose if box in line.iterancestors()) > _BULK * len(prose):
            box.tag = "div"
            for attribute in ("class", "id", "style", "hidden", "role", "aria-hidden"):
                box.attrib.pop(attribute, None)


def _is_sentence(text: str) -> bool:
    return bool(END.search(text)) and count_words(text) >= _PROSE
