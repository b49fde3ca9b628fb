"""News agencies that a text credits, in the words of several languages.

A credit is a dateline's mark, "LONDON (Reuters) -", a line that is only an agency's name or
its copyright, a byline, or a phrase such as "With reporting by AFP and Reuters". A sentence
that only quotes an agency ("he told Reuters") credits nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from newsflow.agency_names import NAME, MarkedLine, agencies_in, letter_of, marked
from newsflow.languages.agencies import BY_CODE, PICTURE_HOUSES
from newsflow.languages.lists import any_of, any_pattern

# All patterns but `_CODES` are for marked lines, in which a name is one letter.
_AND = rf"(?:{any_of('credit_and')})"
_ARTICLE = rf"(?:(?:{any_of('credit_article')}) )?"
_LIST = rf"{NAME}(?:\s*(?:,\s*{_AND}\b|,|/|;|\||&|\+|、|＝|-|{_AND})\s*{_ARTICLE}{NAME})*"
_BRACKETED = re.compile(
    rf"[(\[（【［]\s*(?:©|\(c\)|(?:{any_of('credit_label')})[:：]?)?\s*({_LIST})[^()\[\]（）【】［］]{{0,24}}[)\]）】］]"
)
_WITH = re.compile(
    rf"(?:{any_pattern('credit_patterns')})\s*(?:{_ARTICLE}|l[’'])({_LIST})",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(rf"(?:©|\(c\)|copyright)\s*(?:\d{{4}}\s*)?(?:by )?({_LIST})", re.IGNORECASE)
_ALONE = re.compile(rf"[\W_]*({_LIST})[\W_]*(?:(?:[|•·][^\n|]{{0,24}})?\d{{4}}[\W_]*)?")
_DATELINE = re.compile(rf"[^\n.!?]{{0,60}}?[,(]?\s*({_LIST})\s*(?:\)|[-–—:―](?!\w)|\b电|電)")
_RUSSIAN_DATELINE = re.compile(
    rf"(?:[^\n!?]{{0,60}}?(?:/\s*({_LIST})\s*/|[-–—]\s*({_LIST})\.(?= ))|({_LIST})\.(?= )"
    rf"|[^\n!?()]{{0,40}}\. ({_LIST})\s*[-–—](?= ))"
)
_PLACED = re.compile(rf"[(\[（【［][^()\[\]（）【】［］\n]{{0,30}}?({_LIST})\s*[)\]）】］]")
_SPACELESS_DATELINE = re.compile(rf"[（(【]?({NAME})[^\n。]{{0,24}}?[电電]")
_STAFF = re.compile(rf"\W*(?:(?:{any_of('credit_by')}) )?[^\n,]{{0,60}}(?:,|\||/|\()\s*({_LIST})\)?\W*")
# "… on Monday. - AFP", "… on Monday. AFP"
_END = re.compile(rf"[.!?”\"»]\s*(?:[-–—]{{1,2}}\s*({_LIST})\W*|(?<=\s)({_LIST}))$")
_POST = rf"(?: [\w ]{{0,24}}(?:{any_of('credit_post')}))?"  # "AP Business Writer"
_OF = rf"(?:,|\||/|\(| of| from| for)\s*{_ARTICLE}"
_SIGNED = re.compile(
    rf"(?:(?:(?:{any_of('credit_by')}):?|(?:{any_of('credit_by')}) [^\n,|/(]{{2,40}}?{_OF})\s*({_LIST}){_POST}\)?\W*"
    rf"|[^\n,|/(]{{2,40}} \| ({_LIST})\W*)",
    re.IGNORECASE,
)
# "(Reporting by Bo Ek, Reuters; …)", "Reuters and AFP contributed to this report."
_REPORTED = re.compile(rf"\W*(?:{any_of('credit')}) [^\n,;()]{{2,40}}, ({_LIST})", re.IGNORECASE)
_AFTER = re.compile(
    rf"[\W_]*{_ARTICLE}({_LIST})\b[^\n.]{{0,120}}?\b(?:{any_pattern('credit_after')})\W*", re.IGNORECASE
)
_ASIDE = re.compile(r"\(([^()]{3,60})\)\W*$")  # "… on Monday. (With inputs from PTI)"
_INITIALS = re.compile(rf"({_LIST})(?: [A-Z]{{2,5}}){{1,6}}")  # of its editors: "PTI ABC XYZ"
# "dpa/lsw", "jdo/dpa/AFP", "(red, APA)", "/ritzau/", "dpa-infocom, dpa:260301-99-123456/2": codes, some of agencies
_CODE = r"[^\W\d_]{2,9}(?:-[^\W\d_]+)?"
_CODES = re.compile(
    rf"[^\w(/]*(?:((?:{_CODE}/)+{_CODE}|/[a-z]{{2,7}}/|dpa-[a-z]+(?: GmbH)?|dpa)(?:[,\s]+dpa:[\d\-/]+)?"
    rf"|\(((?:{_CODE}(?:/|, ?))+{_CODE})\))\W*"
)
_ALSO_PLACES = frozenset({"PA", "AA"})  # of a State, of a rating: an agency only in brackets
_PICTURE = re.compile(rf"(?:{any_of('photo')})", re.IGNORECASE)  # who took a picture did not write the text
_DASH = re.compile(r"\s*[)\]）】］]\s*[-–—_:]")
_TWO = 2  # letters; two words of a place begin with them too often
_OPENING = tuple("([（【［")
_ENDS = 3  # lines at either end where a line of its own, or a phrase, credits
_LONGEST = 200  # characters of such a line
_SHORT = 60  # characters of one that says nothing else


def credits(body: str, authors: Sequence[str] = (), agencies: Sequence[str] = ()) -> dict[str, str]:
    """Agencies with the words that credit them, in the order in which they were found.

    :param authors: the byline's names.
    :param agencies: agencies that extraction took from the page's metadata.
    """
    found: dict[str, str] = {}
    for words, evidence in _passages(body, authors, agencies):
        for agency in agencies_in(words):
            found.setdefault(agency, evidence[:_LONGEST])
    for name in agencies:
        if not marked(name).names:
            found.setdefault(name, f"byline: {name}"[:_LONGEST])
    return found


def is_credit(line: str) -> bool:
    """Whether a line says nothing but whose text it is: "(Reuters)", "With reporting by AFP"."""
    line = line.strip()
    if len(line) > _SHORT or not (found := marked(line)).names:
        return False
    return any(pattern.fullmatch(found.text) for pattern in (_ALONE, _BRACKETED, _WITH))


def _passages(body: str, authors: Sequence[str], agencies: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(Marked words with agencies, what was read) of the body's ends and of the byline, the first the strongest."""
    lines = [line.strip() for line in body.split("\n") if line.strip()] or [""]
    lines = [_without_middle(line) for line in [*lines[:_ENDS], *lines[-_ENDS:]]]
    found = [marked(line) for line in lines]
    yield from _at_start(found[0])
    for line, names in zip(lines, found, strict=True):
        yield from _in_codes(line)
        yield from _in_line(names)
    yield from _in_names([*authors, *agencies])
    yield from _at_end(found[-1])


