"""What a newsroom's eye strikes out of the body, paragraph by paragraph, each with its reason.

Structural rules come first (links, headings that head nothing, places); words in many
languages (`newsflow/languages`) only where a short line stands where such lines stand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from newsflow.dates.fold import fold
from newsflow.extract import phrase_lists
from newsflow.extract.body import lists, regions, size
from newsflow.extract.body.placement import WHOLE_LINK, Paragraph
from newsflow.extract.fields.name_words import BY
from newsflow.extract.fields.title import squeeze
from newsflow.extract.page.blocks import HEADINGS
from newsflow.languages.lists import any_of
from newsflow.text.site_lines import line_hash
from newsflow.text.word_count import count_words

_URL_ONLY = re.compile(r"^\W*(?:https?://|www\.)\S+\W*$")
_HANDLE = re.compile(r"(?<![\w.])@\w{2,}|\b[\w.+-]+@[\w-]+\.[a-z]{2,}\b", re.IGNORECASE)
# A day or a time, or a year: ours, a Buddhist one (Thailand) or a Persian one.
_DATE = re.compile(
    r"\d{1,4}[-./年]\s?\d{1,2}[-./月]\s?\d{1,4}|\b\d{1,2}[:.h]\d{2}\b|\b(?:(?:19|20)\d\d|25[67]\d|14[01]\d)\b"
)
_HELPED = re.compile(rf"\b(?:{any_of('helped')})\b", re.IGNORECASE)
_PHOTO = re.compile(
    rf"^\W*(?:{any_of('photo')})s?\s*(?:{any_of('photo_by')}|[:：/©=])"
    r"|\bgetty images\b|/\s?(?:reuters|afp|getty)\)?\W*$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“”„«»「『]")
_CRUMB = re.compile(r"\s*[›»>→/|•·]\s*")
_TOKEN = re.compile(r"\w*?\d[年月日]|\w+")  # the parts of a day stand without blanks in Han letters: "2026年5月4日"
_NOTE = re.compile(r"\[\d{1,3}\]")
# Lists of phrases, and the longest line in words that they may condemn. These and the limits below were chosen on
# the open pages (docs/extraction.md, "What was tuned on what").
_PHRASES = (("related", 36), ("promotion", 44), ("legal", 66), ("advertisement", 26), ("audio", 26))
_CREDIT, _FORM, _JOIN = 45, 40, 40  # words; the same for credits, comment forms and requests to join
_PHOTO_CREDIT = 12  # words
_SHORT = 14  # words of a line that is no paragraph
_TOP = 6  # kept lines from the top among which the title may stand again
_LONG_TITLE = 24  # characters of a line that stands in the text by no chance
_CRUMB_WORDS = 5  # of a part of a breadcrumb
_BOTTOM = 4  # and from the end, of lines about the page
_ABOUT = 60  # characters of a line about the page
_LABEL = 25  # characters within which a colon makes a line's beginning a label
_DATE_LINE, _DATE_TOKENS = 16, 12  # words, and letters or digits in a row, of a line that is a date
_NO_DATES = frozenset("@$€£¥₹%")  # of handles, prices and rates, which look like times: "$18.99; ages 5-8"
_BYLINE, _BYLINE_LETTERS = 16, 120  # words and letters of a line that is a by-line
_BESIDE_NAMES = 14  # letters beside the names in such a line, or as many as they have
_CONTACT, _BIO = 45, 80  # words of a line on how to reach the author, and on who it is
_ROW, _REPEATED = 3, 80  # lines in a row that stood above already, and their words in one box


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the page before its lines are judged.

    `titles`: wordings of the headline; `names`: its authors; `site_lines`: learned for the publisher;
    `head`: where the headline stands; `behind`: boxes behind the article that are none of it.
    """

    titles: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    site_lines: frozenset[int] = frozenset()
    head: regions.Head | None = None
    behind: frozenset[int] = frozenset()

    @property
    def squeezed(self) -> frozenset[str]:
        """The titles, for comparing whole lines with them."""
        return frozenset(squeeze(title) for title in self.titles if title)

    def elsewhere(self) -> Known:
        """What holds in another tree of the page, too: boxes are numbered anew there."""
        return replace(self, behind=frozenset())


