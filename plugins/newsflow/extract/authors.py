"""Who wrote it: persons as a list, agencies apart, no "By", no dates, no names of sites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from lxml.html import HtmlElement

from newsflow.extract.chars import clean
from newsflow.extract.harvest import Harvest, types, unescape
from newsflow.extract.title import squeeze
from newsflow.extract.tree import class_of, text_of

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

# "By" in front of names.
_BY = re.compile(
    r"^(?:written\s+by|words\s+by|story\s+by|posted\s+by|reported\s+by|published\s+by|by|von|par|de|da|di|por|van|av|af|door|"
    r"autor(?:in|ka|a)?|auteur|auther|author|автор|текст|oleh|yazan|haberi|kirjoittanut|tekst|text|texto|geschrieben\s+von|"
    r"от|των|του|του\s+|της|γράφει|επιμέλεια|бy|penulis|作者|記者|记者|文|撰文|기자)\s*[:：]?\s+|^(?:作者|記者|记者|文)\s*[/:：]?\s*",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:[,;|/•·&、，；]|\s(?:and|und|et|y|e|i|en|og|och|и|та|και|ve|dan|ja|with|&amp;)\s)\s*", re.IGNORECASE
)
_TAIL = re.compile(
    r"\s*(?:\(.*|\[.*|\s[-–—|]\s.*|@\w+.*|(?:,\s*)?\b(?:special to|for the|for|in|at|of)\b\s.*|\S+@\S+.*|https?://.*)$",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d")
_ROLES = re.compile(
    r"\b(?:staff|writers?|reporters?|editors?|editorial|editor-in-chief|correspondents?|contributors?|contributing|columnist|news(?:room)?|desk|team|"
    r"redaktion|redaktionen|redaction|rédaction|redacción|redação|redazione|redakcja|redactie|редакция|redaksi|агентство|"
    r"admin|administrator|guest|agency|agencies|agencia|agentur|associate|senior|chief|producer|digital|online|web|"
    r"photographer|managing|director|analyst|wire|service|services|reports?|magazine|bureau|follow|updated|published|posted|minutes?|read|share|comments?|contact|bio|email|"
    r"twitter|facebook|instagram|linkedin)\b",
    re.IGNORECASE,
)
_NAMES = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl",
          "cxenseparse:author", "article.author", "og:article:author", "twitter:data1")  # fmt: skip


def tidy(name: str) -> str:
    """One name without "By", roles, handles and addresses; "" where none is left."""
    name = clean(unescape(name)).strip(" ,;:.-–—|•*")
    for _ in range(2):
        name = _BY.sub("", name).strip(" ,;:-–—|•")
    return _TAIL.sub("", name).strip(" ,;:.-–—|•")


def _person(name: str, sites: set[str]) -> bool:
    short = squeeze(name)
    if not 3 <= len(name) <= 60 or _DIGITS.search(name) or "://" in name or "@" in name or not short:
        return False
    if short in AGENCIES or _ROLES.search(name) or len(name.split()) > 6:
        return False
    return not any(short == site or (len(site) > 4 and (site in short or short in site)) for site in sites)


def people(raw: Iterable[str], sites: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Persons and agencies in raw by-lines, each once, in order.

    :param sites: squeezed names of the site itself, which are no persons.
    """
    persons: dict[str, str] = {}
    agencies: dict[str, None] = {}
    for line in (line for line in raw if "://" not in line):
        for part in _SPLIT.split(_BY.sub("", clean(unescape(line)))):
            name = tidy(part)
            if agency := AGENCIES.get(squeeze(name)):
                agencies[agency] = None
            elif _person(name, sites):
                persons.setdefault(squeeze(name), name)
    return tuple(persons.values())[:12], tuple(agencies)[:5]


def _creators(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for item in value[:20] for name in _creators(item)]
    if isinstance(value, Mapping):
        if "Organization" in types(value) and squeeze(str(value.get("name"))) not in AGENCIES:
            return []
        return _creators(value.get("name"))
    return [value] if isinstance(value, str) and not value.startswith("http") else []


def _metas(harvest: Harvest) -> list[list[str]]:
    found = []
    for name in _NAMES:
        values = [value for value in harvest.meta.get(name, ()) if not value.startswith(("http", "/"))]
        if values:
            found.append(values)
    return found


def _marked(root: HtmlElement) -> list[list[str]]:
    """By-lines that the mark-up calls so: microdata, rel=author, class names; the most exact first."""
    exact: list[str] = []
    loose: list[str] = []
    for element in root.iter("a", "span", "div", "p", "address", "li", "strong", "cite"):
        if _asides(element):
            continue
        prop, rel, names = element.get("itemprop") or "", element.get("rel") or "", class_of(element)
        if "author" in prop.split() or "author" in rel.split():
            exact.append(text_of(element))
        elif ("author" in names or "byline" in names or "by-line" in names) and len(loose) < 5:
            text = text_of(element)
            if 3 < len(text) < 100:
                loose.append(text)
    return [[line for line in exact if len(line) < 80][:4], loose[:1]]


def _asides(element: HtmlElement) -> bool:
    names = class_of(element)
    return "comment" in names or "related" in names


def find(
    root: HtmlElement, harvest: Harvest, sites: set[str], hints: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Persons, agencies, and the source that gave the persons.

    Order: JSON-LD, meta, mark-up, the feed. Agencies are gathered from all that was looked at.
    """
    rivals = [("json-ld", _creators(harvest.article.get("author") or harvest.article.get("creator")))]
    rivals += [("meta", values) for values in _metas(harvest)]
    agencies: dict[str, None] = {}
    for source, raw in rivals:
        persons, wires = people(raw, sites)
        agencies.update(dict.fromkeys(wires))
        if persons:
            return persons, tuple(agencies), source
    for source, raw in [("markup", lines) for lines in _marked(root)] + [("feed", list(hints))]:
        persons, wires = people(raw, sites)
        agencies.update(dict.fromkeys(wires))
        if persons:
            return persons, tuple(agencies), source
    return (), tuple(agencies), ""
