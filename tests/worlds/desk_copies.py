"""What other newsrooms do to a wire piece, a function an editor's habit; all give the same story."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

from tests.worlds.desk_prose import BRITISH, PLACES, SYNONYMS, Cast, Piece

Edit = Callable[[random.Random, Piece], Piece]

AMERICAN = {british: american for american, british in BRITISH.items()}
_DIGITS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_ADVERBS = "reportedly apparently meanwhile notably officially again".split()


def _replaced(piece: Piece, change: Callable[[str], str]) -> Piece:
    return Piece(piece.title, tuple(change(p) for p in piece.paragraphs), piece.language)


def _with(piece: Piece, paragraphs: list[str]) -> Piece:
    return Piece(piece.title, tuple(p for p in paragraphs if p.strip()), piece.language)


def _by_words(table: dict[str, str], share: float, rng: random.Random) -> Callable[[str], str]:
    def one(found: re.Match[str]) -> str:
        other = table.get(found[0].lower())
        if other is None or rng.random() > share:
            return found[0]
        other = other.replace("-", " ").replace("_", " ")
        return other.capitalize() if found[0][0].isupper() else other

    return lambda text: re.sub(r"[A-Za-z]+", one, text)


def verbatim(rng: random.Random, piece: Piece) -> Piece:
    """Nothing changed."""
    return piece


def _keep(piece: Piece, share: float) -> list[str]:
    """The first paragraphs, up to a share of all characters, some 45 words at least."""
    limit, kept = max(280, share * sum(map(len, piece.paragraphs))), list[str]()
    for paragraph in piece.paragraphs:
        if sum(map(len, kept)) >= 280 and sum(map(len, kept)) + len(paragraph) > limit:
            break
        kept.append(paragraph)
    return kept


def cut_tail(rng: random.Random, piece: Piece) -> Piece:
    """Ends at a paragraph, half to nine tenths of it kept."""
    return _with(piece, _keep(piece, rng.uniform(0.55, 0.9)))


def cut_deep(rng: random.Random, piece: Piece) -> Piece:
    """Cut from the bottom to a third or a half."""
    return _with(piece, _keep(piece, rng.uniform(0.33, 0.5)))


def cut_inside(rng: random.Random, piece: Piece) -> Piece:
    """Ends in the middle of a sentence."""
    text = "\n".join(piece.paragraphs)
    text = text[: int(len(text) * rng.uniform(0.45, 0.85))]
    return _with(piece, (text + rng.choice(("…", "", " [...]", "..."))).split("\n"))


def excerpt(rng: random.Random, piece: Piece) -> Piece:
    """The first paragraphs and a link."""
    kept = _keep(piece, 0.25)
    link = rng.choice(
        ("Read the full story at wire.example.", "Continue reading on Wire »", "Full article: wire.example/a")
    )
    return _with(piece, [*kept, link])


def thinned(rng: random.Random, piece: Piece) -> Piece:
    """Cut from the inside: the lead stays, a third of the other paragraphs go."""
    return _with(piece, [p for i, p in enumerate(piece.paragraphs) if i < 2 or rng.random() > 0.33])


def _local(rng: random.Random, count: int) -> list[str]:
    cast = Cast(rng)
    return [cast.paragraph(1, 2) for _ in range(count)]


def added_top(rng: random.Random, piece: Piece) -> Piece:
    """A paragraph of the paper's own above it."""
    return _with(piece, [*_local(rng, 1), *piece.paragraphs])