def _links(p: Paragraph) -> float:
    return p.block.links if p.block else 0.0


def _heading(p: Paragraph) -> bool:
    return bool(p.block and p.block.tag in HEADINGS)


def kept(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Those that no rule has cut."""
    return [p for p in paragraphs if not p.cut]


def _cut(paragraphs: Sequence[Paragraph], reason: str, test: Callable[[Paragraph], bool]) -> None:
    for p in paragraphs:
        if not p.cut and test(p):
            p.cut = reason


def cut_title(paragraphs: Sequence[Paragraph], known: Known) -> None:
    """The title and its variants above the text, and wherever they stand as a heading or are too long for chance."""
    titles = known.squeezed
    _cut(kept(paragraphs)[:_TOP], "title", lambda p: says_title(p.text, titles))
    _cut(paragraphs, "title", lambda p: (_heading(p) or len(p.text) > _LONG_TITLE) and squeeze(p.text) in titles)


def says_title(text: str, titles: Collection[str]) -> bool:
    """Is a line one of the titles, or a breadcrumb that ends with one?

    :param titles: squeezed.
    """
    if squeeze(text) in titles:
        return True
    *above, last = _CRUMB.split(text)
    return bool(above) and squeeze(last) in titles and all(count_words(part) <= _CRUMB_WORDS for part in above)


def cut_links(paragraphs: Sequence[Paragraph]) -> None:
    """Lines that are links as a whole, unless the page is a list of links and little else."""
    lines = kept(paragraphs)
    own = _own_links(lines)
    linked = [p for i, p in enumerate(lines) if _links(p) > WHOLE_LINK and i not in own]
    if sum(p.words for p in linked) <= 0.4 * sum(p.words for p in lines):
        _cut(linked, "link", lambda p: True)


def _own_links(lines: Sequence[Paragraph]) -> set[int]:
    """The places of lines that are links and text all the same: parts' headings and items of lists.

    Behind the text a linked heading is a teaser; above it, a list of links and other words is a row about the text.
    """
    prose = [i for i, p in enumerate(lines) if _is_prose(p)]
    first, last = (prose[0], prose[-1]) if prose else (len(lines), -1)
    headings = {i for i, p in enumerate(lines) if _heading(p)}
    things = {i for i in lists.mixed(lines) if i > first}
    return {i for i in headings | lists.led_in(lines) | things if i <= last}


def _is_prose(p: Paragraph) -> bool:
    return _links(p) < 0.5 and p.words >= 15


def cut_repeated(paragraphs: Sequence[Paragraph]) -> None:
    """Lines in a row that stood in another box already: pages that hold their text once for each width of the screen.

    What comes again in the same box is meant to, as a meal of each day's plan.
    """
    boxes: dict[str, tuple[int, ...]] = {}
    for again, row in groupby(kept(paragraphs), lambda p: _stood_elsewhere(p, boxes)):
        lines = list(row)
        if again and len(lines) >= _ROW and _in_one_box(lines) >= _REPEATED:
            _cut(lines, "repeated", lambda p: True)


def _in_one_box(lines: Sequence[Paragraph]) -> int:
    """Words of the lines in the box that holds most of them: teasers stand in one each."""
    words: Counter[tuple[int, ...]] = Counter()
    for p in lines:
        words[p.box] += p.words
    return max(words.values())


def _stood_elsewhere(p: Paragraph, boxes: dict[str, tuple[int, ...]]) -> bool:
    """Did a line stand in another box before?

    :param boxes: where each line stood first; this one is added.
    """
    return boxes.setdefault(p.key, p.box) != p.box


def cut_dates(paragraphs: Sequence[Paragraph]) -> None:
    """Lines at either end that hold a date or time and little else."""
    lines = kept(paragraphs)
    _cut(lines[:4] + lines[-2:], "date", _is_date)


def _is_date(p: Paragraph) -> bool:
    """Is a line a date ("Updated 12 May 2026, 10:30") and no price, table's row or quoted post's signature?"""
    if p.words > _DATE_LINE or p.text.startswith("|") or p.text.endswith(("?", "？", "؟")):
        return False
    if not _NO_DATES.isdisjoint(p.text):
        return False
    text = fold(p.text)
    tokens = _TOKEN.findall(_NOTE.sub("", text))
    return _is_mostly_digits(tokens, 2 if _heading(p) else 4) and bool(_DATE.search(text))


def _is_mostly_digits(tokens: Sequence[str], share: int) -> bool:
    """Do two of a few tokens, and one of `share` of them, hold digits?"""
    digits = sum(any(map(str.isdigit, token)) for token in tokens)
    return len(tokens) <= _DATE_TOKENS and digits >= 2 and digits * share >= len(tokens)


def cut_lines_about_the_page(paragraphs: Sequence[Paragraph]) -> None:
    """Lines at either end that say how long the text is, how old, or how many wrote to it: "3 min read"."""
    lines = kept(paragraphs)
    _cut(lines[:_TOP] + lines[-_BOTTOM:], "about the page", _is_about_the_page)


def _is_about_the_page(p: Paragraph) -> bool:
    if len(p.text) > _ABOUT or not any(map(str.isdigit, p.text)):
        return False
    return any(map(str.isalpha, p.text)) and phrase_lists.made_of("about_page", p.text)


def cut_bylines(paragraphs: Sequence[Paragraph], known: Known) -> None:
    """Lines at either end that hold the authors' names and little else."""
    lines = kept(paragraphs)
    # longest first: "Ada Lane" is taken out of "Ada Lane Smith" only where the longer name isn't known
    names = sorted((squeeze(name) for name in known.names), key=len, reverse=True)
    if names:
        _cut(lines[:4] + lines[-3:], "byline", lambda p: _is_byline(p, names))


def _is_byline(p: Paragraph, names: Sequence[str]) -> bool:
    """Is there little left of a line without the names ("By Ada Lane, Westmere")?

    :param names: squeezed, the longest first.
    """
    rest = squeeze(BY.sub("", _HANDLE.sub("", p.text)))
    if len(rest) > _BYLINE_LETTERS or count_words(p.text) > _BYLINE:
        return False
    found = [name for name in names if len(name) > 4 and name in rest]
    for name in found:
        rest = rest.replace(name, "")
    return bool(found) and len(rest) <= max(_BESIDE_NAMES, sum(map(len, found)))


def _opens(name: str, limit: int) -> Callable[[Paragraph], bool]:
    """A test for lines of at most `limit` words that open with a phrase of a list."""
    return lambda p: p.words <= limit and phrase_lists.opens(name, p.text)


def cut_phrases(paragraphs: Sequence[Paragraph]) -> None:
    """Lines that open with what no article opens a paragraph with: related links, newsletters, apps, copyright."""
    lines = kept(paragraphs)
    ends = {id(p) for p in (*lines[:3], *lines[-5:])}
    exposed = [p for p in lines if id(p) in ends or _is_set_off(p)]
    for reason, limit in _PHRASES:
        _cut(exposed, reason, _opens(reason, limit))
    _cut([p for p in lines if id(p) in ends or _links(p) > 0.1], "promotion", _asks_to_join)
    _cut(lines[-3:], "credit", _is_credit)
    _cut(lines, "credit", lambda p: p.words <= _PHOTO_CREDIT and bool(_PHOTO.search(p.text)))
    _cut(lines, "interface", lambda p: squeeze(p.text) in phrase_lists.squeezed("interface"))
    _cut(lines, "address", lambda p: bool(_URL_ONLY.match(p.text)))


def _is_set_off(p: Paragraph) -> bool:
    """May a line in the midst of the text be none of its paragraphs: linked, short, or with a label ("Read also:")?"""
    return _links(p) > 0.1 or p.words <= _SHORT or ":" in p.text[:_LABEL]


def _is_credit(p: Paragraph) -> bool:
    """Does a last line say who else worked on the text?"""
    return p.words <= _CREDIT and (phrase_lists.opens("credit", p.text) or bool(_HELPED.search(p.text)))


def _asks_to_join(p: Paragraph) -> bool:
    """Does a line ask readers to subscribe to or follow something: a verb and a channel in one line, and no quote?"""
    if p.words > _JOIN or _QUOTED.search(p.text):
        return False
    folded = p.text.casefold()
    return bool(phrase_lists.hits("channel", folded) and phrase_lists.hits("join", folded))


def cut_comments(paragraphs: Sequence[Paragraph]) -> None:
    """Comment forms, and all that follows one in the second half."""
    lines = kept(paragraphs)
    is_form = _opens("comment_form", _FORM)
    forms = [i for i, p in enumerate(lines) if is_form(p)]
    _cut([lines[i] for i in forms], "comment form", lambda p: True)
    late = [i for i in forms if i * 2 >= len(lines)]
    if late:
        _cut(lines[late[0] :], "comment form", lambda p: True)


def cut_bios(paragraphs: Sequence[Paragraph], known: Known) -> None:
    """Who the author is and how to reach them, after the text."""
    names = tuple(name.casefold() for name in known.names if len(name) > 4)
    for _ in range(3):
        lines = kept(paragraphs)
        if len(lines) < 4 or not _is_bio(lines[-1], names):
            return
        lines[-1].cut = "author"


def _is_bio(p: Paragraph, names: tuple[str, ...]) -> bool:
    """Does a line give an address or handle, or open with an author's name ("Ada Lane is our correspondent")?"""
    if p.words <= _CONTACT and _HANDLE.search(p.text):
        return True
    return p.words <= _BIO and p.text.casefold().lstrip(" -–—•*").startswith(names)


def cut_site(paragraphs: Sequence[Paragraph], known: Known) -> None:
    """Lines that were learned to recur across the publisher's pages."""
    if known.site_lines:
        _cut(paragraphs, "site line", lambda p: line_hash(p.text) in known.site_lines)


def cut_headings(paragraphs: Sequence[Paragraph]) -> None:
    """Headings that head nothing: at the end, or before lines that were all cut."""
    pending: list[Paragraph] = []
    seen_cut = False
    for p in paragraphs:
        if p.cut:
            seen_cut = True
        elif _heading(p):
            if pending and seen_cut:
                _cut(pending, "heading", lambda q: True)
                pending = []
            pending.append(p)
            seen_cut = False
        else:
            pending, seen_cut = [], False
    _cut(pending, "heading", lambda q: True)


def clean(paragraphs: Sequence[Paragraph], known: Known) -> None:
    """All rules, in order, each marking what it cuts."""
    size.cut_data(paragraphs)
    cut_title(paragraphs, known)
    regions.cut_others(paragraphs, known.head)
    _cut(paragraphs, "behind", lambda p: p.block is not None and not known.behind.isdisjoint(p.block.nodes))
    regions.cut_comments(paragraphs, known.head)
    regions.cut_regions(paragraphs)
    cut_comments(paragraphs)
    cut_repeated(paragraphs)
    cut_links(paragraphs)
    cut_phrases(paragraphs)
    cut_lines_about_the_page(paragraphs)
    cut_dates(paragraphs)
    cut_bylines(paragraphs, known)
    cut_bios(paragraphs, known)
    cut_site(paragraphs, known)
    cut_headings(paragraphs)
    size.cut_beyond(paragraphs)
