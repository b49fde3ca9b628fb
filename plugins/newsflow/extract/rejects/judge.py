"""What a page is when it is no article. No article may be lost for it: doubt is decided for the article.

One idea carries all rules: a wall has nothing else to say. Words of a wall condemn a page only
where hardly any other running text stands beside them, so an article *about* paywalls,
cookies or errors keeps its place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from newsflow.extract import phrase_lists
from newsflow.extract.body.placement import Paragraph
from newsflow.extract.fields.other import path_of
from newsflow.extract.fields.title import squeeze
from newsflow.extract.page.blocks import Block
from newsflow.extract.page.metadata import PageMetadata, plain, types
from newsflow.extract.page.signals import PageSignals
from newsflow.extract.rejects import vendor_walls
from newsflow.model import Outcome
from newsflow.text.word_count import count_words

OTHER_WORDS = 60  # a page with more running text beside the wall's words is an article
_LONG = 300  # no check or notice is longer
_NOTICE = 40  # words of running text: no error page explains itself at more length
STUB_WORDS = 250  # a paywall's free part is shorter
_ALL = 1.2  # two counts of the words of one text differ by less
_LISTS = frozenset(("CollectionPage", "WebSite", "ItemList", "SearchResultsPage", "ProfilePage"))
Verdict = tuple[Outcome, str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a judgement rests on. `heads`: the title and the h1 texts; `blocks`: the whole page's lines.

    `own`: the body without the teasers of other articles, or all of it where it is a list of such.
    """

    url: str
    heads: Sequence[str]
    body: Sequence[Paragraph]
    blocks: Sequence[Block]
    page: PageMetadata
    signals: PageSignals
    dated: bool = False
    text: str = field(init=False, default="")
    words: int = field(init=False, default=0)
    stated: bool = field(init=False, default=False)
    own: Sequence[Paragraph] = field(init=False, default=())

    def __post_init__(self) -> None:
        text = "\n".join(p.text for p in self.body)
        kind = self.page.first("og:type").casefold()
        article = any(name.endswith(("Article", "Posting")) for name in types(self.page.article))
        object.__setattr__(self, "text", text.casefold())
        object.__setattr__(self, "words", count_words(text))
        own = [p for p in self.body if not (p.block and vendor_walls.is_teaser(p.block, self.blocks))]
        object.__setattr__(self, "own", own or self.body)
        object.__setattr__(self, "stated", article or (kind == "article" and self.dated))

    def other_words(self, *lists: str) -> int:
        """Words of its own paragraphs that hold no phrase of these lists."""
        return sum(p.words for p in self.own if not any(phrase_lists.hits(name, p.text.casefold()) for name in lists))

    @property
    def prose(self) -> int:
        """Words of its own paragraphs that are running text beyond doubt."""
        return sum(p.words for p in self.own if vendor_walls.is_prose(p))

    @property
    def everything(self) -> str:
        """The page's text with its buttons, folded: for pages that have no body."""
        return f"{' '.join(block.text for block in self.blocks[:300])} {self.signals.buttons}".casefold()


def _named(page: Evidence, name: str) -> bool:
    """Is the title, or an h1, a phrase of a list?"""
    return any(squeeze(head) in phrase_lists.squeezed(name) for head in page.heads if head)


def _headed(page: Evidence, name: str) -> bool:
    """Is it one, or short and opening with one?"""
    short = (head for head in page.heads if head and count_words(head) <= 8)
    return _named(page, name) or any(phrase_lists.opens(name, head) for head in short)


def _challenge(page: Evidence) -> Verdict | None:
    if page.stated or page.words > _LONG:
        return None
    said = phrase_lists.hits("bot_challenge", page.text) or _headed(page, "bot_challenge")
    if page.words < 25:
        said = said or phrase_lists.hits("bot_challenge", page.everything)
    if said and page.other_words("bot_challenge", "javascript") < OTHER_WORDS:
        name = page.signals.challenge
        return Outcome.BOT_CHALLENGE, f"a browser check{f' ({name})' if name else ''}"
    if page.words < 25 and not page.dated and (name := page.signals.challenge):
        return Outcome.BOT_CHALLENGE, f"nothing but a browser check ({name})"
    return None


def _missing(page: Evidence) -> Verdict | None:
    first = page.body[0].text if page.body else ""
    named = _named(page, "soft_404") or (_headed(page, "soft_404") and page.prose < _NOTICE)
    if named and not page.stated and not page.dated:
        return Outcome.SOFT_404, f"its headline says so: {page.heads[0][:100]}"
    if phrase_lists.opens("soft_404", first) and page.other_words("soft_404") < OTHER_WORDS and not page.stated:
        return Outcome.SOFT_404, f"it says: {first[:150]}"
    return None


def _removed(page: Evidence) -> Verdict | None:
    if page.words > _LONG:
        return None
    text = page.text if page.words else page.everything
    said = phrase_lists.hits("removed", text) or phrase_lists.hits("removed", " ".join(page.heads).casefold())
    if said and page.other_words("removed", "soft_404") < OTHER_WORDS:
        return Outcome.REMOVED, f"it says: {said[0]}"
    return None


def _consent(page: Evidence) -> Verdict | None:
    if page.words and not _cookies(page.text):
        return None
    own = phrase_lists.hits("consent_wall", page.text)
    text = f"{page.text} {page.signals.buttons}" if page.words else page.everything
    said = phrase_lists.hits("consent_wall", text)
    if len(said) < (2 if page.words else 3) or (page.words and not own) or not _cookies(text):
        return None
    other = sum(p.words for p in page.body if not _cookies(p.text.casefold()) and not _said(p))
    return (Outcome.CONSENT_WALL, f"it says: {'; '.join(said[:3])}") if other < OTHER_WORDS else None


