"""Parts of sentences that only look like something else: reading aids, footnotes, terms in buttons, link targets."""

from __future__ import annotations

import re

from lxml.etree import strip_elements, strip_tags
from lxml.html import HtmlElement

from newsflow.extract.page.tree import class_of, text_of

_MARK = re.compile(r"[\[(]?(?:\d{1,3}(?:\s?[,–-]\s?\d{1,3})*|[a-z]|[ivx]{1,4}|[*†‡§¶#]{1,3})[\])]?")
_NUMBER = re.compile(r"[\[(]?\d{1,2}[\])]?")
_NOTE = re.compile(r"foot-?note|note-?ref|\bfn-?ref|\breference\b|\bcite|endnote")
_WORD_END = re.compile(r"(?:(?P<word>[^\W\d_]{4,})|[.,;:!?…\"”’»)。、，！？])\s?$")
# A small number above one of these is a square or a cube: "twelve metres²".
_UNIT = re.compile(
    r"(?:kilo|centi|milli|deci)?(?:m[eéè]t(?:er|re|ro)s?)|inch(?:es)?|feet|foot|yards?|miles?", re.IGNORECASE
)
_PARAGRAPHS = frozenset(("p", "li", "td", "dd", "blockquote", "h2", "h3", "h4"))


def join(root: HtmlElement) -> None:
    """Make them part of their sentences."""
    _free_targets(root)
    found = list(root.iter("ruby", "sup", "button"))
    if any(element.tag == "ruby" for element in found):
        strip_elements(root, "rt", "rp", "rtc", with_tail=False)
        strip_tags(root, "ruby", "rb", "rbc")
    for element in found:
        if element.tag == "sup" and _is_note(element):
            _bracket(element)
        elif element.tag == "button" and _is_term(element):
            element.tag = "span"


def _free_targets(root: HtmlElement) -> None:
    """Read `<a name="x">`, the target of links, as text: it is no link itself, and old pages leave it open."""
    for target in root.iter("a"):
        if target.get("href") is None and (target.get("name") or target.get("id")):
            target.tag = "span"


def _before(element: HtmlElement) -> str:
    """The text right before an element, in what it stands in."""
    above, parent = element.getprevious(), element.getparent()
    if above is not None:
        return above.tail or text_of(above)
    return (parent.text or "") if parent is not None else ""


def _bracket(sup: HtmlElement) -> None:
    """Write a mark as text has it: "in 1953.[1]", not "in 1953.1"."""
    text = text_of(sup).strip("[]()")
    for child in list(sup):
        sup.remove(child)
    sup.tag, sup.text = "span", f"[{text}]"
    sup.attrib.clear()


def _is_note(sup: HtmlElement) -> bool:
    """Does it mark a footnote: by its link or its name, or as a number behind a word that is no unit?"""
    text = text_of(sup)
    if not _MARK.fullmatch(text) or not _before(sup).strip():  # one that nothing stands before opens the note itself
        return False
    links = [link for link in sup.iter("a") if "#" in (link.get("href") or "")]
    if links or sup.get("role") == "doc-noteref" or _NOTE.search(class_of(sup)):
        return True
    behind = _WORD_END.search(_before(sup)) if _NUMBER.fullmatch(text) else None
    return behind is not None and not _UNIT.fullmatch(behind["word"] or "")


def _is_term(button: HtmlElement) -> bool:
    """Does it stand within a sentence, as terms that a glossary explains do?"""
    parent = button.getparent()
    if parent is None or parent.tag not in _PARAGRAPHS or len(button) > 1:
        return False
    return _ends_within(_before(button)) and _goes_on(button.tail or "")


def _ends_within(before: str) -> bool:
    return bool(re.search(r"[^\W\d_]{2,}[,;–—(\"“«]?\s*$", before)) and before.count(" ") >= 1


def _goes_on(after: str) -> bool:
    return bool(re.match(r"\s*[,.;:)”»\"–—-]?\s*[^\W\d_]{1,}", after))
