"""Invented headlines, names and addresses in many scripts, for pages that link to them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Script:
    """How a language looks: its syllables, how many a word has at most, and whether it has spaces."""

    syllables: tuple[str, ...]
    longest: int = 3
    spaces: bool = True
    direction: str = "ltr"


def _latin(vowels: str, consonants: str, longest: int = 3) -> Script:
    return Script(tuple(c + v for c in consonants for v in vowels), longest)


SCRIPTS = {
    "en": _latin("aeiou", "bdfglmnprst", 2),
    "de": _latin("aeiouäü", "bdfgklmnrst", 4),
    "fi": _latin("aeiouyä", "hjklmnprstv", 5),
    "es": _latin("aeioáó", "bcdlmnprst"),
    "tr": _latin("aeıöü", "bçdğklmnrşt", 4),
    "ru": Script(tuple(c + v for c in "бвгдклмнпрст" for v in "аеиоу")),
    "el": Script(tuple(c + v for c in "βγδκλμνπρστ" for v in "αειο")),
    "ar": Script(tuple(a + b for a in "بتجدرسعفقلمن" for b in "اويهر"), 2, direction="rtl"),
    "he": Script(tuple(a + b for a in "בגדהלמנספרשת" for b in "איולר"), 2, direction="rtl"),
    "hi": Script(tuple(c + v for c in "कगचजतदनपमरल" for v in "ािीेो")),
    "ko": Script(tuple("가나다라마바사아자하국정부선거경제사회시장")),
    "ja": Script(tuple("日本国会社東京都大学生活動物語新聞発表電車道路の是をにがは"), spaces=False),
    "zh": Script(tuple("中国人民政府经济发展科学技术教育城市公司市场会议报告问题工作"), spaces=False),
    "th": Script(tuple(c + v for c in "กขคงจชดตนบปพมรลวส" for v in "าีูอะ"), spaces=False),
}


class Writer:
    """Writes in one language; the same seed writes the same."""

    def __init__(self, language: str, rng: random.Random) -> None:
        self.script, self._rng = SCRIPTS[language], rng

    def word(self) -> str:
        return "".join(self._rng.choices(self.script.syllables, k=self._rng.randint(1, self.script.longest)))

    def words(self, least: int, most: int) -> str:
        """So many words; without spaces, twice as many characters or more."""
        number = self._rng.randint(least, most)
        if self.script.spaces:
            return " ".join(self.word() for _ in range(number)).capitalize()
        return "".join(self._rng.choices(self.script.syllables, k=2 * number))

    def headline(self, short: float = 0.05) -> str:
        """Mostly five to twelve words; some are short."""
        return self.words(2, 3) if self._rng.random() < short else self.words(5, 12)

    def name(self) -> str:
        """Of a person: two words, or three characters."""
        return self.words(2, 2) if self.script.spaces else "".join(self._rng.choices(self.script.syllables, k=3))


_SLUG = Writer("en", random.Random(0)).script


def slug(rng: random.Random, least: int = 4, most: int = 8) -> str:
    """A slug in Latin letters, as most sites write it in whatever language they are."""
    return "-".join("".join(rng.choices(_SLUG.syllables, k=rng.randint(1, 3))) for _ in range(rng.randint(least, most)))


def own_slug(writer: Writer, rng: random.Random) -> str:
    """A slug in the language's own letters, escaped."""
    return quote("-".join(writer.word() for _ in range(rng.randint(4, 8))))


def key(rng: random.Random, length: int = 10) -> str:
    """Letters and digits that mean nothing."""
    return "".join(rng.choice("0123456789" if n % 3 == 2 else "abcdefghkmnpqrtwxz") for n in range(length))