def added_middle(rng: random.Random, piece: Piece) -> Piece:
    """Two paragraphs of the paper's own inside it."""
    at = max(1, len(piece.paragraphs) // 2)
    return _with(piece, [*piece.paragraphs[:at], *_local(rng, 2), *piece.paragraphs[at:]])


def added_tail(rng: random.Random, piece: Piece) -> Piece:
    """Background of the paper's own below it."""
    return _with(piece, [*piece.paragraphs, *_local(rng, rng.randint(1, 3))])


def related(rng: random.Random, piece: Piece) -> Piece:
    """Lines between paragraphs: links, pictures, advertisements."""
    lines = (
        "Also read: {}", "RELATED | {}", "SEE ALSO: {}", "Photo: {} (file picture)", "Story continues below "
        "advertisement",
        "WATCH: {}", "Recommended: {}", "▪ {}", "FILE PHOTO: {}",
    )  # fmt: skip
    found = list[str]()
    for paragraph in piece.paragraphs:
        found.append(paragraph)
        if rng.random() < 0.4:
            found.append(rng.choice(lines).format(Cast(rng).headline()))
    return _with(piece, found)


def comment_form(rng: random.Random, piece: Piece) -> Piece:
    """What stands below a blog's post."""
    form = (
        "Leave a Reply\nYour email address will not be published. Required fields are marked *\nComment *\nName "
        "*\nSave "
        "my name, email, and website in this browser for the next time I comment."
    ).split("\n")
    return _with(piece, [*piece.paragraphs, f"Share this:\n{rng.randint(2, 40)} comments", *form])


def credited(rng: random.Random, piece: Piece) -> Piece:
    """A dateline, a by-line and the agency's last lines."""
    place, agency, cast = rng.choice(PLACES).upper(), rng.choice(("Reuters", "AP", "AFP", "dpa")), Cast(rng)
    one, two = (" ".join(person) for person in cast.people[:2])
    head = rng.choice((f"By {one}", f"{agency} | {rng.randint(1, 28)} March 2026", "From our correspondent"))
    tail = rng.choice(
        (f"(Reporting by {one}; Editing by {two})", f"© 2026 {agency}. All rights reserved.", f"/{agency}")
    )
    first = f"{place}, March {rng.randint(1, 28)} ({agency}) - {piece.paragraphs[0]}"
    return _with(piece, [head, first, *piece.paragraphs[1:], tail])


def synonyms(rng: random.Random, piece: Piece) -> Piece:
    """Words of its own for common ones, an adverb here and there."""
    piece = _replaced(piece, _by_words(SYNONYMS, 0.5, rng))
    return _replaced(
        piece, lambda p: re.sub(r", ", lambda m: f", {rng.choice(_ADVERBS)} " if rng.random() < 0.1 else m[0], p)
    )


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?。]) ?(?=\S)", text)


def sentences(rng: random.Random, piece: Piece) -> Piece:
    """One sentence in seven dropped, one in ten written anew."""
    cast = Cast(rng)

    def edit(paragraph: str) -> str:
        kept = [cast.sentence() if rng.random() < 0.1 else s for s in _sentences(paragraph) if rng.random() > 0.14]
        return " ".join(kept)

    return _with(piece, [piece.paragraphs[0], *map(edit, piece.paragraphs[1:])])


def spelling(rng: random.Random, piece: Piece) -> Piece:
    """The other side of the Atlantic."""
    return _replaced(piece, _by_words(rng.choice((BRITISH, AMERICAN)), 1, rng))


def typography(rng: random.Random, piece: Piece) -> Piece:
    """Other quotes, dashes, blanks and forms of accents."""
    table = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'", "—": "--", "–": "-", "…": "..."})
    back = str.maketrans({'"': "″", "'": "’", "-": "‑", " ": "\u00a0"})
    how = rng.randrange(3)
    if how == 0:
        return _replaced(piece, lambda p: unicodedata.normalize("NFD", p.translate(table)))
    if how == 1:
        return _replaced(piece, lambda p: p.translate(back))
    return _replaced(piece, lambda p: p.replace("&", "&amp;").replace('"', "&quot;").replace("'", "&#39;"))


def mojibake(rng: random.Random, piece: Piece) -> Piece:
    """Quotes and dashes of UTF-8 that were read as Windows-1252."""

    def spoil(found: re.Match[str]) -> str:
        return found[0].encode().decode("cp1252", "replace")

    return _replaced(piece, lambda p: re.sub("[“”‘’–—…]", spoil, p))