def _without_middle(line: str) -> str:
    """A long line's ends, with a break between them: what stands in the middle of a paragraph credits nobody."""
    return line if len(line) <= 3 * _LONGEST else f"{line[:_LONGEST]}\n{line[-_LONGEST:]}"


def _in_names(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        text = marked(name).text
        if match := _ALONE.fullmatch(text) or _STAFF.fullmatch(text):
            yield match[1], f"byline: {name}"


def _at_end(line: MarkedLine) -> Iterator[tuple[str, str]]:
    text = line.text
    if match := _END.search(text, max(0, len(text) - _SHORT)):
        yield match[1] or match[2], line.spelt(match).strip()
    if (aside := _ASIDE.search(text)) and (match := _WITH.match(aside[1])):
        yield match[1], line.spelt(aside)
    if match := _INITIALS.fullmatch(text):
        yield match[1], line.spelt(match)


def _at_start(line: MarkedLine) -> Iterator[tuple[str, str]]:
    label, colon, _ = line.text[:_SHORT].partition(":")
    if not line.names or (colon and _PICTURE.search(label)):
        return
    for pattern in (_DATELINE, _SPACELESS_DATELINE, _RUSSIAN_DATELINE, _PLACED):
        if (match := pattern.match(line.text)) and not _is_other_name(line, match):
            yield next(filter(None, match.groups())), line.spelt(match).strip()
            return


def _is_other_name(line: MarkedLine, match: re.Match[str]) -> bool:
    """Whether an agency's letters are another name's: "The Action Party (AP)", "Erie, PA -"."""
    group = next(number for number, words in enumerate(match.groups(), 1) if words)
    before, letters = line.before(match, group).rstrip(), line.spelt(match, group)
    if before[-1:] not in _OPENING:
        return letters in _ALSO_PLACES
    if len(letters) <= _TWO and _DASH.match(match.string, match.end(group)):  # "Palo Alto (PA) -"
        return False
    return _spells(before[:-1].split(), letters)


def _spells(words: Sequence[str], letters: str) -> bool:
    """Whether the last words begin with these letters, small words between them left out or not."""
    if not letters.isupper() or marked(" ".join(words)).names:
        return False
    initials = [part[0] for word in words for part in re.split(r"[-/–]", word.lstrip("\"'“„«(")) if part]
    capitals = [letter for letter in initials if letter.isupper()]
    n = len(letters)
    return "".join(capitals[-n:]) == letters or "".join(initials[-n:]).upper() == letters


def _in_line(line: MarkedLine) -> Iterator[tuple[str, str]]:
    if not line.names:
        return
    text = line.text
    for match in _BRACKETED.finditer(text):
        if _PICTURE.search(match[0]) or _is_other_name(line, match):
            continue
        if len(text) <= _LONGEST or match.start() < 60 or match.end() > len(text) - 40:
            yield match[1], line.spelt(match)
    for match in _COPYRIGHT.finditer(text):
        yield match[1], line.spelt(match)
    if len(text) <= _LONGEST:
        yield from _in_short_line(line)


def _in_short_line(line: MarkedLine) -> Iterator[tuple[str, str]]:
    text = line.text
    short = len(text) <= _SHORT
    if alone := _ALONE.fullmatch(text):
        yield alone[1], line.spelt(alone)
    elif short and (signed := _SIGNED.fullmatch(text)) and not _PICTURE.match(text):
        yield signed[1] or signed[2], line.spelt(signed)
    for told in filter(None, (_REPORTED.match(text), _AFTER.match(text), _WITH.match(text.lstrip("(*_—–- ")))):
        yield told[1], line.spelt(told)


def _in_codes(line: str) -> Iterator[tuple[str, str]]:
    if len(line) > _SHORT or not (codes := _CODES.fullmatch(line)):
        return
    found = re.split(r"[/,] ?", codes[1] or codes[2])
    if not PICTURE_HOUSES & {code.casefold() for code in found}:
        yield "".join(map(_of_code, found)), line


def _of_code(code: str) -> str:
    """The mark of a code or a name in a list of codes; empty for all others."""
    agency = BY_CODE.get(code.partition("-")[0].casefold())
    return letter_of(agency) if agency else "".join(mark for mark in marked(code).text if agencies_in(mark))
