"""Who wrote it: persons as a list, agencies apart, no "By", no dates, no names of sites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lxml.html import HtmlElement

from newsflow.extract.fields.title import squeeze
from newsflow.extract.page.metadata import PageMetadata, types, unescape
from newsflow.extract.page.tree import class_of, text_of
from newsflow.languages.lists import any_of, any_pattern, entries
from newsflow.text.characters import clean

# News agencies, by their squeezed names, and how they are written.
AGENCIES = {
    "reuters": "Reuters", "thomsonreuters": "Reuters", "associatedpress": "AP", "theassociatedpress": "AP", "ap": "AP",
    "afp": "AFP", "agencefrancepresse": "AFP", "dpa": "dpa", "deutschepresseagentur": "dpa", "pa": "PA",
    "pressassociation": "PA", "pamedia": "PA", "efe": "EFE", "agenciaefe": "EFE", "europapress": "Europa Press",
    "ansa": "ANSA", "tass": "TASS", "тасс": "ТАСС", "interfax": "Interfax", "интерфакс": "Интерфакс",
    "риановости": "РИА Новости", "riaanovosti": "RIA Novosti", "xinhua": "Xinhua", "新华社": "新华社", "kyodo": "Kyodo",
    "共同通信": "共同通信", "時事通信": "時事通信", "yonhap": "Yonhap", "연합뉴스": "연합뉴스", "pti": "PTI",
    "presstrustofindia": "PTI", "ians": "IANS", "ani": "ANI", "bernama": "Bernama", "antara": "Antara", "lusa": "Lusa",
    "agencialusa": "Lusa", "belga": "Belga", "anp": "ANP", "tt": "TT", "ntb": "NTB", "ritzau": "Ritzau", "stt": "STT",
    "apa": "APA", "keystonesda": "Keystone-SDA", "sda": "Keystone-SDA", "pap": "PAP", "čtk": "ČTK", "ctk": "ČTK",
    "mti": "MTI", "tanjug": "Tanjug", "hina": "Hina", "anadoluajansı": "Anadolu Ajansı", "aa": "Anadolu Ajansı",
    "anadoluagency": "Anadolu Ajansı", "canadianpress": "The Canadian Press", "thecanadianpress": "The Canadian Press",
    "upi": "UPI", "bloomberg": "Bloomberg", "aap": "AAP", "irna": "IRNA", "télam": "Télam", "telam": "Télam",
    "notimex": "Notimex", "estadãoconteúdo": "Estadão Conteúdo", "agênciabrasil": "Agência Brasil",
    "укринформ": "Укринформ", "унн": "УНН", "sid": "SID", "epd": "epd", "kna": "KNA", "atscom": "ATS", "ats": "ATS",
}  # fmt: skip

# "By" in front of names. Words that also open names (Van Sias, De Luca) count in small letters only.
BY = re.compile(
    rf"^(?:{any_of('by')}|(?-i:{any_of('by_exact')}))\s*[:：]?\s+|^by(?=[A-Z])|^(?:{any_of('by_joined')})\s*[/:：・|]?\s*",
    re.IGNORECASE,
)
# The capitalised ones of them: a single word behind one may be a surname (Di Stefano).
_MAY_OPEN_NAMES = tuple(f"{word} " for word in entries("by_exact") if word[0].isupper())
_AND = re.compile(rf"^(?:{any_of('and_first')})\s+", re.IGNORECASE)
_SPLIT = re.compile(rf"\s*(?:[,;|/•·&、，；／]|\s(?:{any_of('and')})\s)\s*", re.IGNORECASE)
_TAIL = re.compile(
    rf"\s*(?:\(.*|\[.*|\s[-–—|]\s.*|@\w+.*|(?:,\s*)?\b(?:{any_of('name_tail')})\b\s.*|\S+@\S+.*|https?://.*)$",
    re.IGNORECASE,
)
# A time behind the names, from the word that announces it; months by their first letters.
_STAMP = re.compile(
    rf"[\s|·•,–—-]*(?:\b(?:{any_of('published')}|(?:{any_of('date_stems')})\w*)\b[\s.:,]*)*\d.*$",
    re.IGNORECASE | re.DOTALL,
)
KOREAN = re.compile(rf"([가-힣]{{2,4}})\s?(?:{any_of('reporter')})")
_NO_NAME = re.compile(r"\d|://|@|\.[a-z]{2,4}$")
_ROLES = re.compile(rf"\b(?:{any_of('roles')})\b", re.IGNORECASE)
_NAMES = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl",
          "cxenseparse:author", "article.author", "og:article:author", "twitter:data1")  # fmt: skip
_PARTICLES = frozenset(entries("particles"))
_CASED = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u052f]")
_HAN = re.compile(r"^[\u3400-\u9fff\u3040-\u30ff]{2,6}$")
_HANGUL = re.compile("[가-힣]{2,4}")
_LONGEST, _MOST_WORDS = 60, 6  # characters and words of a person's name
_MARKED = ("a", "span", "div", "p", "address", "li", "strong", "cite")  # elements that by-lines are marked up with
_LOOSE = 5  # elements with such a class name that are looked at; the first is the article's
_REPORT = re.compile(any_pattern("report_patterns"))


def tidy(name: str) -> str:
    """One name without "By", roles, handles and addresses; "" where none is left."""
    name = clean(unescape(name)).strip(" ,;:.-–—|•*")
    for _ in range(2):
        name = _without_by(_AND.sub("", name)).strip(" ,;:-–—|•")
    return _TAIL.sub("", name).strip(" ,;:.-–—|•")


def _without_by(line: str) -> str:
    """A line without "By"; a single word behind a word that may be a name as well is left with it."""
    rest = BY.sub("", line, count=1)
    single = " " not in rest.strip()
    return line if single and line.startswith(_MAY_OPEN_NAMES) else rest


def _without_wires(name: str, sites: set[str]) -> tuple[str, str]:
    """A name without an agency or the site behind it, and that agency: "Ada Lane Associated Press"."""
    parts = name.split() if squeeze(name) not in AGENCIES else []
    for at in range(1, len(parts)):
        tail = squeeze(" ".join(parts[at:]))
        if tail in AGENCIES and len(tail) > 2:
            return " ".join(parts[:at]), AGENCIES[tail]
        if len(tail) > 9 and any(tail in site for site in sites):
            return " ".join(parts[:at]), ""
    return name, ""


def _person(name: str, sites: set[str]) -> bool:
    """May a name be a person's: no agency, role, address, site or sentence?"""
    short = squeeze(name)
    if not short or short in AGENCIES or _is_long_or_short(name):
        return False
    if _NO_NAME.search(name) or _ROLES.search(name):
        return False
    return not any(_is_site(short, site) for site in sites)


