"""What by-lines name: persons and agencies, without the words that stand around names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from newsflow.extract.fields import name_words as around
from newsflow.extract.fields.agencies import AGENCIES
from newsflow.extract.fields.one_name import CASED, before_label, plausible, tidy, without_by
from newsflow.extract.fields.title import squeeze
from newsflow.extract.page.metadata import unescape
from newsflow.text.characters import clean

_LONGEST, _MOST_WORDS, _LONGEST_LINE = 60, 6, 500  # characters and words of a name, characters of a by-line
_MOST_PERSONS, _MOST_AGENCIES = 30, 5
_WEAK_WORDS = 3  # words of a name that is not written as persons' names are
_LISTED = re.compile(rf"\s*(?:[;|/•&；／]|(?<![lL])·|·(?![lL])|\s(?:{around.AND})\s)\s*", re.IGNORECASE)
_BRACKETED = re.compile(r"[(（\[【《](?P<inner>[^()（）\[\]【】《》]+)[)）\]】》]")
# "Ada Lane (dpa)", "Ada Lane - AFP"
_BEHIND = re.compile(r"(?:[(（\[]|\s[-–—|]\s)\s*(?P<wire>[^()（）\[\]]{2,40}?)\s*[)）\]]?$")
_NO_NAME = re.compile(r"\d|://|@|\.[a-z]{2,4}$|[?!=<>{}#%:：]|(?:…|\.\.\.)$", re.IGNORECASE)
_PARTS, _DIGIT = re.compile(r"\s*[|·•]\s*|\s+[-–—]\s+"), re.compile(r"\d")
_ADDRESS = re.compile(r"\s*[-–|(<]?\s*https?://\S*")
_GIVEN = re.compile(r"[^\W\d_][\w'’-]*(?: [^\W\d_]\.?)*")
_SURNAME = re.compile(r"(?:[a-z]{1,3} )?[^\W\d_][\w'’-]+")


def _without_wires(name: str, sites: set[str]) -> tuple[str, str]:
    """A name without an agency or the site behind it, and that agency: "Ada Lane Associated Press"."""
    parts = name.split() if squeeze(name) not in AGENCIES else []
    for at in range(1, len(parts)):
        tail = squeeze(" ".join(parts[at:]))
        if tail in AGENCIES and len(tail) > 2:
            return " ".join(parts[:at]), AGENCIES[tail]
        if at > 1 and len(tail) > 9 and any(tail in site for site in sites):
            return " ".join(parts[:at]), ""
    return name, ""


def _person(name: str, sites: set[str]) -> bool:
    """May a name be a person's: no agency, desk, label, address, site or sentence?"""
    short = squeeze(name)
    if not short or short in AGENCIES or _is_long_or_short(name) or _is_label(name):
        return False
    if _NO_NAME.search(name) or around.STAFF.search(name.replace("_", " ")) or around.CREDENTIAL.fullmatch(name):
        return False
    return not _is_any_site(short, sites) or _is_own_site(name)


def _is_any_site(short: str, sites: set[str]) -> bool:
    return any(_is_site(short, site) for site in sites)


def _is_label(name: str) -> bool:
    folded = name.casefold()
    return folded in around.LABELS or any(word in around.LONG_LABELS for word in folded.split())


def _is_own_site(name: str) -> bool:
    """May a person's site bear this name? Outlets have words that tell them apart, in most languages."""
    return plausible(name) and len(name.split()) < 4 and bool(CASED.search(name)) and not around.OUTLET.search(name)


def _is_long_or_short(name: str) -> bool:
    """Names in Han letters may have two characters."""
    return not (3 if name.isascii() else 2) <= len(name) <= _LONGEST or len(name.split()) > _MOST_WORDS


def _is_site(short: str, site: str) -> bool:
    """Is one in the other: "courier" in "thecouriertimes"? Short names of sites must be equal."""
    return short == site or (len(site) > 4 and (site in short or short in site))


