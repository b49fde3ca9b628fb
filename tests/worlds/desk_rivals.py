"""Texts that have much in common and are two stories: one event by two agencies, follow-ups, notices, round-ups."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.worlds.desk_prose import FIRST, LAST, ORGS, PLACES, QUOTES, Cast, Piece, prose

_EVENTS = (
    (
        (
            "At least {n} people were hurt when a fire tore through a warehouse of {org} in {place} early on "
            "{day}, police "
            "said.",
            "The blaze broke out shortly after {hour} a.m. and spread to two neighbouring buildings before {crews} "
            "crews "
            "brought it under control, according to the fire service.",
            "“{quote},” fire chief {person} told reporters at the scene. “{quote2}.”",
            "Most of the injured were treated for smoke inhalation, and {few} of them remained in hospital by midday.",
            "{org}, which employs {staff} people in the town, said that it would help investigators in any way it "
            "could.",
            "Police ruled out arson for now. An electrical fault on the ground floor is thought to be the most "
            "likely cause.",
        ),
        (
            "{place}: A huge fire gutted a storage building on the edge of town before dawn, leaving {n} with "
            "injuries and "
            "forcing dozens from their homes.",
            "Firefighters needed five hours to put out the flames, which could be seen from the motorway. The building "
            "belongs to {org}.",
            "{person}, who leads the local fire brigade, said: “{quote}.” He added: “{quote2}.”",
            "Neighbours spoke of a loud bang around {hour} o'clock. “I grabbed the children and ran,” said one woman.",
            "The firm's {staff} workers were told to stay at home until further notice, a union official said.",
            "It is the second such fire in the district since autumn, and councillors called for stricter checks.",
        ),
    ),
    (
        (
            "{org} agreed on {day} to buy its rival {org2} for {n} million in cash and shares, creating the "
            "largest group of "
            "its kind in the region.",
            "Shareholders of {org2} will receive {few} new shares for each ten they hold, the companies said in a "
            "joint "
            "statement.",
            "“{quote},” said {person}, chief executive of {org}. “{quote2}.”",
            "The deal needs the approval of regulators in three countries and is due to close by the end of the year.",
            "Shares of {org2} jumped by a fifth, while those of the buyer slipped as analysts fretted over debt.",
            "Some {staff} jobs overlap, but neither side would say how many of them are at risk.",
        ),
        (
            "A takeover worth {n} million was announced in {place} on {day}: {org2} is to become part of {org} "
            "after months of "
            "rumours.",
            "Bankers close to the talks said that the price was raised twice at the last minute.",
            "{person}, the head of {org}, was in high spirits when he met the press. “{quote},” he said, and also: "
            "“{quote2}.”",
            "Unions reacted with dismay. They fear for {staff} posts in administration and research.",
            "Competition watchdogs will look hard at the plan, lawyers warned, since the two firms together sell "
            "more than "
            "half of all units.",
            "Markets were unsure what to make of it, with one stock soaring and the other drifting down.",
        ),
    ),
    (
        (
            "A court in {place} sentenced former minister {person} to {few} years in prison on {day} for taking "
            "bribes from "
            "{org}.",
            "Judges found that the politician had accepted {n} thousand in cash and a holiday house in return for "
            "contracts.",
            "“{quote},” the presiding judge said as she read the verdict. “{quote2}.”",
            "The defence said it would appeal. Prosecutors had asked for a longer term.",
            "The case came to light when an accountant handed {staff} pages of records to the police.",
            "Several other officials are to stand trial later in the year over the same contracts.",
        ),
        (
            "Guilty: {person}, once one of the most powerful figures in the cabinet, must go to jail for {few} "
            "years, a "
            "tribunal in {place} has ruled.",
            "The conviction ends a trial that lasted for more than a year and heard ninety witnesses.",
            "In an unusually blunt statement the judge remarked: “{quote}.” To the accused she said: “{quote2}.”",
            "Supporters outside the building shouted slogans; a handful were led away by officers.",
            "According to the indictment, gifts worth {n} thousand came from {org}, which denies any wrongdoing.",
            "A whistle-blower's {staff} pages of notes had started the whole affair.",
        ),
    ),
)


def two_agencies(rng: random.Random) -> tuple[Piece, Piece]:
    """One event, written twice: the same facts and quotes, other sentences."""
    org, org2 = rng.sample(ORGS, 2)
    quote, quote2 = rng.sample(QUOTES, 2)
    facts = {
        "org": org, "org2": org2, "place": rng.choice(PLACES), "person": f"{rng.choice(FIRST)} {rng.choice(LAST)}",
        "quote": quote, "quote2": quote2, "n": rng.randint(11, 400), "few": rng.randint(2, 9),
        "staff": rng.randint(100, 900), "hour": rng.randint(2, 5), "crews": rng.randint(11, 30),
        "day": rng.choice(("Monday", "Tuesday", "Friday")),
    }  # fmt: skip
    made = []
    for versions in rng.choice(_EVENTS):
        paragraphs = [v.format(**facts) for v in versions]
        cast = Cast(rng)
        cast.places[0], cast.orgs[0] = str(facts["place"]), org
        paragraphs += [cast.paragraph(1, 2) for _ in range(rng.randint(0, 5))]
        made.append(Piece(cast.headline(), tuple(paragraphs)))
    return made[0], made[1]


def follow_up(rng: random.Random, before: Piece) -> Piece:
    """The next day: news of its own on top, then paragraphs of the day before as background."""
    news = prose(rng, max(120, before.words // 2))
    old = before.paragraphs[: max(1, len(before.paragraphs) // 3)]
    keep = old[1:] if len(old) > 2 and rng.random() < 0.5 else old
    limit = 0.7 * news.words
    background = [p for i, p in enumerate(keep) if sum(len(q.split()) for q in keep[: i + 1]) <= limit]
    return Piece(news.title, (*news.paragraphs, *background), before.language)


def press_releases(rng: random.Random, count: int) -> list[Piece]:
    """A company's notices: other news above, the same long description and caveats below."""
    org, cast = rng.choice(ORGS), Cast(rng)
    person = " ".join(cast.people[0])
    about = (
        f"About {org}",
        f"{org} is a leading provider of services to customers in more than {rng.randint(20, 90)} countries. "
        "Founded in "
        f"{rng.randint(1900, 2010)}, the company has its headquarters in {rng.choice(PLACES)} and employs "
        f"{rng.randint(1000, 9000)} people. {cast.paragraph(3, 4)} For more information, please visit the "
        "company's website.",
        "Forward-looking statements",
        "This release contains forward-looking statements that involve risks and uncertainties. Actual results may "
        "differ "
        "materially from those expressed or implied. The company undertakes no obligation to update any statement to "
        "reflect events or circumstances after the date of this release, except as required by law.",
        f"Contact: {person}, head of communications, {org}",
    )
    made = []
    for _ in range(count):
        news = prose(rng, rng.randint(70, 220))
        first = f"{org} today announced a new agreement. {news.paragraphs[0]}"
        made.append(Piece(news.title, (first, *news.paragraphs[1:], *about)))
    return made


