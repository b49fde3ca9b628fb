# ruff: noqa: E501
"""Wire copies and hard negatives with known stories: one seed, one world."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from tests.worlds.shared import SHARED
from tests.worlds.story_writer import PLACES, TEMPLATES, Event, account, article, headline, name, sentence

START = datetime(2026, 3, 1, 6, 0, tzinfo=timezone.utc)
SHORTEST = 40  # words of an excerpt or a brief


@dataclass(frozen=True, slots=True)
class Item:
    """An article with the story that it truly belongs to and how it was made."""

    url: str
    title: str
    body: str
    published_at: datetime
    publisher: str
    language: str
    story: int
    kind: str


@dataclass
class World:
    """Collects items; every `add` without a story begins a new one."""

    rng: random.Random
    items: list[Item] = field(default_factory=list)
    stories: int = 0

    def new_story(self) -> int:
        self.stories += 1
        return self.stories

    def add(self, body: str, kind: str, story: int | None = None, *, hours: float = 0, language: str = "en") -> int:
        story = story or self.new_story()
        number = len(self.items)
        publisher = f"paper{self.rng.randrange(60)}.example"
        self.items.append(
            Item(
                f"https://{publisher}/{number}", headline(self.rng, body), body,
                START + timedelta(hours=hours, minutes=self.rng.randrange(600)), publisher, language, story, kind,
            )
        )  # fmt: skip
        return story


def open_texts(folder: Path = SHARED) -> list[tuple[str, str]]:
    """(language, text) of the open collections, those over 80 words, near-equal ones left out."""
    found: list[tuple[str, str]] = []
    if (folder / "pages" / "ground-truth.json").exists():
        gold = json.loads((folder / "pages" / "ground-truth.json").read_text())
        found += [("en", gold[key]["articleBody"]) for key in sorted(gold)]
    if (folder / "pages_meta" / "articles.json").exists():
        found += [("en", a["text"]) for a in json.loads((folder / "pages_meta" / "articles.json").read_text())]
    if (folder / "sites" / "articles.json").exists():
        found += [(a["language"], a["text"]) for a in json.loads((folder / "sites" / "articles.json").read_text())]
    return list(_unlike(found))


def _unlike(texts: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Texts that share no long run with one taken before: the collections hold the same page twice at times."""
    seen: set[str] = set()
    for language, text in texts:
        lines = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
        plain = "\n".join(lines)
        step = 12 if language == "zh" else 60
        runs = {plain[i : i + step] for i in range(0, len(plain) - step, step // 2)} | {
            s for s in lines if len(s) > step
        }
        anywhere = any(s in seen for s in runs)
        long_enough = len(plain) > (200 if language == "zh" else 500)
        if long_enough and not anywhere:
            yield language, plain[:12_000]
        seen |= {plain[i : i + step] for i in range(max(0, len(plain) - step))} | {s for s in lines if len(s) > step}


def half(text: str) -> int:
    """0 or 1: texts for tuning and texts for reporting never meet."""
    return hashlib.sha256(text.encode()).digest()[0] % 2


# ---- how a copy differs ------------------------------------------------------------------------------------------

SPELLINGS = [
    ("organis", "organiz"), ("colour", "color"), ("centre", "center"), ("labour", "labor"), ("programme", "program"),
    ("defence", "defense"), ("travell", "travel"), ("per cent", "%"), (" percent", "%"), ("U.S.", "US"), ("“", '"'), ("”", '"'),
    ("’", "'"), (" Mr. ", " "), (" Ms. ", " "), ("said", "says"), (" and ", " & "), ("government", "Government"),
    ("euros", "EUR"), ("don't", "do not"), ("five", "5"), ("ten ", "10 "), ("Monday", "March 2"), ("Tuesday", "Mar. 3"),
]  # fmt: skip
FORMS = [
    "Leave a Reply\nYour email address will not be published. Required fields are marked *\nComment *\nName *\nEmail *\n"
    "Save my name, email, and website in this browser for the next time I comment.",
    "Share this article\nFollow us on social media\nSign up for our newsletter and never miss a story\nRead also: ten things "
    "to do this weekend",
    "Deja un comentario\nTu dirección de correo electrónico no será publicada. Los campos obligatorios están marcados con *",
    "Schreibe einen Kommentar\nDeine E-Mail-Adresse wird nicht veröffentlicht. Erforderliche Felder sind mit * markiert",
]
CREDITS = [
    "(Reuters)",
    "With reporting by AFP and Reuters.",
    "PA Media",
    "dpa",
    "© Agence France-Presse",
    "— The Associated Press",
]


def length(text: str, language: str) -> int:
    """Words, roughly."""
    return round(len(text) * (0.6 if language == "zh" else 0.17))


def units(text: str, language: str) -> list[str]:
    """Sentences."""
    parts = re.split(r"(?<=[。！？])|(?<=[.!?”\"])\s+(?=\S)|\n", text)
    return [p.strip() for p in parts if p and p.strip()]


def join(sentences: list[str], language: str) -> str:
    glue = "" if language == "zh" else " "
    return "\n".join(glue.join(sentences[i : i + 3]) for i in range(0, len(sentences), 3))


def keep_share(rng: random.Random, text: str, language: str, low: float, high: float) -> str:
    found = units(text, language)
    kept = max(2, round(len(found) * rng.uniform(low, high)))
    while kept < len(found) and length("".join(found[:kept]), language) < SHORTEST:
        kept += 1
    return join(found[:kept], language)


def edited(rng: random.Random, text: str, language: str, share: float) -> str:
    """An editor's hand: words dropped, doubled, swapped, replaced."""
    pieces = list(text) if language == "zh" else text.split(" ")
    out = []
    for piece in pieces:
        if rng.random() >= share or "\n" in piece or any(c.isdigit() for c in piece):
            out.append(piece)
            continue
        match rng.randrange(3):
            case 0:
                continue
            case 1:
                out += [
                    piece,
                    rng.choice(("了", "的", "也")) if language == "zh" else rng.choice(("also", "now", "still")),
                ]
            case _:
                out.append(
                    rng.choice("在是有这中大")
                    if language == "zh"
                    else rng.choice(("a", "this", "its", "later", "noted"))
                )
    return ("" if language == "zh" else " ").join(out)


def restyled(text: str) -> str:
    for old, new in SPELLINGS:
        text = text.replace(old, new)
    return text


def corrected(rng: random.Random, text: str) -> str:
    """One to three figures put right, and a note that says so."""
    spots = list(re.finditer(r"(?<![\d.,])\d{2,3}(?![\d.,])", text))
    for spot in sorted(rng.sample(spots, min(len(spots), rng.randint(1, 3))), key=lambda m: -m.start()):
        text = text[: spot.start()] + str(int(spot[0]) + rng.randint(1, 9)) + text[spot.end() :]
    return text + "\nCorrection: an earlier version of this article gave a wrong figure. It has been amended."


def local_text(rng: random.Random, sentences: int) -> str:
    return account(rng, Event(rng), sentences)


def local_tail(rng: random.Random, text: str, language: str) -> str:
    return text + "\n" + local_text(rng, max(2, round(len(text.split()) * rng.uniform(0.1, 0.35) / 22)))


def context_inside(rng: random.Random, text: str, language: str) -> str:
    paragraphs = text.split("\n")
    paragraphs.insert(rng.randrange(1, len(paragraphs) + 1), local_text(rng, 3))
    return "\n".join(paragraphs)


def form_inside(rng: random.Random, text: str, language: str) -> str:
    paragraphs = text.split("\n")
    paragraphs.insert(rng.randrange(len(paragraphs) // 2, len(paragraphs) + 1), rng.choice(FORMS))
    return "\n".join([*paragraphs, rng.choice(FORMS)])


def moved(rng: random.Random, text: str, language: str) -> str:
    paragraphs = text.split("\n")
    if len(paragraphs) > 3:
        paragraphs.insert(rng.randrange(1, len(paragraphs)), paragraphs.pop(rng.randrange(1, len(paragraphs))))
    return "\n".join(paragraphs)


def datelined(rng: random.Random, text: str, language: str) -> str:
    return f"{rng.choice(PLACES).upper()}, {rng.choice(('March 3', '4 March'))} {rng.choice(CREDITS)} — {text}\n{rng.choice(CREDITS)}"


Change = Callable[[random.Random, str, str], str]
CHANGES: dict[str, Change] = {
    "headline": lambda rng, t, lang: t,
    "typography": lambda rng, t, lang: restyled(t.replace("\n", "\n\n").replace(" - ", " – ")),
    "cut tail": lambda rng, t, lang: keep_share(rng, t, lang, 0.4, 0.9),
    "local tail": local_tail,
    "excerpt": lambda rng, t, lang: keep_share(rng, t, lang, 0.2, 0.4),
    "edits": lambda rng, t, lang: edited(rng, t, lang, rng.uniform(0.02, 0.07)),
    "context": context_inside,
    "comment form": form_inside,
    "intro": lambda rng, t, lang: local_text(rng, 2) + "\n" + t,
    "moved": moved,
    "dateline": datelined,
    "correction": lambda rng, t, lang: corrected(rng, t),
    "cut, edited": lambda rng, t, lang: edited(rng, keep_share(rng, t, lang, 0.5, 0.8), lang, 0.03),
    "cut, local tail": lambda rng, t, lang: local_tail(rng, keep_share(rng, t, lang, 0.6, 0.9), lang),
}


# ---- what only looks like a copy ---------------------------------------------------------------------------------


def same_event(world: World) -> None:
    """Two reporters at one event; they share its facts and a quote."""
    event = Event(world.rng)
    for _ in range(2):
        world.add(account(world.rng, event, world.rng.randint(8, 16), quote=True), "same event")


def templates(world: World, count: int) -> None:
    make = TEMPLATES[world.rng.choice(sorted(TEMPLATES))]
    for _ in range(count):
        world.add(make(world.rng), "template", hours=world.rng.choice((0, 24, 24 * 7)))


def roundup(world: World, briefs: list[tuple[str, str]]) -> None:
    """Several briefs, at times a whole one first; it is none of them."""
    world.rng.shuffle(briefs)
    world.add("\n".join(text for _, text in briefs), "roundup", hours=8, language=briefs[0][0])


def shared_quote(world: World, texts: list[tuple[str, str]]) -> None:
    """A statement of 40 to 90 words stands in two different articles."""
    event = Event(world.rng)
    statement = " ".join(sentence(world.rng, event) for _ in range(world.rng.randint(2, 4)))
    for language, text in texts:
        paragraphs = text.split("\n")
        paragraphs.insert(world.rng.randrange(1, len(paragraphs) + 1), statement)
        world.add("\n".join(paragraphs), "shared quote", language=language)


def follow_up(world: World, language: str, text: str) -> None:
    """Tomorrow's article carries half of today's as background, at its end."""
    found = units(text, language)
    if len(found) >= 6:
        world.add(join(found, language), "follow-up", language=language)
        new = local_text(world.rng, max(8, len(found)))
        world.add(
            new + "\n" + join(found[1 : max(3, len(found) // 3)], language), "follow-up", hours=20, language=language
        )


def live_blog(world: World) -> None:
    """A live page seen twice at two addresses: the newest on top."""
    event = Event(world.rng)
    entries = [
        f"{8 + i // 4}:{i % 4 * 15:02} {sentence(world.rng, event)} {sentence(world.rng, event)}" for i in range(16)
    ]
    world.add("\n".join(entries[7::-1]), "live blog")
    world.add("\n".join(entries[::-1]), "live blog", hours=3)


def short_items(world: World) -> None:
    for _ in range(3):
        place, person = world.rng.choice(PLACES), name(world.rng)
        world.add(
            f"A {world.rng.randint(18, 80)}-year-old man was arrested in {place} on suspicion of theft, police said. "
            f"{person} is due to appear before magistrates next month.", "short item",
        )  # fmt: skip


def same_form(world: World) -> None:
    """Short pieces of one site, each with the site's long comment form."""
    form = world.rng.choice(FORMS[:2])
    for _ in range(3):
        world.add(local_text(world.rng, 3) + "\n" + form + "\n" + FORMS[0], "same form")


def notice(world: World, language: str, text: str, story: int) -> None:
    """A correction notice quotes a sentence of what it corrects."""
    quoted = units(text, language)[0]
    world.add(
        f"In an article published on Monday we wrote: “{quoted}” This was wrong. {local_text(world.rng, 2)} "
        "We apologise for the error.", "notice", hours=30, language=language,
    )  # fmt: skip


# ---- a world -----------------------------------------------------------------------------------------------------


def copies(world: World, language: str, text: str, count: int) -> int:
    """A wire piece and its copies."""
    story = world.add(text, "wire", language=language)
    for kind in world.rng.sample(sorted(CHANGES), min(count, len(CHANGES))):
        changed = CHANGES[kind](world.rng, text, language)
        world.add(changed, kind, story, hours=world.rng.uniform(0, 30), language=language)
    return story


def build(
    seed: int, *, part: int | None = None, stories: int = 120, texts: list[tuple[str, str]] | None = None
) -> World:
    """A world of `stories` wire pieces, each with 1 to 8 copies, and negatives of every kind.

    :param part: 0 or 1, the half of the open texts that it may use; None for all.
    """
    rng = random.Random(seed)
    world = World(rng)
    pool = [t for t in (open_texts() if texts is None else texts) if part is None or half(t[1]) == part]
    rng.shuffle(pool)
    pool += [("en", article(rng)) for _ in range(max(0, stories * 2 - len(pool)))]
    briefs: list[tuple[str, str]] = []
    for language, text in pool[:stories]:
        story = copies(world, language, text, rng.randint(1, 8))
        if rng.random() < 0.5:
            brief = keep_share(rng, text, language, 0.01, 0.15)
            if length(brief, language) < 100:
                world.add(brief, "brief", story, hours=6, language=language)
                briefs.append((language, brief))
        if rng.random() < 0.15:
            notice(world, language, text, story)
    _negatives(world, pool[stories:], briefs)
    rng.shuffle(world.items)
    return world


def _negatives(world: World, rest: list[tuple[str, str]], briefs: list[tuple[str, str]]) -> None:
    rng = world.rng
    for _ in range(25):
        templates(world, rng.randint(3, 8))
        same_event(world)
        short_items(world)
    for _ in range(12):
        live_blog(world)
        same_form(world)
    briefs.sort(key=lambda brief: brief[0])
    for i in range(0, len(briefs) - 5, 5):
        roundup(world, briefs[i : i + rng.randint(3, 5)])
    for i in range(0, min(len(rest) - 2, 60), 3):
        shared_quote(world, rest[i : i + 2])
        follow_up(world, *rest[i + 2])