def numerals(rng: random.Random, piece: Piece) -> Piece:
    """Digits for words, or words for digits, as the house writes them."""
    words = {word: str(n) for n, word in enumerate(_DIGITS) if n > 1}
    digits = {n: word for word, n in words.items()}
    if rng.random() < 0.5:
        return _replaced(piece, _by_words(words, 1, rng))
    return _replaced(
        piece, lambda p: re.sub(r"(?<![\d.,])\d{1,2}(?![\d.,:/%]|-\d)", lambda m: digits.get(m[0], m[0]), p)
    )


def weekdays(rng: random.Random, piece: Piece) -> Piece:
    """Dates for weekdays."""
    dates = {day: f"March {n + 2}" for n, day in enumerate(_DAYS)}
    return _replaced(piece, lambda p: re.sub("|".join(_DAYS), lambda m: dates[m[0]], p))


def reordered(rng: random.Random, piece: Piece) -> Piece:
    """Two paragraphs below the lead change places."""
    rest = list(piece.paragraphs)
    if len(rest) > 4:
        i, j = rng.sample(range(2, len(rest)), 2)
        rest[i], rest[j] = rest[j], rest[i]
    return _with(piece, rest)


def shuffled(rng: random.Random, piece: Piece) -> Piece:
    """All below the lead in another order."""
    rest = list(piece.paragraphs[1:])
    rng.shuffle(rest)
    return _with(piece, [piece.paragraphs[0], *rest])


def reflowed(rng: random.Random, piece: Piece) -> Piece:
    """One block, or a paragraph a sentence."""
    if rng.random() < 0.5:
        return _with(piece, [" ".join(piece.paragraphs)])
    return _with(piece, [s for p in piece.paragraphs for s in _sentences(p)])


def capitals(rng: random.Random, piece: Piece) -> Piece:
    """First words in capitals."""
    words = piece.paragraphs[0].split(" ")
    upper = rng.choice((3, 6, len(words)))
    return _with(piece, [" ".join([*(w.upper() for w in words[:upper]), *words[upper:]]), *piece.paragraphs[1:]])


def corrected(rng: random.Random, piece: Piece) -> Piece:
    """One number put right."""
    at = next((i for i, p in enumerate(piece.paragraphs) if re.search(r"\d", p)), None)
    if at is None:
        return piece
    changed = list(piece.paragraphs)
    changed[at] = re.sub(r"\d+", lambda m: str(int(m[0][:9]) + 2), changed[at], count=1)
    return _with(piece, changed)


def updated(rng: random.Random, piece: Piece) -> Piece:
    """A later version: new paragraphs below the lead, some older ones gone; seven tenths are the same."""
    rest = [p for p in piece.paragraphs[1:] if rng.random() > 0.12]
    fresh = _local(rng, max(1, len(piece.paragraphs) // 6))
    return _with(piece, [piece.paragraphs[0], *fresh, *rest])


def typos(rng: random.Random, piece: Piece) -> Piece:
    """A letter lost in one word of sixty."""

    def spoil(found: re.Match[str]) -> str:
        word = found[0]
        return word[:2] + word[3:] if rng.random() < 1 / 40 else word

    return _replaced(piece, lambda p: re.sub(r"[^\W\d_]{5,}", spoil, p))


def several(rng: random.Random, piece: Piece) -> Piece:
    """As it mostly is: three habits at once."""
    kinds = rng.sample(("credited", "cut_tail", "synonyms", "related", "added_tail", "typography", "reflowed"), 3)
    for kind in sorted(kinds, key=lambda k: k == "reflowed"):
        piece = EDITS[kind](rng, piece)
    return piece


EDITS: dict[str, Edit] = {
    f.__name__: f
    for f in (
        verbatim, cut_tail, cut_deep, cut_inside, excerpt, thinned, added_top, added_middle, added_tail, related,
        comment_form, credited, synonyms, sentences, spelling, typography, mojibake, numerals, weekdays, reordered,
        shuffled, reflowed, capitals, corrected, updated, typos, several,
    )
}  # fmt: skip
SPACELESS = (
    "verbatim", "cut_tail", "cut_deep", "cut_inside", "thinned", "related", "reordered", "reflowed", "sentences",
    "comment_form", "credited",
)  # fmt: skip
