"""News agencies that a text credits, in the words of several languages.

A credit is a dateline's mark, "LONDON (Reuters) -", a line that is only an agency's name or
its copyright, a byline, or a phrase such as "With reporting by AFP and Reuters". A sentence
that only quotes an agency ("he told Reuters") credits nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from newsflow.languages.lists import any_of, any_pattern

_AGENCIES: dict[str, str] = {
    "AFP": r"AFP|Agence[ -]France[ -]Presse|法新社|АФП|[أا] ?ف ?ب|فرانس برس",
    "AP": r"AP|The Associated Press|Associated Press|美联社|АП",
    "Reuters": r"Thomson Reuters(?: Foundation)?|Reuters|REUTERS|路透社?|Рейтер|ロイター|رويترز",
    "PA Media": r"PA Media|PA News Agency|Press Association|PA",
    "dpa": r"dpa(?:-AFX|-infocom)?|DPA|Deutsche Presse-Agentur",
    "EFE": r"EFE|Agencia EFE",
    "ANSA": r"ANSA",
    "CNA": r"中央社",
    "CNS": r"中新社|中国新闻社",
    "Xinhua": r"Xinhua|新华社|新華社",
    "Kyodo": r"Kyodo(?: News)?|共同(?:通信社?)?",
    "Jiji": r"Jiji(?: Press)?|時事(?:通信社?)?",
    "TASS": r"I?TAR-TASS|TASS|ТАСС",
    "Interfax": r"Interfax|INTERFAX(?:\.RU)?|Интерфакс",
    "RIA Novosti": r"RIA Novosti|РИА Новости",
    "Ukrinform": r"Ukrinform|Укринформ|Укрінформ",
    "PAP": r"PAP",
    "CTK": r"ČTK|CTK",
    "APA": r"APA",
    "SDA": r"Keystone-SDA|SDA|sda",
    "ANP": r"ANP",
    "Belga": r"Belga",
    "TT": r"TT",
    "NTB": r"NTB",
    "Ritzau": r"Ritzau",
    "STT": r"STT(?:-Lehtikuva)?",
    "Lusa": r"Agência Lusa|Lusa|LUSA",
    "Anadolu": r"Anadolu(?: Agency| Ajansı)?|AA",
    "Yonhap": r"Yonhap|연합뉴스",
    "PTI": r"PTI|Press Trust of India",
    "ANI": r"ANI",
    "IANS": r"IANS",
    "Bernama": r"Bernama|BERNAMA",
    "Antara": r"Antara|ANTARA",
    "AAP": r"AAP|Australian Associated Press",
    "CP": r"The Canadian Press|Canadian Press",
    "Bloomberg": r"Bloomberg(?: News)?",
    "UPI": r"UPI|United Press International",
    "ANA-MPA": r"ANA-MPA|ΑΠΕ-ΜΠΕ",
    "Europa Press": r"Europa Press|EUROPA PRESS",
    "Télam": r"T[ée]lam|TÉLAM",
    "Agência Brasil": r"Agência Brasil",
    "Tanjug": r"Tanjug",
    "HINA": r"HINA|Hina",
    "BTA": r"BTA|БТА",
    "MTI": r"MTI",
}
_ANY = "|".join(sorted((p for p in _AGENCIES.values()), key=len, reverse=True))
_SPACELESS = "|".join(p for p in re.findall(r"[^|()?:\[\]]+", _ANY) if p > "\u3000")
_NAME = rf"(?:(?<![^\W_])(?:{_ANY})(?![^\W_])|{_SPACELESS})"
_LIST = rf"{_NAME}(?:\s*(?:,|/|;|\||&|\+|、|{any_of('credit_and')})\s*{_NAME})*"
_BRACKETED = re.compile(
    rf"[(\[（【]\s*(?:©|\(c\)|(?:{any_of('credit_label')}):?)?\s*({_LIST})[^()\[\]（）【】]{{0,24}}[)\]）】]"
)
_WITH = re.compile(
    rf"(?:{any_pattern('credit_patterns')})\s*(?:(?:{any_of('credit_article')}) |l[’'])?({_LIST})",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(rf"(?:©|\(c\)|copyright)\s*(?:\d{{4}}\s*)?(?:by )?({_LIST})", re.IGNORECASE)
_ALONE = re.compile(rf"[\W_]*({_LIST})[\W_]*(?:\d{{4}}[\W_]*)?")
_DATELINE = re.compile(rf"[^\n.!?]{{0,60}}?[,(]?\s*({_LIST})\s*(?:\)|[-–—:―](?!\w)|\b电|電)")
_RUSSIAN_DATELINE = re.compile(rf"(?:[^\n!?]{{0,60}}?(?:/\s*({_LIST})\s*/|[-–—]\s*({_LIST})\.(?= ))|({_LIST})\.(?= ))")
_PLACED = re.compile(rf"[(\[（【][^()\[\]（）【】\n]{{0,30}}?({_LIST})\s*[)\]）】]")
_SPACELESS_DATELINE = re.compile(rf"[（(【]?({_SPACELESS})[^\n。]{{0,24}}?[电電]")
_STAFF = re.compile(rf"\W*(?:(?:{any_of('credit_by')}) )?[^\n,]{{0,60}}(?:,|\||/|\()\s*({_LIST})\)?\W*")
_ONE = re.compile(_NAME)
_END = re.compile(rf"[.!?”\"»]\s*[-–—]{{1,2}}\s*({_LIST})\W*")  # "… on Monday. - AFP"
_SIGNED = re.compile(rf"(?:{any_of('credit_by')}) [^\n,|/(]{{2,40}}(?:,|\||/|\()\s*({_LIST})\)?\W*")
# "dpa/lsw", "/ritzau/", "(afp/dpa)", "dpa-infocom, dpa:260301-99-123456/2": codes, of which the first ones are agencies
_CODES = re.compile(
    r"\W*((?:[a-z]{2,7}(?:-[a-z]+)?/)+[a-z]{2,7}|/[a-z]{2,7}/|dpa-[a-z]+|dpa)(?:[,\s]+dpa:[\d\-/]+)?\W*"
)
_BY_CODE = {
    "dpa": "dpa", "afp": "AFP", "ap": "AP", "rtr": "Reuters", "reuters": "Reuters", "sda": "SDA", "apa": "APA",
    "ansa": "ANSA", "ritzau": "Ritzau", "ntb": "NTB", "tt": "TT", "efe": "EFE", "anp": "ANP", "belga": "Belga",
    "stt": "STT", "pap": "PAP", "ctk": "CTK", "lusa": "Lusa",
}  # fmt: skip
_PICTURE = re.compile(rf"(?:{any_of('photo')})", re.IGNORECASE)  # who took a picture did not write the text
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
        for agency, pattern in _AGENCIES.items():
            if re.fullmatch(pattern, match[0]):
                yield agency


def _passages(body: str, authors: Sequence[str], agencies: Sequence[str]) -> Iterator[tuple[str, str]]:
    lines = [line.strip() for line in body.split("\n") if line.strip()]
    if lines:
        yield from _at_start(lines[0])
    for line in [*lines[:_ENDS], *lines[-_ENDS:]]:
        yield from _in_line(line)
    for name in [*authors, *agencies]:
        if match := _ALONE.fullmatch(name) or _STAFF.fullmatch(name):
            yield match[1], f"byline: {name}"
    if lines and (match := _END.search(lines[-1][-_SHORT:])) and match.end() == len(lines[-1][-_SHORT:]):
        yield match[1], match[0].strip()


def _at_start(line: str) -> Iterator[tuple[str, str]]:
    if _PICTURE.search(line[:_SHORT].partition(":")[0]) and ":" in line[:_SHORT]:
        return
    for pattern in (_DATELINE, _SPACELESS_DATELINE, _RUSSIAN_DATELINE, _PLACED):
        if match := pattern.match(line):
            yield next(filter(None, match.groups())), match[0].strip()
            return


def _in_line(line: str) -> Iterator[tuple[str, str]]:
    if codes := _CODES.fullmatch(line):
        yield " / ".join(_BY_CODE.get(code.partition("-")[0], "") for code in codes[1].split("/")), line
    for match in _BRACKETED.finditer(line):
        if _PICTURE.search(match[0]):
            continue
        if len(line) <= _LONGEST or match.start() < 60 or match.end() > len(line) - 40:
            yield match[1], match[0]
    for match in _COPYRIGHT.finditer(line):
        yield match[1], match[0]
    if len(line) <= _LONGEST:
        if alone := _ALONE.fullmatch(line):
            yield alone[1], line
        elif len(line) <= _SHORT and (signed := _SIGNED.fullmatch(line)):
            yield signed[1], line
        if phrase := _WITH.match(line.lstrip("(*_—–- ")):
            yield phrase[1], phrase[0]
