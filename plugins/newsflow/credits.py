"""News agencies that a text credits, in the words of several languages.

A credit is a dateline's mark, "LONDON (Reuters) -", a line that is only an agency's name or
its copyright, a byline, or a phrase such as "With reporting by AFP and Reuters". A sentence
that only quotes an agency ("he told Reuters") credits nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from newsflow.languages.agencies import AGENCIES, BY_CODE, PICTURE_HOUSES
from newsflow.languages.lists import any_of, any_pattern

_ANY = "|".join(sorted((p for p in AGENCIES.values()), key=len, reverse=True))
_SPACELESS = "|".join(p for p in re.findall(r"[^|()?:\[\]]+", _ANY) if p > "\u3000")
_CJK = "\u3040-\u30ff\u4e00-\u9fff"  # where words have no blanks between them: "パリAFP"
_NAME = rf"(?:(?<![^\W_{_CJK}])(?:{_ANY})(?![^\W_{_CJK}])|{_SPACELESS})"
_AND = rf"(?:{any_of('credit_and')})"
_ARTICLE = rf"(?:(?:{any_of('credit_article')}) )?"
_LIST = rf"{_NAME}(?:\s*(?:,\s*{_AND}\b|,|/|;|\||&|\+|、|＝|-|{_AND})\s*{_ARTICLE}{_NAME})*"
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
_SPACELESS_DATELINE = re.compile(rf"[（(【]?({_SPACELESS})[^\n。]{{0,24}}?[电電]")
_STAFF = re.compile(rf"\W*(?:(?:{any_of('credit_by')}) )?[^\n,]{{0,60}}(?:,|\||/|\()\s*({_LIST})\)?\W*")
_ONE = re.compile(_NAME)
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
    :param agencies: names that extraction took from the page's metadata.
    """
    found: dict[str, str] = {}
    for words, evidence in _passages(body, authors, agencies):
        for agency in names(words):
            found.setdefault(agency, evidence[:_LONGEST])
    for name in agencies:
        if not any(names(name)):
            found.setdefault(name, f"byline: {name}"[:_LONGEST])
    return found


def is_credit(line: str) -> bool:
    """Whether a line says nothing but whose text it is: "(Reuters)", "With reporting by AFP"."""
    line = line.strip()
    if len(line) > _SHORT:
        return False
    return any(pattern.fullmatch(line) for pattern in (_ALONE, _BRACKETED, _WITH))


def names(words: str) -> Iterator[str]:
    """Agencies named in a credit, by their usual names."""
    for match in _ONE.finditer(words):
        for agency, pattern in AGENCIES.items():
            if re.fullmatch(pattern, match[0]):
                yield agency


def _passages(body: str, authors: Sequence[str], agencies: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(Words that name agencies, what was read) of the body's ends and of the byline, the first the strongest."""
    lines = [line.strip() for line in body.split("\n") if line.strip()] or [""]
    yield from _at_start(lines[0])
    for line in [*lines[:_ENDS], *lines[-_ENDS:]]:
        yield from _in_line(line)
    yield from _in_names([*authors, *agencies])
    yield from _at_end(lines[-1])


def _in_names(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        if match := _ALONE.fullmatch(name) or _STAFF.fullmatch(name):
            yield match[1], f"byline: {name}"


def _at_end(line: str) -> Iterator[tuple[str, str]]:
    if match := _END.search(line[-_SHORT:]):
        yield match[1] or match[2], match[0].strip()
    if (aside := _ASIDE.search(line)) and (match := _WITH.match(aside[1])):
        yield match[1], aside[0]
    if match := _INITIALS.fullmatch(line):
        yield match[1], line


def _at_start(line: str) -> Iterator[tuple[str, str]]:
    if _PICTURE.search(line[:_SHORT].partition(":")[0]) and ":" in line[:_SHORT]:
        return
    for pattern in (_DATELINE, _SPACELESS_DATELINE, _RUSSIAN_DATELINE, _PLACED):
        if (match := pattern.match(line)) and not _is_other_name(match):
            yield next(filter(None, match.groups())), match[0].strip()
            return


def _is_other_name(match: re.Match[str]) -> bool:
    """Whether an agency's letters are another name's: "The Action Party (AP)", "Erie, PA -"."""
    group = next(number for number, words in enumerate(match.groups(), 1) if words)
    before, letters = match.string[: match.start(group)], match[group]
    if before.rstrip()[-1:] not in _OPENING:
        return letters in _ALSO_PLACES
    if len(letters) <= _TWO and _DASH.match(match.string, match.end(group)):  # "Palo Alto (PA) -"
        return False
    return _spells(before.rstrip()[:-1].split(), letters)


def _spells(words: Sequence[str], letters: str) -> bool:
    """Whether the last words begin with these letters, small words between them left out or not."""
    if not letters.isupper() or any(names(" ".join(words))):
        return False
    initials = [part[0] for word in words for part in re.split(r"[-/–]", word.lstrip("\"'“„«(")) if part]
    capitals = [letter for letter in initials if letter.isupper()]
    n = len(letters)
    return "".join(capitals[-n:]) == letters or "".join(initials[-n:]).upper() == letters


def _in_line(line: str) -> Iterator[tuple[str, str]]:
    yield from _in_codes(line)
    for match in _BRACKETED.finditer(line):
        if _PICTURE.search(match[0]) or _is_other_name(match):
            continue
        if len(line) <= _LONGEST or match.start() < 60 or match.end() > len(line) - 40:
            yield match[1], match[0]
    for match in _COPYRIGHT.finditer(line):
        yield match[1], match[0]
    if len(line) <= _LONGEST:
        yield from _in_short_line(line)


def _in_short_line(line: str) -> Iterator[tuple[str, str]]:
    if alone := _ALONE.fullmatch(line):
        yield alone[1], line
    elif len(line) <= _SHORT and (signed := _SIGNED.fullmatch(line)) and not _PICTURE.match(line):
        yield signed[1] or signed[2], line
    for told in filter(None, (_REPORTED.match(line), _AFTER.match(line), _WITH.match(line.lstrip("(*_—–- ")))):
        yield told[1], told[0]


def _in_codes(line: str) -> Iterator[tuple[str, str]]:
    if len(line) > _SHORT or not (codes := _CODES.fullmatch(line)):
        return
    found = re.split(r"[/,] ?", codes[1] or codes[2])
    if not PICTURE_HOUSES & {code.casefold() for code in found}:
        yield " / ".join(map(_of_code, found)), line


def _of_code(code: str) -> str:
    """An agency's name of a code or a name in a list of codes; empty for all others."""
    return BY_CODE.get(code.partition("-")[0].casefold(), "") or next(names(code), "")
