"""One name of a by-line without the words around it, and whether it is written as a person's."""

from __future__ import annotations

import re

from newsflow.extract.fields import name_words as around
from newsflow.extract.fields.agencies import AGENCIES
from newsflow.extract.fields.title import squeeze
from newsflow.extract.page.metadata import unescape
from newsflow.text.characters import clean

_MOST_WORDS = 6
_MARKS = " ,;:.-–—|•*·●■◆✉/"
_SENTENCE = re.compile(r"(?<=[^\W\d_]{3})\.\s+(?=\w)")
_PICTURES = re.compile("[\u2600-\u27bf\ufe0f\u200d\U0001f000-\U0001faff]")  # emoji (Unicode's blocks of symbols)
_NICKNAME = re.compile(r"\s*\([^()]*\)(?=\s+\w)")
CASED = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u052f]")
_HAN = re.compile(
    r"^[\u3400-\u9fff\u3040-\u30ff]{2,6}$|^[\u3400-\u9fff\u3040-\u30ff]{1,3} [\u3400-\u9fff\u3040-\u30ff]{1,4}$"
)
_HANGUL = re.compile("[가-힣]{2,4}")


def tidy(name: str) -> str:
    """One name without "By", labels, roles, handles and addresses; "" where none is left."""
    name = _NICKNAME.sub("", _PICTURES.sub("", clean(unescape(name)))).strip(_MARKS)
    if squeeze(name) in AGENCIES:
        return name
    for _ in range(2):
        name = _unlabelled(without_by(around.AND_FIRST.sub("", name)).strip(_MARKS))
    name = before_label(around.OTHERS_BY.split(name, maxsplit=1)[0].strip(_MARKS))
    short = _without_role(_first_sentence(before_label(around.TAIL.sub("", name).strip(_MARKS)))).strip(_MARKS)
    return "" if around.STAFF.search(name) and not plausible(short) else _without_initials(short)


def _without_initials(name: str) -> str:
    """A name without its own initials, as they stand for a picture: "MQ Mara Quist"; and said once, not twice."""
    words = name.split()
    if len(words) > 2 and words[: len(words) // 2] == words[len(words) // 2 :]:
        return " ".join(words[: len(words) // 2])
    first, *rest = words[: _MOST_WORDS + 1] or [""]
    return " ".join(rest) if len(rest) > 1 and first == "".join(word[0] for word in rest) else name


def without_by(line: str) -> str:
    """A line without "By"; a single word behind a word that may be a name as well is left with it."""
    rest = around.BY.sub("", line, count=1)
    single = " " not in rest.strip()
    return line if single and line[:1].isupper() and around.MAY_OPEN_NAMES.match(line) else rest


def _unlabelled(line: str) -> str:
    """What stands behind a label ("Interview: …", "Publicado por …"); "" where it is a picture's."""
    found = around.LABELLED.match(line) or around.BY_LAST.match(line)
    if not found or plausible(found["label"].strip()):
        return line
    if around.PHOTO.match(found["label"]) or around.OTHERS_BY.match(line):
        return ""
    return found["names"] if plausible(around.COMMA.split(found["names"])[0]) else line


def before_label(name: str) -> str:
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
    return 2 <= len(parts) <= 5 and (not CASED.search(name) or _is_capitalised(parts))


def _is_capitalised(parts: list[str]) -> bool:
    return all(part[:1].isupper() or part in around.PARTICLES for part in parts) and parts[-1][:1].isupper()
