"""What by-lines name: persons and agencies, without the words that stand around names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from newsflow.extract.fields import name_words as around
from newsflow.extract.fields.agencies import AGENCIES
from newsflow.extract.fields.title import squeeze
from newsflow.extract.page.metadata import unescape
from newsflow.text.characters import clean

_LONGEST, _MOST_WORDS, _LONGEST_LINE = 60, 6, 500  # characters and words of a name, characters of a by-line
_MOST_PERSONS, _MOST_AGENCIES = 30, 5
_WEAK_WORDS = 3  # words of a name that is not written as persons' names are
_MARKS = " ,;:.-–—|•*·●■◆✉/"
_LISTED = re.compile(rf"\s*(?:[;|/•&；／]|(?<!\w)·|·(?!\w)|\s(?:{around.AND})\s)\s*", re.IGNORECASE)
_COMMA = re.compile(r"\s*[,，、،]\s*")
_SENTENCE = re.compile(r"(?<=[^\W\d_]{3})\.\s+(?=\w)")
_NICKNAME = re.compile(r"\s*\([^()]*\)(?=\s+\w)")
_NO_NAME = re.compile(r"\d|://|@|\.[a-z]{2,4}$|[?!=<>{}#%:：]|(?:…|\.\.\.)$", re.IGNORECASE)
_ADDRESS = re.compile(r"\s*[-–|(<]?\s*https?://\S*")
_CASED = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u052f]")
_HAN = re.compile(
    r"^[\u3400-\u9fff\u3040-\u30ff]{2,6}$|^[\u3400-\u9fff\u3040-\u30ff]{1,3} [\u3400-\u9fff\u3040-\u30ff]{1,4}$"
)
_HANGUL = re.compile("[가-힣]{2,4}")
_GIVEN = re.compile(r"[^\W\d_][\w'’-]*(?: [^\W\d_]\.?)*")
_SURNAME = re.compile(r"(?:[a-z]{1,3} )?[^\W\d_][\w'’-]+")


def tidy(name: str) -> str:
    """One name without "By", labels, roles, handles and addresses; "" where none is left."""
    name = _NICKNAME.sub("", clean(unescape(name))).strip(_MARKS)
    for _ in range(2):
        name = _unlabelled(_without_by(around.AND_FIRST.sub("", name)).strip(_MARKS))
    name = _before_label(around.OTHERS_BY.split(name, maxsplit=1)[0].strip(_MARKS))
    short = _without_role(_first_sentence(_before_label(around.TAIL.sub("", name).strip(_MARKS)))).strip(_MARKS)
    return "" if around.STAFF.search(name) and not plausible(short) else _without_initials(short)


def _without_initials(name: str) -> str:
    """A name without its own initials, as they stand for a picture: "MQ Mara Quist"."""
    first, *rest = name.split()[: _MOST_WORDS + 1] or [""]
    return " ".join(rest) if len(rest) > 1 and first == "".join(word[0] for word in rest) else name


def _without_by(line: str) -> str:
    """A line without "By"; a single word behind a word that may be a name as well is left with it."""
    rest = around.BY.sub("", line, count=1)
    single = " " not in rest.strip()
    return line if single and line[:1].isupper() and around.MAY_OPEN_NAMES.match(line) else rest


def _unlabelled(line: str) -> str:
    """What stands behind a label ("Interview: …", "Publicado por …"); "" where it is a picture's."""
    found = around.LABELLED.match(line) or around.BY_LAST.match(line)
    if not found or plausible(found["label"].strip()):
        return line
    if around.PHOTO.match(found["label"]):
        return ""
    return found["names"] if plausible(_COMMA.split(found["names"])[0]) else line


def _before_label(name: str) -> str:
    """A name without what pages say behind it ("Show all articles")."""
    found = around.LABEL_BEHIND.search(name)
    if not found:
        return name
    short = name[: found.start()]
    return short if plausible(short) or (" " in found["label"] and " " not in short) else name


def _first_sentence(name: str) -> str:
    """ "Ada Lane. Westmere" names one person and a place; "St. John" is none that ends a sentence."""
    first = _SENTENCE.split(name, maxsplit=1)[0]
    return first if plausible(first) else name