def _cookies(folded: str) -> bool:
    return bool(phrase_lists.hits("consent_stems", folded))


def _said(p: Paragraph) -> bool:
    return bool(phrase_lists.hits("consent_wall", p.text.casefold()))


def _login(page: Evidence) -> Verdict | None:
    if not page.signals.password or page.stated or page.dated:
        return None
    headed = _headed(page, "login")
    said = phrase_lists.hits("login", page.everything)
    bare = count_words(page.everything) < OTHER_WORDS
    if (headed or len(said) >= (1 if bare else 2)) and page.other_words("login", "consent_wall") < OTHER_WORDS:
        return Outcome.LOGIN, "a form for name and password, and no text"
    return None


def _paywall(page: Evidence) -> Verdict | None:
    words = sum(p.words for p in page.own)
    if words >= STUB_WORDS:
        return None
    free = str(page.page.article.get("isAccessibleForFree", "")).lower()
    closed = free in {"false", "no", "0"}
    announced = plain(str(page.page.article.get("wordCount") or ""))
    whole = int(announced) if closed and announced.isdigit() else 0
    if whole > 2 * words + 100:
        return Outcome.PAYWALL, f"{words} of {announced} words are free"
    shown = 0 < whole <= _ALL * words
    said = _offer(page, closed=closed and not shown) or vendor_walls.behind(page.own, page.blocks)
    if said and free not in {"true", "yes", "1"}:
        return Outcome.PAYWALL, f"{words} words, then: {said[:200]}"
    return None


def _offer(page: Evidence, *, closed: bool) -> str:
    """The line that asks for a subscription: right behind the text; anywhere on a page that says it is closed."""
    own = [p for p in page.own if p.block and (_woven(p, page.own) or not _asks(p.block))]
    last = own[-1].block.order if own and own[-1].block else -1
    stub = closed or sum(p.words for p in own) < OTHER_WORDS or vendor_walls.breaks_off(own[-1:])
    for block in page.blocks:
        near = closed or not own or last < block.order <= last + 6
        if near and (_asks(block) if stub else _bars(block)) and not _hidden(block):
            return block.text
    return ""


def _woven(p: Paragraph, own: Sequence[Paragraph]) -> bool:
    """Is a paragraph running text among enough other text in one box? Then it is about walls, and none."""
    box = p.block.nodes[-2:-1] if p.block else ()
    beside = sum(q.words for q in own if q is not p and q.block and q.block.nodes[-2:-1] == box)
    return vendor_walls.is_prose(p) and beside >= OTHER_WORDS


def _bars(block: Block) -> bool:
    """Does a line say that the text goes on behind a wall, and is it part of the page itself?"""
    return _says(block, "paywall") and not any(map(vendor_walls.laid_over, block.path))


def _asks(block: Block) -> bool:
    """The same, or what is said to subscribers on open pages, too: no evidence behind a text that is whole."""
    return _says(block, "paywall", "subscription")


def _says(block: Block, *lists: str) -> bool:
    return len(block.text) <= 400 and any(phrase_lists.hits(name, block.text.casefold()) for name in lists)


def _hidden(block: Block) -> bool:
    return any(label.endswith(" hidden") for label in block.path)


def _shell(page: Evidence) -> Verdict | None:
    if page.words >= 25:
        return None
    said = phrase_lists.hits("javascript", f"{page.signals.noscript} {page.everything}")
    if said or (page.signals.shell and count_words(page.everything) < 60):
        return Outcome.NEEDS_JAVASCRIPT, "there is no text without JavaScript"
    return None


def _index(page: Evidence) -> Verdict | None:
    if page.stated or page.dated:
        return None
    teasers = sum(b.links > 0.8 and count_words(b.text) >= 4 for b in page.blocks)
    prose = sum(p.words for p in page.body if p.words >= 30 and (not p.block or p.block.links < 0.2))
    declared = any(name in _LISTS for node in page.page.nodes for name in types(node))
    limit = 8 if declared or not _path(page.url) else 15
    if _is_section(page.url) and teasers >= limit and prose < 150:
        return Outcome.INDEX_PAGE, f"{teasers} linked headlines, {prose} words of running text"
    return None


def _path(url: str) -> list[str]:
    return [part for part in path_of(url).split("/") if part]


def _is_section(url: str) -> bool:
    """Does an address look like a home page, section, tag or author rather than an article?"""
    path = _path(url)
    last = path[-1] if path else ""
    return len(path) <= 3 and last.count("-") < 3 and not any(c.isdigit() for c in last)


def _short(page: Evidence, min_words: int) -> Verdict | None:
    if not page.words:
        return Outcome.NOT_TEXT, "no text was found"
    if page.words < min_words:
        return Outcome.TOO_SHORT, f"{page.words} words"
    return None


_RULES: tuple[Callable[[Evidence], Verdict | None], ...] = (
    _challenge, _missing, _removed, _consent, _login, _paywall, _shell, _index,
)  # fmt: skip


def judge(page: Evidence, min_words: int) -> Verdict:
    """The outcome of a page and a detail for people; rules in order, the first that applies.

    :param min_words: shorter texts are no article.
    """
    for rule in _RULES:
        if found := rule(page):
            return found
    return _short(page, min_words) or (Outcome.OK, "")
