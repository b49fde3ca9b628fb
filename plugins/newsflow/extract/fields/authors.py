"""Who wrote it: persons as a list, agencies apart, no "By", no dates, no names of sites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lxml.html import HtmlElement

from newsflow.extract.fields.title import squeeze
from newsflow.extract.page.metadata import PageMetadata, types, unescape
from newsflow.extract.page.tree import class_of, text_of
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
    r"^(?:view\s+all\s+posts\s+by|posts?\s+by|alle\s+beiträge\s+von|ver\s+todas\s+las\s+entradas\s+de|"
    r"voir\s+tous\s+les\s+articles\s+de|(?:written|words|story|posted|reported|published|report)\s+by|by|von|par|"
    r"(?-i:de|da|di|van|af|av|Av|Af|Di)|por|per|door|oleh|"
    r"(?:ein\s+|un\s+|una\s+)?(?:gastbeitrag|article|artículo|propos\s+recueillis|entretien)\s+(?:von|de|par)|a\s+cura\s+di|"
    r"autor(?:in|ka|a|s|ius)?|auteur|author|автор|текст|yazan|haber(?:i)?|kirjoittanut|kirjoittaja|teksti?|texto?|"
    r"geschrieben\s+von|γράφει(?:\s+[οη])?|επιμέλεια|συντάκτ\w+|szerző|írta|piše|opr\.|redagavo|penulis|reporter|"
    r"tác\s+giả|bài|โดย|ผู้เขียน|بقلم|كتب(?:ت)?|إعداد|نویسنده|تحریر|מאת|लेखक|द्वारा|প্রতিবেদক|எழுதியவர்|作者|記者|记者|撰文|文)"
    r"\s*[:：]?\s+|^by(?=[A-Z])|^(?:作者|記者|记者|撰文|文|מאת|بقلم|כתב|โดย)\s*[/:：・|]?\s*",
    re.IGNORECASE,
)
_AND = re.compile(r"^(?:and|und|et|y|e|og|och|and\s+by)\s+", re.IGNORECASE)
_SPLIT = re.compile(
    r"\s*(?:[,;|/•·&、，；／]|\s(?:and|und|et|y|e|i|en|og|och|и|й|та|και|ve|dan|và|ja|a|si|și|és|with|&amp;|و)\s)\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:\(.*|\[.*|\s[-–—|]\s.*|@\w+.*|(?:,\s*)?\b(?:special to|for the|for|in|at|of|on|aus)\b\s.*|\S+@\S+.*|"
    r"https?://.*)$",
    re.IGNORECASE,
)
# A time behind the names, from the word that announces it; months by their first letters.
_STAMP = re.compile(
    r"[\s|·•,–—-]*(?:\b(?:published|posted|last\s+updated|updated|on|am|le|el|em|il|op|den|the|publié|publicado|"
    r"veröffentlicht|pubblicato|gepubliceerd|опубликовано|"
    r"(?:jan|feb|fév|mar|mär|apr|avr|abr|ma[iyj]|jun|jui|jul|aug|ago|aoû|sep|set|o[ck]t|out|nov|de[csz]|янв|фев|мар|апр|"
    r"ма[йя]|июн|июл|авг|сен|окт|ноя|дек|mon|tue|wed|thu|fri|sat|sun)\w*)\b[\s.:,]*)*\d.*$",
    re.IGNORECASE | re.DOTALL,
)
KOREAN = re.compile(r"([가-힣]{2,4})\s?(?:선임|수습)?기자")
_NO_NAME = re.compile(r"\d|://|@|\.[a-z]{2,4}$")
_ROLES = re.compile(
    r"\b(?:staff|writers?|reporters?|editors?|editorial|editor-in-chief|correspondents?|contributors?|contributing|columnist|news(?:room)?|desk|team|"
    r"redaktion|redaktionen|redaction|rédaction|redacción|redação|redazione|redakcja|redactie|редакция|redaksi|агентство|"
    r"admin|administrator|guest|agency|agencies|agencia|agentur|associate|senior|chief|head|officer|deputy|cto|cfo|coo|technologies|inc|ltd|university|institute|president|ceo|producer|digital|online|web|"
    r"photographer|managing|director|analyst|wire|service|services|reports?|magazine|bureau|follow|updated|published|posted|minutes?|read|share|comments?|contact|bio|email|"
    r"twitter|facebook|instagram|linkedin)\b",
    re.IGNORECASE,
)
_NAMES = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl",
          "cxenseparse:author", "article.author", "og:article:author", "twitter:data1")  # fmt: skip
_PARTICLES = frozenset(
    "de da do dos di du van von der den del della la le el al bin ibn ten ter af av y".split()  # noqa: SIM905
)
_CASED = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u052f]")
_HAN = re.compile(r"^[\u3400-\u9fff\u3040-\u30ff]{2,6}$")
_HANGUL = re.compile("[가-힣]{2,4}")
_REPORT = re.compile(r"報導|报道|報道|电$|訊|讯|編輯|编辑|撰文")


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
    return line if single and line.startswith(("Di ", "Av ", "Af ")) else rest


def _without_wires(name: str, sites: set[str]) -> tuple[str, str]:
    """A name without an agency or the site behind it, and that agency: "Ada Lane Associated Press"."""
    words = name.split() if squeeze(name) not in AGENCIES else []
    for at in range(1, len(words)):
        tail = squeeze(" ".join(words[at:]))
        if tail in AGENCIES and len(tail) > 2:
            return " ".join(words[:at]), AGENCIES[tail]
        if len(tail) > 9 and any(tail in site for site in sites):
            return " ".join(words[:at]), ""
    return name, ""


def _person(name: str, sites: set[str]) -> bool:
    short = squeeze(name)
    if not (3 if name.isascii() else 2) <= len(name) <= 60 or not short or _NO_NAME.search(name):
        return False
    if short in AGENCIES or _ROLES.search(name) or len(name.split()) > 6:
        return False
    return not any(short == site or (len(site) > 4 and (site in short or short in site)) for site in sites)


def plausible(name: str) -> bool:
    """Is it written as a person's name: two to four words with capitals, where a script has them?"""
    words = name.split()
    if _HAN.match(name):
        return not _REPORT.search(name)
    if _HANGUL.fullmatch(name):
        return True
    cased = bool(_CASED.search(name))
    return 2 <= len(words) <= 5 and (not cased or all(w[:1].isupper() or w in _PARTICLES for w in words))


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
    if isinstance(value, list):
        return [name for item in value[:20] for name in _creators(item)]
    if isinstance(value, Mapping):
        if "Organization" in types(value) and squeeze(str(value.get("name"))) not in AGENCIES:
            return []
        return _creators(value.get("name"))
    return [value] if isinstance(value, str) and not value.startswith("http") else []


def _metas(harvest: PageMetadata) -> list[list[str]]:
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
        names = class_of(element)
        if "comment" in names or "related" in names:
            continue
        prop, rel = element.get("itemprop") or "", element.get("rel") or ""
        if "author" in prop.split() or "author" in rel.split():
            exact.append(text_of(element))
        elif ("author" in names or "byline" in names or "by-line" in names) and len(loose) < 5:
            text = text_of(element)
            if 3 < len(text) < 100:
                loose.append(text)
    return [[line for line in exact if len(line) < 80][:4], loose[:1]]


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