def _without_role(name: str) -> str:
    """A name without the role before or behind it; "" where there is only a role."""
    short = around.JOINED_ROLE.sub("", name)
    if len(short) > 1 and short != name:
        return short
    while opened := around.ROLE.match(name):
        name = name[opened.end() :].strip(_MARKS)
    found = around.ROLE.search(name)
    if not found:
        return _without_credentials(name)
    desk = around.STAFF.search(name)
    short = name[: min(found.start(), desk.start() if desk else found.start())].strip(_MARKS)
    return short if plausible(short) else _surnamed(name, short)


def _surnamed(name: str, first: str) -> str:
    """A name whose second and last word may be a surname as well as a role: "Edith Head", and no "City Editor"."""
    return name if len(name.split()) == 2 and plausible(name) and first and not around.OUTLET.search(first) else ""


def _without_credentials(name: str) -> str:
    parts = name.split()
    while len(parts) > 2 and parts[-1].isupper() and around.CREDENTIAL.fullmatch(parts[-1]):
        parts.pop()
    return " ".join(parts)


def plausible(name: str) -> bool:
    """Is it written as a person's name: two to five words with capitals, where a script has them?"""
    parts = name.split()
    if _HAN.match(name):
        return not around.REPORT.search(name) and not around.JOINED_STAFF.search(name)
    if _HANGUL.fullmatch(name):
        return True
    return 2 <= len(parts) <= 5 and (not _CASED.search(name) or _is_capitalised(parts))


def _is_capitalised(parts: list[str]) -> bool:
    return all(part[:1].isupper() or part in around.PARTICLES for part in parts) and parts[-1][:1].isupper()


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
    if _NO_NAME.search(name) or around.STAFF.search(name) or around.CREDENTIAL.fullmatch(name):
        return False
    return not _is_any_site(short, sites) or _is_own_site(name)


def _is_any_site(short: str, sites: set[str]) -> bool:
    return any(_is_site(short, site) for site in sites)


def _is_label(name: str) -> bool:
    folded = name.casefold()
    return folded in around.LABELS or any(word in around.LONG_LABELS for word in folded.split())


def _is_own_site(name: str) -> bool:
    """May a person's site bear this name? Outlets have words that tell them apart, in most languages."""
    return plausible(name) and len(name.split()) < 4 and bool(_CASED.search(name)) and not around.OUTLET.search(name)


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
        found = list(_named(line))
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


def _persons_of(names: list[str], line: str) -> list[str]:
    """Of a line that names somebody in full, nobody else; of one with commas and single words, nobody: an address."""
    full = [name for name in names if plausible(name)]
    if full:
        return [name for name in full if not around.ROLE.search(name)] or full
    return [] if _COMMA.search(line) else [name for name in names if len(name.split()) <= _WEAK_WORDS]


def _identity(name: str) -> str:
    """The same for "Mara Quist", "QUIST Mara": one person's names in any order."""
    return " ".join(sorted(map(squeeze, name.split())))


def _named(line: str) -> Iterator[str]:
    """The names of a by-line, tidied: those behind a role up to the next "and" are what the role is of."""
    line = around.STAMP.sub("", line).strip()
    groups = () if _is_word_around(line) else _LISTED.split(_before_label(_without_by(line)))
    for group in groups:
        parts = [part for part in _COMMA.split(group) if not _is_word_around(part)]
        if len(parts) == 2 and _is_surname_first(*parts):
            yield f"{parts[1].strip()} {tidy(parts[0])}"
            continue
        for part in parts:
            if name := tidy(part):
                yield name
            if _ends_in_role(part):
                break


def _is_word_around(part: str) -> bool:
    """Is it a label, a role or a desk, and nothing else?"""
    part = part.strip(" :")
    return part.casefold() in around.LABELS or bool(around.ROLE.fullmatch(part) or around.STAFF.fullmatch(part))


def _ends_in_role(part: str) -> bool:
    return bool(around.ROLE.search(part)) and not around.BY.match(part)


def _is_surname_first(surname: str, given: str) -> bool:
    """ "Quist, Mara", and no place, desk, agency or degree behind a single name."""
    if not (_SURNAME.fullmatch(surname) and _GIVEN.fullmatch(given) and _CASED.match(surname) and given[0].isupper()):
        return False
    words = (surname, given)
    known = any(squeeze(word) in AGENCIES or _is_label(word) for word in words)
    return (
        not known
        and not any(around.OUTLET.search(word) or around.ROLE.search(word) for word in words)
        and (not around.CREDENTIAL.fullmatch(given))
    )