def _is_long_or_short(name: str) -> bool:
    """Names in Han letters may have two characters."""
    return not (3 if name.isascii() else 2) <= len(name) <= _LONGEST or len(name.split()) > _MOST_WORDS


def _is_site(short: str, site: str) -> bool:
    """Is one in the other: "courier" in "thecouriertimes"? Short names of sites must be equal."""
    return short == site or (len(site) > 4 and (site in short or short in site))


def plausible(name: str) -> bool:
    """Is it written as a person's name: two to four words with capitals, where a script has them?"""
    parts = name.split()
    if _HAN.match(name):
        return not _REPORT.search(name)
    if _HANGUL.fullmatch(name):
        return True
    cased = bool(_CASED.search(name))
    return 2 <= len(parts) <= 5 and (not cased or all(part[:1].isupper() or part in _PARTICLES for part in parts))


def people(raw: Iterable[str], sites: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Persons and agencies in raw by-lines, each once, in order.

    :param sites: squeezed names of the site itself, which are no persons.
    """
    persons: dict[str, str] = {}
    agencies: dict[str, None] = {}
    for line in (line for line in raw if "://" not in line):
        for part in _SPLIT.split(_without_by(_STAMP.sub("", clean(unescape(line))))):
            name, wire = _without_wires(tidy(part), sites)
            agencies.update({wire: None} if wire else {})
            if agency := AGENCIES.get(squeeze(name)):
                agencies[agency] = None
            elif _person(name, sites):
                persons.setdefault(squeeze(name), name)
    return tuple(persons.values())[:12], tuple(agencies)[:5]


def _creators(value: Any) -> list[str]:
    """Names in JSON-LD's `author`: a text, an object with a name, or a list of such."""
    if isinstance(value, list):
        return [name for item in value[:20] for name in _creators(item)]
    if isinstance(value, Mapping):
        return [] if _is_newsroom(value) else _creators(value.get("name"))
    return [value] if isinstance(value, str) and not value.startswith("http") else []


def _is_newsroom(node: Mapping[str, Any]) -> bool:
    """Is it an organisation that is no agency: the publisher, named as the author of its own article?"""
    return "Organization" in types(node) and squeeze(str(node.get("name"))) not in AGENCIES


def _metas(harvest: PageMetadata) -> list[list[str]]:
    found = []
    for name in _NAMES:
        values = [value for value in harvest.meta.get(name, ()) if not value.startswith(("http", "/"))]
        if values:
            found.append(values)
    return found


def _marked(root: HtmlElement) -> list[list[str]]:
    """By-lines that the mark-up calls so: microdata and rel=author, then class names; the most exact first."""
    exact: list[str] = []
    loose: list[str] = []
    for element in root.iter(*_MARKED):
        names = class_of(element)
        if "comment" in names or "related" in names:
            continue
        if _is_author(element):
            exact.append(text_of(element))
        elif _is_named_author(names) and len(loose) < _LOOSE and 3 < len(text := text_of(element)) < 100:
            loose.append(text)
    return [[line for line in exact if len(line) < 80][:4], loose[:1]]


def _is_author(element: HtmlElement) -> bool:
    return "author" in (element.get("itemprop") or "").split() or "author" in (element.get("rel") or "").split()


def _is_named_author(names: str) -> bool:
    return any(word in names for word in ("author", "byline", "by-line"))


Found = tuple[tuple[str, ...], tuple[str, ...], str]


def find(root: HtmlElement, harvest: PageMetadata, sites: set[str], hints: tuple[str, ...] = ()) -> Found:
    """Persons, agencies, and the source that gave the persons.

    Order: JSON-LD, meta, mark-up, the feed. Agencies are gathered from all that was looked at.
    """
    stated = [("json-ld", _creators(harvest.article.get("author") or harvest.article.get("creator")))]
    found = _first([*stated, *(("meta", values) for values in _metas(harvest))], sites)
    if found[0]:
        return found
    shown = [("markup", lines) for lines in _marked(root)]
    persons, agencies, source = _first([*shown, ("feed", list(hints))], sites)
    return persons, tuple(dict.fromkeys(found[1] + agencies)), source


def _first(rivals: Sequence[tuple[str, list[str]]], sites: set[str]) -> Found:
    agencies: dict[str, None] = {}
    for source, raw in rivals:
        persons, wires = people(raw, sites)
        agencies.update(dict.fromkeys(wires))
        if persons:
            return persons, tuple(agencies), source
    return (), tuple(agencies), ""