def people(raw: Iterable[str], sites: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Persons and agencies in raw by-lines, each once, in order.

    :param sites: squeezed names of the site itself, which are no persons but where it bears a person's name.
    """
    persons: dict[str, str] = {}
    agencies: dict[str, None] = {}
    for line in (clean(_ADDRESS.sub(" ", unescape(line[:_LONGEST_LINE]))) for line in raw):
        found = list(_named(line, sites))
        parted = [_without_wires(name, sites) for name in found]
        agencies.update(dict.fromkeys(wire for _, wire in parted if wire))
        agencies.update(dict.fromkeys(AGENCIES[squeeze(name)] for name, _ in parted if squeeze(name) in AGENCIES))
        likely = [name for name, _ in parted if _person(name, sites)]
        for name in _persons_of(likely, line):
            persons.setdefault(_identity(name), name)
    return _others_first(tuple(persons.values())[:_MOST_PERSONS], sites), tuple(agencies)[:_MOST_AGENCIES]


def _others_first(persons: tuple[str, ...], sites: set[str]) -> tuple[str, ...]:
    """Without the one that is named as the site, where there are others: "Ada Lane, Westmere Online"."""
    return tuple(name for name in persons if not _is_any_site(squeeze(name), sites)) or persons


def is_named_as_site(persons: Iterable[str], sites: set[str]) -> bool:
    """Do all go by a name of the site: its owner perhaps, but no by-line where another names somebody?"""
    return all(_is_any_site(squeeze(name), sites) for name in persons)


def _persons_of(names: list[str], line: str) -> list[str]:
    """Of a line that names somebody in full, nobody else; of one with commas and single words, nobody: an address."""
    full = [name for name in names if plausible(name)]
    if full:
        return [name for name in full if not around.ROLE.search(name)] or full
    return [] if around.COMMA.search(line) else [name for name in names if len(name.split()) <= _WEAK_WORDS]


def _identity(name: str) -> str:
    """The same for "Mara Quist", "QUIST Mara": one person's names in any order."""
    return " ".join(sorted(map(squeeze, name.split())))


def _named(line: str, sites: set[str]) -> Iterator[str]:
    """The names of a by-line, tidied: those behind a role up to the next "and" are what the role is of."""
    if _is_address(around.COMMA.split(line), sites):
        return
    line = around.STAMP.sub("", line).strip() or _behind_date(line)
    whole = _BRACKETED.fullmatch(line)
    line = whole["inner"].strip() if whole else line
    groups = () if _is_word_around(line) else _LISTED.split(before_label(without_by(line)))
    for number, group in enumerate(groups):
        if number == 0 or not _is_others(group):
            yield from _names_of(around.COMMA.split(group))


def _is_others(group: str) -> bool:
    """Does a label give what follows an author another part: "Author: Ada Lane | Editor: Bo Li"?"""
    found = around.LABELLED.match(group)
    return bool(found and around.ROLE_ALONE.fullmatch(found["label"].strip()))


def _behind_date(line: str) -> str:
    """What a line names behind the date that it opens with: "4 May 2026 by Ada Lane", "4 May 2026 | Ada Lane"."""
    if opened := around.BY.match(line):
        return line[opened.end() :]
    if found := around.BY_LAST.match(line):
        return found["names"]
    parts = [part for part in _PARTS.split(line) if part and not _DIGIT.search(part)]
    return parts[-1] if parts and plausible(parts[-1]) else ""


def _is_address(parts: list[str], sites: set[str]) -> bool:
    """Is it the publisher's: its name, a street, a town?"""
    return len(parts) > 2 and _is_any_site(squeeze(parts[0]), sites)


def _names_of(parts: list[str]) -> Iterator[str]:
    """The names in parts between commas."""
    if len(parts) == 2 and _is_surname_first(*parts):
        yield f"{parts[1].strip()} {tidy(parts[0])}"
        return
    for part in (part for part in parts if not _is_word_around(part) and not _is_of_pictures(part)):
        behind = _BEHIND.search(part)
        yield from (name for name in (tidy(part), behind["wire"] if behind else "") if name)
        if _ends_in_role(part):
            return


def _is_word_around(part: str) -> bool:
    """Is it a label, a role or a desk, and nothing else?"""
    part = part.strip(" :")
    return part.casefold() in around.LABELS or bool(around.ROLE_ALONE.fullmatch(part) or around.STAFF.fullmatch(part))


def _is_of_pictures(part: str) -> bool:
    """Does a bracket say that a name is the photographer's: "Ada Lane (text) and Bo Li (photos)"?"""
    found = _BRACKETED.search(part)
    return bool(found and around.PHOTO.fullmatch(found["inner"].strip()))


def _ends_in_role(part: str) -> bool:
    return bool(around.ROLE.search(part)) and not around.BY.match(part)


def _is_surname_first(surname: str, given: str) -> bool:
    """ "Quist, Mara", and no place, desk, agency or degree behind a single name."""
    if not (_SURNAME.fullmatch(surname) and _GIVEN.fullmatch(given) and CASED.match(surname) and given[0].isupper()):
        return False
    words = (surname, given)
    known = any(squeeze(word) in AGENCIES or _is_label(word) for word in words)
    return (
        not known
        and not any(around.OUTLET.search(word) or around.ROLE.search(word) for word in words)
        and (not around.CREDENTIAL.fullmatch(given))
    )
