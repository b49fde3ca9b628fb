"""Patterns of what stands around names in by-lines, made of the words of all languages."""

from __future__ import annotations

import re

from newsflow.languages.lists import any_of, any_pattern, entries

# "By" in front of names. Words that also open names (Van Sias, De Luca) count in small letters only.
BY = re.compile(
    rf"^(?:(?:{any_of('by')})(?![\w'’-])|(?-i:{any_of('by_exact')})(?!\w))(?:\s*[:：՝៖፡]\s*|\s+)|^(?-i:[Bb]y(?=[A-Z][a-z.]|[\u3040-\u30ff\u3400-\u9fff]))"
    rf"|^(?:{any_of('by_joined')})\s*[/／:：・|｜丨=＝]?\s*"
    # behind the source, as Chinese pages write it: "来源：新华网 作者：王小明"
    rf"|^\S.{{0,30}}?[\s|｜](?:{any_of('by_joined')})\s*[:：]\s*",
    re.IGNORECASE,
)
# A single word behind one of these may be a surname: Di Stefano, Per Sandvik.
MAY_OPEN_NAMES = re.compile(
    rf"^(?-i:{'|'.join(word for word in entries('by_exact') if word[0].isupper())})\s|^(?:{any_of('by_names')})\s",
    re.IGNORECASE,
)
BY_LAST = re.compile(
    rf"^(?P<label>(?:\S+\s+){{1,8}})(?:{any_of('by_safe')})\s*[:：]?\s+(?P<names>\S.*)$", re.IGNORECASE
)
LABELLED = re.compile(r"^(?P<label>[^:：]{2,40})[:：]\s*(?P<names>\S.*)$")
AND = any_of("and")
COMMA = re.compile(r"\s*[,，、،]\s*")
AND_FIRST = re.compile(rf"^(?:{any_of('and_first')})\s+", re.IGNORECASE)
TAIL = re.compile(
    rf"\s*(?:[(（\[【].*|\s[-–—|]\s.*|@\w+.*|(?:,\s*)?\b(?:{any_of('name_tail')})\b\s.*|\S+@\S+.*|https?://.*)$",
    re.IGNORECASE,
)
# A time behind the names, from the word that announces it; months by their first letters.
STAMP = re.compile(
    rf"[\s|·•,–—-]*(?:\b(?:{any_of('published')}|(?:{any_of('date_stems')})\w*)\b[\s.:,]*)*(?<!\w)\d.*$",
    re.IGNORECASE | re.DOTALL,
)
_KOREAN_DESK = r"(?:\s[가-힣]{1,5}(?:부|팀))?"  # "economy desk", between a name and "reporter"
KOREAN = re.compile(rf"([가-힣]{{2,4}}){_KOREAN_DESK}\s?(?:{any_of('reporter')})")

# "山田太郎記者" opens a by-line; "本社記者" and "政治部記者" are of an office.
JAPANESE = re.compile(r"^([\u3400-\u9fff]{2,6}(?<![部社紙員派門]))記者(?!\w)")


def _words(*names: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{any_of(*names)})(?![\w-])", re.IGNORECASE)


# With what the role is for: "political editor", "home affairs correspondent".
ROLE = re.compile(rf"(?<![\w-])(?:(?:{any_of('desks')})\s+)*(?:{any_of('roles')})(?![\w-])", re.IGNORECASE)
ROLE_ALONE = _words("roles")
WRITERS = _words("writers")
STAFF = _words("staff")
OUTLET = _words("staff", "outlets")
# The makers of pictures and the like, up to the end: "Ada Lane Illustration by …", "Ada Lane Foto: …".
OTHERS_BY = re.compile(
    rf"(?<![\w-])(?:(?:{any_of('others_by')})(?![\w-])|(?:{any_of('photo')})\s*[:：])", re.IGNORECASE
)
PHOTO = _words("photo", "others_by")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff가-힣]")
# Chinese, Japanese and Korean write no blank between a name and what follows it.
_JOINED = "|".join(filter(_EAST_ASIAN.match, (*entries("roles"), *entries("reporter"))))
JOINED_ROLE = re.compile(rf"{_KOREAN_DESK}\s*(?:{_JOINED})$")
JOINED_STAFF = re.compile(rf"(?:{'|'.join(filter(_EAST_ASIAN.match, (*entries('staff'), *entries('outlet_ends'))))})$")
CREDENTIAL = re.compile(rf"(?:{any_of('credentials')})", re.IGNORECASE)
LABELS = frozenset(word.casefold() for word in entries("labels"))
# Shorter ones stand inside names ("del" is Danish for "share").
LONG_LABELS = frozenset(label for label in LABELS if len(label) > 4)
_LONG_FIRST = "|".join(map(re.escape, sorted(LONG_LABELS, key=len, reverse=True)))
LABEL_BEHIND = re.compile(rf"\s+(?:(?:{any_of('desks')})\s+)*(?P<label>{_LONG_FIRST})(?:[\s:].*)?$", re.IGNORECASE)
PARTICLES = frozenset(entries("particles"))
REPORT = re.compile(any_pattern("report_patterns"))