def column(rng: random.Random, count: int) -> list[Piece]:
    """A series: the same introduction and farewell around other matter."""
    cast = Cast(rng)
    intro, outro = cast.paragraph(2, 3), cast.paragraph(2, 2)
    name = f"{rng.choice(LAST)}'s notebook"
    return [Piece(name, (intro, *prose(rng, rng.randint(120, 400)).paragraphs, outro)) for _ in range(count)]


def _under(words: int, paragraphs: Sequence[str]) -> list[str]:
    """The first paragraphs up to so many words; the first sentences of a first one that is longer."""
    kept = [p for i, p in enumerate(paragraphs) if sum(len(q.split()) for q in paragraphs[: i + 1]) <= words]
    return kept or [" ".join(paragraphs[0].split()[:words])]


def briefing(rng: random.Random, pieces: Sequence[Piece]) -> Piece:
    """A round-up: the leads of several pieces, whole."""
    intro = rng.choice(
        ("Here is what you need to know this morning.", "The news of the day, in short.", "Good evening.")
    )
    found = [intro]
    for piece in pieces:
        found += [piece.title, *_under(80, piece.paragraphs[:3])]
    title = rng.choice(("Five things to know today", "Morning briefing", "The day in short", "What happened overnight"))
    return Piece(title, tuple(found))


def combined(rng: random.Random, one: Piece, other: Piece) -> Piece:
    """Two pieces under one headline, half of each."""
    parts = [p.paragraphs[: max(1, len(p.paragraphs) // 2)] for p in (one, other)]
    return Piece(f"{one.title}; {other.title}", (*parts[0], *parts[1]))


def live_blog(rng: random.Random) -> list[Piece]:
    """A live blog in three states; each new entry stands on top."""
    cast = Cast(rng)
    entries = [f"{18 - i // 3}:{59 - 17 * (i % 3)} {cast.paragraph(1, 3)}" for i in range(18)]
    return [Piece(f"Live: {cast.headline()}", tuple(entries[18 - n :])) for n in (6, 11, 18)]


def brief(rng: random.Random) -> Piece:
    """A short item of 25 to 60 words."""
    cast, text = Cast(rng), ""
    while len(text.split()) < 27:
        text = f"{text} {cast.sentence()}".strip()
    return Piece(cast.headline(), (text,))
