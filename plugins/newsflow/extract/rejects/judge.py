"""What a page is when it is no article. No article may be lost for it: doubt is decided for the article.

One idea carries all rules: a wall has nothing else to say. Words of a wall condemn a page only
where hardly any other running text stands beside them, so an article *about* paywalls,
cookies or errors keeps its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from newsflow.extract import phrase_lists
from newsflow.extract.body.placement import WHOLE_LINK, Paragraph
from newsflow.extract.fields.title import squeeze
from newsflow.extract.page.blocks import Block
from newsflow.extract.page.metadata import PageMetadata, plain
from newsflow.extract.rejects import led_away, listing, vendor_walls
from newsflow.extract.rejects.evidence import Evidence, Verdict
from newsflow.outcomes import Outcome
from newsflow.text.sentences import END
from newsflow.text.word_count import count_words

# Chosen on the walls of `tests/extract/walls.py` and the open pages, so that no article is lost (docs/extraction.md).
OTHER_WORDS = 60  # a page with more running text beside the wall's words is an article
_NO_TEXT = 25  # words; a page with fewer has no body to speak of: its buttons and notices are asked, too
_LONG = 300  # words; no check or notice is longer
_NOTICE = 40  # words of running text: no error page explains itself at more length
_FLASH = 8  # words of a sentence that is news
_HEADING = 8  # words; a longer title that opens with a wall's phrase is a headline about walls
_SHELL = 60  # words of an application's frame before its scripts have run
_BARRED = 24  # words of a line that keeps a text for subscribers
_OFFER = 400  # characters; no line that asks for a subscription is longer
_BEHIND = 6  # blocks behind the text in which such a line stands
STUB_WORDS = 250  # a paywall's free part is shorter
_ALL = 1.2  # two counts of the words of one text differ by less
_TEASER_WORDS = 4  # of a linked headline; shorter links are menus
_MARK = re.compile(r"[.!?:|–—,，。！]+")
_TEASERS_BEHIND_A_REDIRECT = 5  # that a section has


def _named(page: Evidence, name: str) -> bool:
    """Is the title, or an h1, a phrase of a list: "Page not found"?"""
    return any(squeeze(head) in phrase_lists.squeezed(name) for head in page.heads if head)


def _headed(page: Evidence, name: str) -> bool:
    """Is it one, or short with a part that opens with one: "404: nothing here", "Ups! Strona nie istnieje"?"""
    short = (head for head in page.heads if head and count_words(head) <= _HEADING)
    return _named(page, name) or any(phrase_lists.opens(name, part) for head in short for part in _parts(head))


def _parts(head: str) -> list[str]:
    return [head, *filter(None, map(str.strip, _MARK.split(head)))]


def _challenge(page: Evidence) -> Verdict | None:
    if page.stated or page.words > _LONG:
        return None
    if _asks_for_proof(page) and page.other_words("bot_challenge", "javascript") < OTHER_WORDS:
        vendor = page.signals.challenge
        return Outcome.BOT_CHALLENGE, f"a browser check{f' ({vendor})' if vendor else ''}"
    if page.words < _NO_TEXT and not page.dated and (vendor := page.signals.challenge):
        return Outcome.BOT_CHALLENGE, f"nothing but a browser check ({vendor})"
    return None


def _asks_for_proof(page: Evidence) -> bool:
    """Does it ask its reader to prove to be one: in its text, its title, or, without a text, anywhere?"""
    if phrase_lists.hits("bot_challenge", page.text) or _headed(page, "bot_challenge"):
        return True
    return page.words < _NO_TEXT and bool(phrase_lists.hits("bot_challenge", page.everything))


def _led_away(page: Evidence) -> Verdict | None:
    if not page.asked or page.asked == page.url:
        return None
    listed = not page.dated and sum(map(_is_teaser, page.blocks)) >= _TEASERS_BEHIND_A_REDIRECT
    where = led_away.led_away(page.asked, page.url, stated=page.stated, listed=listed)
    return (Outcome.SOFT_404, f"its address leads to {where}") if where else None


def _missing(page: Evidence) -> Verdict | None:
    if page.stated:
        return None
    if not page.dated and _is_headed_missing(page):
        return Outcome.SOFT_404, f"its headline says so: {page.heads[0][:100]}"
    first = page.body[0].text if page.body else ""
    if phrase_lists.opens("soft_404", first) and page.other_words("soft_404") < OTHER_WORDS:
        return Outcome.SOFT_404, f"it says: {first[:150]}"
    return None


def _is_headed_missing(page: Evidence) -> bool:
    """By its title; or by any h1 where no text stands beside it: boxes for errors lie hidden on many pages."""
    if squeeze(page.heads[0]) in phrase_lists.squeezed("soft_404"):
        return True
    return page.prose < _NOTICE and (_named(page, "soft_404") or _headed(page, "soft_404"))


def _removed(page: Evidence) -> Verdict | None:
    if page.words > _LONG:
        return None
    text = page.text if page.words else page.everything
    said = phrase_lists.hits("removed", text) or phrase_lists.hits("removed", " ".join(page.heads).casefold())
    if said and page.other_words("removed", "soft_404") < OTHER_WORDS:
        return Outcome.REMOVED, f"it says: {said[0]}"
    return None


def _consent(page: Evidence) -> Verdict | None:
    said = _consent_of_body(page) if page.words else _consent_of_page(page)
    if not said:
        return None
    other = sum(p.words for p in page.body if not _cookies(p.text.casefold()) and not _said(p))
    return (Outcome.CONSENT_WALL, f"it says: {'; '.join(said[:3])}") if other < OTHER_WORDS else None


def _consent_of_body(page: Evidence) -> list[str]:
    """Two phrases, the first of them in the text that speaks of cookies; buttons count for the others."""
    if not _cookies(page.text) or not phrase_lists.hits("consent_wall", page.text):
        return []
    said = phrase_lists.hits("consent_wall", f"{page.text} {page.signals.buttons}")
    return said if len(said) >= 2 else []


def _consent_of_page(page: Evidence) -> list[str]:
    """Three phrases anywhere on a page without a body: many pages have a banner with one or two."""
    text = page.everything
    said = phrase_lists.hits("consent_wall", text)
    return said if len(said) >= 3 and _cookies(text) else []


def _cookies(folded: str) -> bool:
    return bool(phrase_lists.hits("consent_stems", folded))


def _said(p: Paragraph) -> bool:
    return bool(phrase_lists.hits("consent_wall", p.text.casefold()))


def _login(page: Evidence) -> Verdict | None:
    if not page.signals.password or page.stated or page.dated:
        return None
    if _asks_to_log_in(page) and page.other_words("login", "consent_wall") < OTHER_WORDS:
        return Outcome.LOGIN, "a form for name and password, and no text"
    return None


def _asks_to_log_in(page: Evidence) -> bool:
    """In its title; else once on a bare page, twice on a fuller one, where a menu says "Log in" as well."""
    if _headed(page, "login"):
        return True
    said = phrase_lists.hits("login", page.everything)
    return len(said) >= (1 if count_words(page.everything) < OTHER_WORDS else 2)


def _paywall(page: Evidence) -> Verdict | None:
    words = sum(p.words for p in page.own)
    if words >= STUB_WORDS:
        return None
    free = str(page.page.article.get("isAccessibleForFree", "")).lower()
    closed = free in {"false", "no", "0"}
    whole = _announced_words(page.page) if closed else 0
    if whole > 2 * words + 100:
        return Outcome.PAYWALL, f"{words} of {whole} words are free"
    if free in {"true", "yes", "1"}:
        return None
    shown = 0 < whole <= _ALL * words  # what it calls closed is all there
    said = _offer(page, closed=closed and not shown) or vendor_walls.behind(page.own, page.blocks)
    return (Outcome.PAYWALL, f"{words} words, then: {said[:200]}") if said else None


def _announced_words(page: PageMetadata) -> int:
    """The length that JSON-LD gives to the whole article; 0 where it gives none."""
    announced = plain(str(page.article.get("wordCount") or ""))
    return int(announced) if announced.isascii() and announced.isdigit() else 0


def _offer(page: Evidence, *, closed: bool) -> str:
    """The line that asks for a subscription: right behind the text; anywhere on a page that says it is closed."""
    own = [p for p in page.own if p.block and (_woven(p, page.own) or not _asks(p.block))]
    asks = _asks if _is_stub(own, closed=closed) else _bars
    return next((block.text for block in _where_offers_stand(page, own, closed=closed) if _is_seen(block, asks)), "")


def _is_stub(own: Sequence[Paragraph], *, closed: bool) -> bool:
    """Is the text of `own` paragraphs surely not whole? Then what open pages say to subscribers counts as well."""
    return closed or sum(p.words for p in own) < OTHER_WORDS or vendor_walls.breaks_off(own[-1:])


def _where_offers_stand(page: Evidence, own: Sequence[Paragraph], *, closed: bool) -> Sequence[Block]:
    last = own[-1].block if own else None
    return page.blocks if closed or last is None else page.blocks[last.order + 1 : last.order + 1 + _BEHIND]


def _is_seen(block: Block, asks: Callable[[Block], bool]) -> bool:
    return asks(block) and not _hidden(block)


def _woven(p: Paragraph, own: Sequence[Paragraph]) -> bool:
    """Is a paragraph running text among enough other text in one box? Then it is about walls, and none."""
    beside = sum(q.words for q in own if q is not p and q.block and q.box == p.box)
    return vendor_walls.is_prose(p) and beside >= OTHER_WORDS


def _bars(block: Block) -> bool:
    """Does a line say that the text goes on behind a wall, and is it part of the page itself?"""
    return _says(block, "paywall") and not any(map(vendor_walls.laid_over, block.path))


def _asks(block: Block) -> bool:
    """The same, or what is said to subscribers on open pages, too: no evidence behind a text that is whole."""
    return _says(block, "paywall", "subscription") or _keeps_for_subscribers(block)


def _keeps_for_subscribers(block: Block) -> bool:
    """Does a short line speak of subscribers, of reading, and of only, whole or on, in whatever words, and of no
    newsletter?
    """
    folded = block.text.casefold()
    if block.words > _BARRED or phrase_lists.hits("channel", folded):
        return False
    return phrase_lists.together(("wall_who", "wall_what", "wall_how"), folded)


def _says(block: Block, *lists: str) -> bool:
    return len(block.text) <= _OFFER and any(phrase_lists.hits(name, block.text.casefold()) for name in lists)


def _hidden(block: Block) -> bool:
    return any(label.endswith(" hidden") for label in block.path)


def _shell(page: Evidence) -> Verdict | None:
    if page.words >= _NO_TEXT:
        return None
    said = phrase_lists.hits("javascript", f"{page.signals.noscript} {page.everything}")
    if said or (page.signals.shell and count_words(page.everything) < _SHELL):
        return Outcome.NEEDS_JAVASCRIPT, "there is no text without JavaScript"
    return None


def _is_teaser(block: Block) -> bool:
    return block.links > WHOLE_LINK and count_words(block.text) >= _TEASER_WORDS


def _short(page: Evidence, min_words: int) -> Verdict | None:
    if not page.words:
        return Outcome.NOT_TEXT, "no text was found"
    if page.words < min_words and not _is_flash(page):
        return Outcome.TOO_SHORT, f"{page.words} words"
    return None


def _is_flash(page: Evidence) -> bool:
    """Is it news in a sentence or two, as agencies send them first: whole sentences on a page that says it is news?"""
    whole = all(END.search(p.text) and not vendor_walls.breaks_off([p]) for p in page.body)
    return page.stated and page.dated and whole and page.words >= _FLASH


_RULES: tuple[Callable[[Evidence], Verdict | None], ...] = (
    _challenge, _missing, _removed, _consent, _login, _led_away, _paywall, _shell, listing.verdict,
)  # fmt: skip


def judge(page: Evidence, min_words: int) -> Verdict:
    """The outcome of a page and a detail for people; rules in order, the first that applies.

    :param min_words: shorter texts are no article.
    """
    for rule in _RULES:
        if found := rule(page):
            return found
    return _short(page, min_words) or (Outcome.OK, "")
